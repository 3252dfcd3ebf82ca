import { databaseNow, inTransaction } from '../db.ts';
import { automation } from '../incidents/by.ts';
import { sayNotice } from '../incidents/say.ts';
import { addTimeline } from '../incidents/timeline.ts';
import { moment, wordsOf } from '../incidents/words.ts';
import type { AlertDeps } from './deps.ts';
import { matchers as storedMatchers } from './fetch.ts';
import { askCreator, saySilence, tellIncident } from './silence.ts';
import { matcherText } from './silence-rules.ts';

const by = automation('alertmanager', 'silences');
const textOf = (row: { readonly matchers: unknown }): string =>
  matcherText(storedMatchers.catch([]).parse(row.matchers));
const askBeforeMs = 10 * 60_000;
const longEnoughMs = 15 * 60_000;

/** Silences whose time is over, with a redrawn message; those that end soon are asked about. `managed`: there is an Alertmanager. */
export async function endSilences(deps: AlertDeps, managed: boolean): Promise<number> {
  const done = await inTransaction(deps.db, async (tx) => {
    const now = await databaseNow(tx);
    // Without an Alertmanager a silence stands as soon as it is written: our own stages go by it.
    if (!managed)
      await tx.silence.updateMany({ where: { status: 'PENDING', startsAt: { lte: now } }, data: { status: 'ACTIVE' } });
    const over = await tx.silence.findMany({
      where: { status: { not: 'EXPIRED' }, endsAt: { lte: now } },
      take: 200,
    });
    for (const row of over) {
      const changed = await tx.silence.update({ where: { id: row.id }, data: { status: 'EXPIRED', thereUntil: null } });
      if (row.kind !== 'ACKNOWLEDGEMENT')
        await tellIncident(tx, by, changed, (incident) => wordsOf(incident.locale).silenceOver(textOf(changed)));
    }
    const soon = await tx.silence.findMany({
      where: {
        status: { not: 'EXPIRED' },
        kind: { in: ['COMMAND', 'MAINTENANCE'] },
        askedAt: null,
        startsAt: { lte: now },
        endsAt: { gt: now, lte: new Date(now.getTime() + askBeforeMs) },
      },
      take: 200,
    });
    let asked = 0;
    for (const row of soon) {
      if (row.endsAt.getTime() - row.startsAt.getTime() < longEnoughMs) continue;
      const changed = await tx.silence.update({ where: { id: row.id }, data: { askedAt: now } });
      asked += 1;
      await askCreator(tx, changed);
      const incident = row.incidentId === null ? null : await tx.incident.findUnique({ where: { id: row.incidentId } });
      if (incident === null) continue;
      const text = wordsOf(incident.locale).silenceEndsSoon(textOf(changed), moment(changed.endsAt));
      await sayNotice(
        tx,
        incident,
        await addTimeline(tx, { incidentId: incident.id, kind: 'SILENCE', actor: by.actor, text }),
      );
      await saySilence(tx, incident, row.id);
    }
    return over.length + asked;
  });
  if (done > 0) deps.wake('notifications');
  return done;
}
