import { newId } from '../../lib/ids.ts';
import type { Actor } from '../context.ts';
import type { TimelineEntry, TimelineKind, Tx } from '../db.ts';

const longestText = 4_000;

/** One thing that happened. `onceKey` keeps it single when its step runs again. */
export interface TimelineInput {
  readonly incidentId: string;
  readonly kind: TimelineKind;
  readonly actor: Actor;
  readonly text: string;
  readonly evidenceRefs?: readonly number[];
  readonly subject?: { readonly type: string; readonly id: string } | null;
  readonly onceKey?: string | null;
}

/** Adds to the timeline, in the caller's transaction; the second call with one onceKey answers the first entry. */
export async function addTimeline(tx: Tx, input: TimelineInput): Promise<TimelineEntry> {
  const id = newId();
  await tx.timelineEntry.createMany({
    data: [
      {
        id,
        incidentId: input.incidentId,
        kind: input.kind,
        actorType: input.actor.type,
        actorId: input.actor.id,
        actorName: input.actor.name,
        text: input.text.replaceAll('\u0000', '').slice(0, longestText).toWellFormed(),
        evidenceRefs: [...(input.evidenceRefs ?? [])],
        subjectType: input.subject?.type ?? null,
        subjectId: input.subject?.id ?? null,
        onceKey: input.onceKey ?? null,
      },
    ],
    skipDuplicates: true,
  });
  const onceKey = input.onceKey ?? null;
  return tx.timelineEntry.findUniqueOrThrow({ where: onceKey === null ? { id } : { onceKey } });
}
