import { Field, ObjectType } from 'type-graphql';
import { IncidentView, TimelineEntryView } from './incident.ts';
import { MutationPayload, UserError } from './payload.ts';

/** IncidentAcknowledgePayload of the API. */
@ObjectType('IncidentAcknowledgePayload', { implements: MutationPayload })
export class IncidentAcknowledgePayload {
  @Field(() => IncidentView, { nullable: true })
  incident!: IncidentView | null;

  @Field(() => [UserError])
  userErrors!: readonly UserError[];
}

/** IncidentNoteAddPayload of the API. */
@ObjectType('IncidentNoteAddPayload', { implements: MutationPayload })
export class IncidentNoteAddPayload {
  @Field(() => TimelineEntryView, { nullable: true })
  entry!: TimelineEntryView | null;

  @Field(() => [UserError])
  userErrors!: readonly UserError[];
}

/** IncidentReleasePayload of the API. */
@ObjectType('IncidentReleasePayload', { implements: MutationPayload })
export class IncidentReleasePayload {
  @Field(() => IncidentView, { nullable: true })
  incident!: IncidentView | null;

  @Field(() => [UserError])
  userErrors!: readonly UserError[];
}

/** IncidentReopenPayload of the API. */
@ObjectType('IncidentReopenPayload', { implements: MutationPayload })
export class IncidentReopenPayload {
  @Field(() => IncidentView, { nullable: true })
  incident!: IncidentView | null;

  @Field(() => [UserError])
  userErrors!: readonly UserError[];
}

/** IncidentResolvePayload of the API. */
@ObjectType('IncidentResolvePayload', { implements: MutationPayload })
export class IncidentResolvePayload {
  @Field(() => IncidentView, { nullable: true })
  incident!: IncidentView | null;

  @Field(() => [UserError])
  userErrors!: readonly UserError[];
}
