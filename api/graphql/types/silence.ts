import { Ctx, Field, ID, Int, ObjectType } from 'type-graphql';
import { toGlobalId } from '../../../lib/ids.ts';
import { matchers as storedMatchers } from '../../alerts/fetch.ts';
import { countMatched } from '../../alerts/silence.ts';
import { SilenceKind, type Silence as SilenceRow, SilenceStatus } from '../../db.ts';
import type { RequestContext } from '../request-context.ts';
import { DateTimeScalar } from '../scalars.ts';
import { IncidentView } from './incident.ts';
import { NodeView } from './payload.ts';
import { viewOrNull } from './view.ts';

/** One label comparison. */
@ObjectType('LabelMatcher')
export class LabelMatcher {
  @Field(() => Boolean)
  isEqual!: boolean;

  @Field(() => Boolean)
  isRegex!: boolean;

  @Field(() => String)
  name!: string;

  @Field(() => String)
  value!: string;
}

/** Muted by a person for a time; those made elsewhere are shown too. */
@ObjectType('Silence', {
  description: 'Muted by a person for a time; those made elsewhere are shown too.',
  implements: NodeView,
})
export class SilenceView {
  constructor(readonly row: SilenceRow) {}

  @Field(() => String)
  get comment(): string {
    return this.row.comment;
  }

  @Field(() => String, { description: 'Who made it, as named here or in Alertmanager.' })
  get createdByName(): string {
    return this.row.createdByName;
  }

  @Field(() => DateTimeScalar)
  get endsAt(): Date {
    return this.row.endsAt;
  }

  @Field(() => String, { nullable: true, description: 'Why it could not be set in Alertmanager, while that is so.' })
  get error(): string | null {
    return this.row.error;
  }

  @Field(() => Boolean, { description: 'True when made outside this product.' })
  get external(): boolean {
    return this.row.kind === 'EXTERNAL';
  }

  @Field(() => ID)
  get id(): string {
    return toGlobalId('Silence', this.row.id);
  }

  @Field(() => IncidentView, { nullable: true })
  async incident(@Ctx() ctx: RequestContext): Promise<IncidentView | null> {
    const { incidentId } = this.row;
    return viewOrNull(incidentId === null ? null : await ctx.load.incident.load(incidentId), IncidentView);
  }

  @Field(() => SilenceKind, { name: 'silenceKind' })
  get silenceKind(): SilenceKind {
    return this.row.kind;
  }

  @Field(() => Int, { description: 'Alerts it mutes now.' })
  matchedNow(@Ctx() ctx: RequestContext): Promise<number> {
    return this.row.status === 'EXPIRED' ? Promise.resolve(0) : countMatched(ctx.deps.db, this.row);
  }

  @Field(() => [LabelMatcher])
  get matchers(): readonly LabelMatcher[] {
    return storedMatchers.catch([]).parse(this.row.matchers);
  }

  @Field(() => String, { description: 'Human number, for example SIL-4.' })
  get number(): string {
    return `SIL-${this.row.number}`;
  }

  @Field(() => DateTimeScalar)
  get startsAt(): Date {
    return this.row.startsAt;
  }

  @Field(() => SilenceStatus, { description: 'PENDING: wanted, and not set in Alertmanager yet.' })
  get status(): SilenceStatus {
    return this.row.status;
  }
}
