import { Field, ID, InputType } from 'type-graphql';
import { IncidentKind, IncidentStatus, Severity } from '../../db.ts';
import { DurationScalar, UrlScalar } from '../scalars.ts';
import { ChatAddressInput, TimeRangeInput } from './common-inputs.ts';

/** IncidentAcknowledgeInput of the API. */
@InputType('IncidentAcknowledgeInput')
export class IncidentAcknowledgeInput {
  @Field(() => DurationScalar, { nullable: true })
  duration?: number | null | undefined;

  @Field(() => ID)
  id!: string;
}

/** IncidentFilter of the API. */
@InputType('IncidentFilter')
export class IncidentFilter {
  @Field(() => Boolean, { nullable: true })
  assignedToMe?: boolean | null | undefined;

  @Field(() => [IncidentKind], { nullable: true })
  kind?: readonly IncidentKind[] | null | undefined;

  @Field(() => String, { nullable: true })
  search?: string | null | undefined;

  @Field(() => [Severity], { nullable: true })
  severity?: readonly Severity[] | null | undefined;

  @Field(() => TimeRangeInput, { nullable: true })
  started?: TimeRangeInput | null | undefined;

  @Field(() => [IncidentStatus], { nullable: true })
  status?: readonly IncidentStatus[] | null | undefined;

  @Field(() => ID, { nullable: true })
  systemId?: string | null | undefined;
}

/** IncidentNoteAddInput of the API. */
@InputType('IncidentNoteAddInput')
export class IncidentNoteAddInput {
  @Field(() => ID)
  id!: string;

  @Field(() => String)
  idempotencyKey!: string;

  @Field(() => ChatAddressInput, { nullable: true })
  message?: ChatAddressInput | null | undefined;

  @Field(() => String)
  text!: string;
}

/** IncidentReleaseInput of the API. */
@InputType('IncidentReleaseInput')
export class IncidentReleaseInput {
  @Field(() => ID)
  id!: string;

  @Field(() => String, { nullable: true })
  reason?: string | null | undefined;
}

/** IncidentReopenInput of the API. */
@InputType('IncidentReopenInput')
export class IncidentReopenInput {
  @Field(() => ID)
  id!: string;

  @Field(() => String)
  reason!: string;
}

/** IncidentResolveInput of the API. */
@InputType('IncidentResolveInput')
export class IncidentResolveInput {
  @Field(() => String, { nullable: true })
  cause?: string | null | undefined;

  @Field(() => String, { nullable: true })
  fix?: string | null | undefined;

  @Field(() => ID)
  id!: string;
}

/** IncidentAssignInput of the API. */
@InputType('IncidentAssignInput')
export class IncidentAssignInput {
  @Field(() => ID, { nullable: true, description: 'Nobody when left out.' })
  assigneeId?: string | null | undefined;

  @Field(() => ChatUserInput, { nullable: true, description: 'Instead of assigneeId: a chat account.' })
  chatUser?: ChatUserInput | null | undefined;

  @Field(() => ID)
  id!: string;
}

/** A chat account. */
@InputType('ChatUserInput')
export class ChatUserInput {
  @Field(() => String)
  user!: string;

  @Field(() => String)
  workspace!: string;
}

/** IncidentMergeInput of the API. */
@InputType('IncidentMergeInput')
export class IncidentMergeInput {
  @Field(() => ID)
  id!: string;

  @Field(() => ID)
  intoId!: string;
}

/** IncidentSnoozeInput of the API. */
@InputType('IncidentSnoozeInput')
export class IncidentSnoozeInput {
  @Field(() => DurationScalar)
  duration!: number;

  @Field(() => ID)
  id!: string;
}

/** IncidentSplitInput of the API. */
@InputType('IncidentSplitInput')
export class IncidentSplitInput {
  @Field(() => [ID])
  alertGroupIds!: readonly string[];

  @Field(() => ID)
  id!: string;
}

/** IncidentTicketLinkInput of the API. */
@InputType('IncidentTicketLinkInput')
export class IncidentTicketLinkInput {
  @Field(() => ID)
  id!: string;

  @Field(() => String)
  number!: string;

  @Field(() => UrlScalar, { nullable: true })
  url?: string | null | undefined;
}
