import { Field, Int, ObjectType } from 'type-graphql';
import { readStorm } from '../../alerts/storm.ts';
import { stormCounts } from '../../alerts/storm-tick.ts';
import type { Incident } from '../../db.ts';
import type { RequestContext } from '../request-context.ts';
import { DateTimeScalar } from '../scalars.ts';

/** What a storm of alerts most likely has in common, and how much of it that covers. */
@ObjectType('StormCause')
export class StormCauseView {
  @Field(() => Int)
  groups!: number;

  @Field(() => String, { description: 'system, label or first: what it rests on.' })
  kind!: string;

  @Field(() => String)
  name!: string;

  @Field(() => Int)
  of!: number;

  @Field(() => String)
  value!: string;
}

/** One line of a storm's digest. */
@ObjectType('StormLine')
export class StormLine {
  @Field(() => Int)
  firing!: number;

  @Field(() => String)
  severity!: string;

  @Field(() => String)
  title!: string;

  @Field(() => Int)
  total!: number;
}

/** A storm as its digest shows it. */
@ObjectType('Storm')
export class StormView {
  @Field(() => Int)
  alerts!: number;

  @Field(() => StormCauseView, { nullable: true })
  cause!: StormCauseView | null;

  @Field(() => Int, {
    nullable: true,
    description: 'Accepted alerts that are not in the record; null before the first count.',
  })
  dropped!: number | null;

  @Field(() => DateTimeScalar, { nullable: true })
  endedAt!: Date | null;

  @Field(() => Int)
  firing!: number;

  @Field(() => Int)
  groups!: number;

  @Field(() => [StormLine], { description: 'The largest groups by alert name.' })
  lines!: readonly StormLine[];

  @Field(() => Int, { description: 'Critical groups with threads of their own.' })
  ownThreads!: number;

  @Field(() => DateTimeScalar)
  startedAt!: Date;
}

const shownLines = 5;

/** The storm of an incident; null for any other incident. */
export async function stormOf(ctx: RequestContext, incident: Incident): Promise<StormView | null> {
  const state = incident.kind === 'STORM' ? readStorm(incident) : null;
  if (state === null) return null;
  const counts = await stormCounts(ctx.deps.db, incident);
  const lines = await ctx.deps.db.$queryRaw<StormLine[]>`
    select g."title", sum(g."firingCount")::int as firing, sum(g."totalCount")::int as total,
      (array_agg(g."severity"::text order by g."severity"))[1] as severity
    from "AlertGroup" g where g."incidentId" = ${incident.id}::uuid
    group by g."title" order by min(g."severity"), sum(g."totalCount") desc, g."title" limit ${shownLines}`;
  return {
    ...counts,
    cause: state.cause,
    dropped: state.dropped,
    endedAt: state.endedAt === null ? null : new Date(state.endedAt),
    startedAt: new Date(state.startedAt),
    ownThreads: state.ownThreads,
    lines,
  };
}
