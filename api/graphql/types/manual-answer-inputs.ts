import { Field, ID, InputType } from 'type-graphql';
import { FeedbackVerdict, Locale, ManualAudience } from '../../db.ts';

/** ManualAskInput of the API. */
@InputType('ManualAskInput')
export class ManualAskInput {
  @Field(() => ManualAudience, {
    defaultValue: ManualAudience.ASKER,
    description:
      'EVERYONE for an answer that is shown in a channel or thread: only manuals for everyone are looked at.',
  })
  audience!: ManualAudience;

  @Field(() => String)
  idempotencyKey!: string;

  @Field(() => Locale, { nullable: true, description: "Language of the answer; the question's own when not given." })
  locale?: Locale | null | undefined;

  @Field(() => String)
  question!: string;

  @Field(() => ID, { nullable: true })
  systemId?: string | null | undefined;
}

/** ManualAnswerShareInput of the API. */
@InputType('ManualAnswerShareInput')
export class ManualAnswerShareInput {
  @Field(() => ID)
  id!: string;

  @Field(() => String)
  idempotencyKey!: string;
}

/** ManualFeedbackCreateInput of the API. */
@InputType('ManualFeedbackCreateInput')
export class ManualFeedbackCreateInput {
  @Field(() => ID)
  answerId!: string;

  @Field(() => String, { nullable: true })
  note?: string | null | undefined;

  @Field(() => FeedbackVerdict)
  verdict!: FeedbackVerdict;
}

/** ManualGapReportInput of the API. */
@InputType('ManualGapReportInput')
export class ManualGapReportInput {
  @Field(() => ID)
  answerId!: string;
}

/** ManualGapCloseInput of the API. */
@InputType('ManualGapCloseInput')
export class ManualGapCloseInput {
  @Field(() => ID)
  id!: string;
}

/** ManualGapFilter of the API. */
@InputType('ManualGapFilter')
export class ManualGapFilter {
  @Field(() => Boolean, { nullable: true, description: 'Open ones when not given.' })
  closed?: boolean | null | undefined;
}
