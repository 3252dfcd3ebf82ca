import { databaseNow, inTransaction } from '../db.ts';
import { notify } from '../notifications/write.ts';
import { type IncidentDeps, incidentNumber } from './by.ts';
import { moment, wordsOf } from './words.ts';

const askBeforeMs = 10 * 60_000;

/**
 * Sweep: an acknowledgement that ends soon is asked about in a direct message with [Extend] and [Release], once for each time it was
 * extended. Nobody answers: it ends by itself. Answers how many were asked.
 */
export async function askOwners(deps: Pick<IncidentDeps, 'db' | 'wake'>): Promise<number> {
  const asked = await inTransaction(deps.db, async (tx) => {
    const now = await databaseNow(tx);
    const due = await tx.incident.findMany({
      where: {
        status: 'ACKNOWLEDGED',
        askedAt: null,
        acknowledgedUntil: { gt: now, lte: new Date(now.getTime() + askBeforeMs) },
        acknowledgedById: { not: null },
      },
      take: 100,
    });
    let count = 0;
    for (const incident of due) {
      const { count: mine } = await tx.incident.updateMany({
        where: { id: incident.id, askedAt: null, status: 'ACKNOWLEDGED' },
        data: { askedAt: now },
      });
      const user = await tx.user.findUnique({ where: { id: incident.acknowledgedById ?? incident.id } });
      if (mine !== 1 || user === null) continue;
      await notify(tx, {
        kind: 'INCIDENT_NOTICE',
        subject: { type: 'Incident', id: incident.id },
        to: { type: 'user', userId: user.id },
        locale: user.locale,
        text: wordsOf(user.locale).stillYours(
          incidentNumber(incident),
          moment(incident.acknowledgedUntil ?? incident.startedAt),
        ),
      });
      count += 1;
    }
    return count;
  });
  if (asked > 0) deps.wake('notifications');
  return asked;
}
