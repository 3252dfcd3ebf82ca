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

/** IncidentAssignPayload of the API. */
@ObjectType('IncidentAssignPayload', { implements: MutationPayload })
export class IncidentAssignPayload {
  @Field(() => IncidentView, { nullable: true })
  incident!: IncidentView | null;

  @Field(() => [UserError])
  userErrors!: readonly UserError[];
}

/** IncidentMergePayload of the API. */
@ObjectType('IncidentMergePayload', { implements: MutationPayload })
export class IncidentMergePayload {
  @Field(() => IncidentView, { nullable: true })
  incident!: IncidentView | null;

  @Field(() => [UserError])
  userErrors!: readonly UserError[];
}

/** IncidentSnoozePayload of the API. */
@ObjectType('IncidentSnoozePayload', { implements: MutationPayload })
export class IncidentSnoozePayload {
  @Field(() => IncidentView, { nullable: true })
  incident!: IncidentView | null;

  @Field(() => [UserError])
  userErrors!: readonly UserError[];
}

/** IncidentSplitPayload of the API. */
@ObjectType('IncidentSplitPayload', { implements: MutationPayload })
export class IncidentSplitPayload {
  @Field(() => IncidentView, { nullable: true })
  incident!: IncidentView | null;

  @Field(() => [UserError])
  userErrors!: readonly UserError[];
}

/** IncidentTicketLinkPayload of the API. */
@ObjectType('IncidentTicketLinkPayload', { implements: MutationPayload })
export class IncidentTicketLinkPayload {
  @Field(() => IncidentView, { nullable: true })
  incident!: IncidentView | null;

  @Field(() => [UserError])
  userErrors!: readonly UserError[];
}
