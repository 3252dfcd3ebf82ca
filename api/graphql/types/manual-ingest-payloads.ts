import { Field, ObjectType } from 'type-graphql';
import { ManualView } from './manual.ts';
import { ManualIngestView, ManualUploadView } from './manual-ingest.ts';
import { MutationPayload, UserError } from './payload.ts';

/** ManualUploadCreatePayload of the API. */
@ObjectType('ManualUploadCreatePayload', { implements: MutationPayload })
export class ManualUploadCreatePayload {
  @Field(() => ManualUploadView, { nullable: true })
  upload!: ManualUploadView | null;

  @Field(() => [UserError])
  userErrors!: readonly UserError[];
}

/** ManualIngestPayload of the API. */
@ObjectType('ManualIngestPayload', { implements: MutationPayload })
export class ManualIngestPayload {
  @Field(() => ManualIngestView, { nullable: true })
  ingest!: ManualIngestView | null;

  @Field(() => [UserError])
  userErrors!: readonly UserError[];
}

/** ManualRemovePayload of the API. */
@ObjectType('ManualRemovePayload', { implements: MutationPayload })
export class ManualRemovePayload {
  @Field(() => ManualView, { nullable: true })
  manual!: ManualView | null;

  @Field(() => [UserError])
  userErrors!: readonly UserError[];
}
