import { z } from 'zod';
import { newId } from '../../lib/ids.ts';
import { databaseNow, inTransaction } from '../db.ts';
import { incidentNumber } from '../incidents/by.ts';
import { wordsOf } from '../incidents/words.ts';
import type { AlertDeps } from './deps.ts';
import { matchersOfGroup, ownedUntil } from './silence-rules.ts';

const labels = z.record(z.string(), z.string()).catch({});
const mostGroups = 200;

/**
 * An acknowledgement says "mine": while it stands, the alerts of the incident are held back in Alertmanager by short silences that are
 * renewed, and end when the incident is released, resolved or the acknowledgement is over. Answers how many rows changed.
 */
export async function keepOwnedSilences(deps: AlertDeps): Promise<number> {
  const changed = await inTransaction(
    deps.db,
    async (tx) => {
      const now = await databaseNow(tx);
      const owned = await tx.incident.findMany({
        where: { status: 'ACKNOWLEDGED', acknowledgedUntil: { gt: now } },
        include: {
          alertGroups: {
            where: { source: 'alertmanager', status: { not: 'RESOLVED' } },
            orderBy: { number: 'asc' },
            take: mostGroups,
          },
        },
        orderBy: { number: 'asc' },
        take: 500,
      });
      const standing = await tx.silence.findMany({ where: { kind: 'ACKNOWLEDGEMENT', status: { not: 'EXPIRED' } } });
      const byKey = new Map(standing.map((row) => [row.onceKey, row]));
      const kept = new Set<string>();
      let count = 0;
      const names = new Map<string, string>();
      for (const incident of owned) {
        const ownerId = incident.acknowledgedById;
        if (ownerId !== null && !names.has(ownerId))
          names.set(ownerId, (await tx.user.findUnique({ where: { id: ownerId } }))?.displayName ?? '');
        const owner = (ownerId === null ? '' : names.get(ownerId)) || wordsOf(incident.locale).someone();
        for (const group of incident.alertGroups) {
          const key = `ack:${group.id}:${incident.acknowledgedAt?.getTime() ?? 0}:${ownerId ?? ''}`;
          const row = byKey.get(key);
          const until = ownedUntil(row?.endsAt ?? null, incident.acknowledgedUntil ?? now, now);
          if (row !== undefined) {
            kept.add(row.id);
            if (until === null) continue;
            await tx.silence.update({ where: { id: row.id }, data: { endsAt: until, tryAfter: null } });
            count += 1;
            continue;
          }
          if (until === null) continue;
          const { count: revived } = await tx.silence.updateMany({
            // Released and taken again by the same person; one that somebody ended in Alertmanager stays ended.
            where: { onceKey: key, status: 'EXPIRED', endedByName: null },
            data: { status: 'PENDING', endsAt: until, externalId: null, thereUntil: null, tryAfter: null },
          });
          count += revived;
          if (revived > 0) continue;
          const words = wordsOf(incident.locale);
          const { count: made } = await tx.silence.createMany({
            skipDuplicates: true,
            data: [
              {
                id: newId(),
                kind: 'ACKNOWLEDGEMENT',
                matchers: matchersOfGroup(
                  { title: group.title, commonLabels: labels.parse(group.commonLabels) },
                  deps.settings.grouping.systemLabels,
                ).map((one) => ({ ...one })),
                comment: words.silenceComment(incidentNumber(incident), owner, words.acknowledgedReason()),
                createdByUserId: ownerId,
                createdByName: owner,
                incidentId: incident.id,
                alertGroupId: group.id,
                startsAt: now,
                endsAt: until,
                onceKey: key,
              },
            ],
          });
          count += made;
        }
      }
      const over = standing.filter((row) => !kept.has(row.id)).map((row) => row.id);
      if (over.length > 0)
        await tx.silence.updateMany({ where: { id: { in: over } }, data: { status: 'EXPIRED', tryAfter: null } });
      return count + over.length;
    },
    { timeoutMs: 20_000 },
  );
  return changed;
}
