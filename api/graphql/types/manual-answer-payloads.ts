import { Field, ObjectType } from 'type-graphql';
import { ManualAnswerView, ManualFeedbackView } from './manual-answer.ts';
import { ManualGapView } from './manual-gap.ts';
import { MutationPayload } from './payload.ts';

/** ManualAskPayload of the API. */
@ObjectType('ManualAskPayload', { implements: MutationPayload })
export class ManualAskPayload extends MutationPayload {
  @Field(() => ManualAnswerView, { nullable: true })
  answer!: ManualAnswerView | null;
}

/** ManualAnswerSharePayload of the API. */
@ObjectType('ManualAnswerSharePayload', { implements: MutationPayload })
export class ManualAnswerSharePayload extends MutationPayload {
  @Field(() => ManualAnswerView, { nullable: true, description: 'The answer as everybody may see it.' })
  answer!: ManualAnswerView | null;
}

/** ManualFeedbackCreatePayload of the API. */
@ObjectType('ManualFeedbackCreatePayload', { implements: MutationPayload })
export class ManualFeedbackCreatePayload extends MutationPayload {
  @Field(() => ManualAnswerView, { nullable: true })
  answer!: ManualAnswerView | null;

  @Field(() => ManualFeedbackView, { nullable: true })
  feedback!: ManualFeedbackView | null;
}

/** ManualGapReportPayload of the API. */
@ObjectType('ManualGapReportPayload', { implements: MutationPayload })
export class ManualGapReportPayload extends MutationPayload {
  @Field(() => ManualGapView, { nullable: true })
  gap!: ManualGapView | null;
}

/** ManualGapClosePayload of the API. */
@ObjectType('ManualGapClosePayload', { implements: MutationPayload })
export class ManualGapClosePayload extends MutationPayload {
  @Field(() => ManualGapView, { nullable: true })
  gap!: ManualGapView | null;
}
