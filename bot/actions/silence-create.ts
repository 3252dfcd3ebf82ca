import { z } from 'zod';
import { carried, defineAction, incidentIds } from '../action.ts';
import { silenceModal } from '../blocks/silence-messages.ts';
import { readDuration } from '../grammar.ts';
import { incidentGroupsQuery } from '../operations.ts';
import { found, type Session, tell } from '../session.ts';
import { silenceGroups } from '../silence-many.ts';

const choice = incidentIds.extend({ d: z.enum(['PT30M', 'PT1H', 'PT4H', 'P1D', 'other']) });

/** Mutes what fires in an incident for a time, from the menu of its card. */
export const action = defineAction({
  name: 'silence-create',
  controls: ['silence.create'],
  forms: ['silence.create'],
  press: async (input, session) => {
    const chosen = carried(choice, input.value);
    if (chosen === null) return tell(session, session.t.askedElsewhere);
    if (chosen.d === 'other') return session.openForm(silenceModal(session.t, JSON.stringify({ i: chosen.i })));
    await silenceIncident(session, chosen.i, chosen.d, '');
  },
  submit: async (input, session) => {
    const ids = carried(incidentIds, input.meta);
    if (ids === null) return tell(session, session.t.askedElsewhere);
    const word = (input.values.duration ?? '').trim();
    const duration = readDuration(word.replaceAll(' ', ''));
    if (duration === null)
      return tell(
        session,
        session.t.notATime(word.replaceAll('`', '').slice(0, 40), '/agent alert silence AG-218 30m'),
      );
    await silenceIncident(session, ids.i, duration, input.values.reason ?? '');
  },
});

async function silenceIncident(session: Session, id: string, duration: string, reason: string): Promise<void> {
  const { incident } = await session.api.call(incidentGroupsQuery, { id });
  const groups = found(session, incident, session.t.silenceTitle).alertGroups.nodes;
  await silenceGroups(
    session,
    groups.filter((one) => one.status !== 'RESOLVED'),
    duration,
    reason,
  );
}
