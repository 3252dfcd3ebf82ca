import { carried, defineAction, incidentIds } from '../action.ts';
import { reopenModal } from '../blocks/answers.ts';
import { incidentQuery, incidentReopen } from '../operations.ts';
import { answeredErrors, found, tell } from '../session.ts';

/** Asks why, then opens a resolved incident again. */
export const action = defineAction({
  name: 'incident-reopen',
  controls: ['incident.reopen'],
  forms: ['incident.reopen'],
  press: async (input, session) => {
    const ids = carried(incidentIds, input.value);
    if (ids === null) return tell(session, session.t.askedElsewhere);
    const { incident } = await session.api.call(incidentQuery, { id: ids.i }, { timeoutMs: 1_500 });
    const known = found(session, incident, session.t.reopen);
    await session.openForm(reopenModal(session.t, known.number, JSON.stringify({ i: known.id })));
  },
  submit: async (input, session) => {
    const ids = carried(incidentIds, input.meta);
    if (ids === null) return tell(session, session.t.askedElsewhere);
    const { incidentReopen: answer } = await session.api.call(
      incidentReopen,
      { input: { id: ids.i, reason: input.values.reason ?? '' } },
      { retry: true },
    );
    if (await answeredErrors(session, answer.userErrors)) return;
    await tell(session, session.t.reopenedNow(answer.incident?.number ?? ''));
  },
});
