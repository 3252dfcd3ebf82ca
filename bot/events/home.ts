import { homeView } from '../blocks/answers.ts';
import { defineEvent } from '../event.ts';
import { approvalsQuery, healthQuery, incidentsQuery, tasksQuery } from '../operations.ts';

/** The home tab, drawn afresh each time it is opened. */
export const event = defineEvent({
  name: 'home',
  tellStrangers: false,
  run: async (inbound, session) => {
    const { api } = session;
    const [waiting, open, mine, state] = await Promise.all([
      api.call(approvalsQuery, { filter: { waitingForMe: true, status: ['PENDING'] }, first: 10 }),
      api.call(incidentsQuery, { filter: { status: ['TRIGGERED', 'ACKNOWLEDGED'] }, first: 10 }),
      api.call(tasksQuery, { filter: { mine: true }, first: 10 }),
      api.call(healthQuery, {}),
    ]);
    const view = homeView(session.scene, {
      approvals: waiting.approvals,
      incidents: open.incidents,
      tasks: mine.tasks,
      health: state.health,
    });
    const shown = await session.slack.publishHome(inbound.user, view);
    if (!shown.ok) session.log.warn({ kind: shown.kind }, 'the home tab could not be drawn');
  },
});
