import { z } from 'zod';
import { carried, defineAction, incidentIds } from '../action.ts';
import { incidentCard, labelsMessage } from '../blocks/incident-card.ts';
import { alertGroupQuery, incidentQuery, incidentResolve } from '../operations.ts';
import { redraw } from '../redraw.ts';
import { answeredErrors, found, tell } from '../session.ts';

const choice = incidentIds.extend({ x: z.enum(['labels', 'resolve', 'console']) });

/** The menu of a card. */
export const action = defineAction({
  name: 'incident-more',
  controls: ['incident.more'],
  press: async (input, session) => {
    const chosen = carried(choice, input.value);
    if (chosen === null) return tell(session, session.t.askedElsewhere);
    // The link of the menu opens by itself.
    if (chosen.x === 'console') return;
    if (chosen.x === 'resolve') {
      const { incidentResolve: answer } = await session.api.call(
        incidentResolve,
        { input: { id: chosen.i } },
        { retry: true },
      );
      if (answer.userErrors.length > 0 && answer.incident !== null)
        await redraw(session, input, incidentCard(session.scene, answer.incident));
      await answeredErrors(session, answer.userErrors);
      return;
    }
    const { incident } = await session.api.call(incidentQuery, { id: chosen.i });
    const known = found(session, incident, session.t.labels);
    const number = known.alertGroups.nodes[0]?.number;
    const group = number === undefined ? null : (await session.api.call(alertGroupQuery, { number })).alertGroup;
    const labels = z.record(z.string(), z.unknown()).safeParse(group?.commonLabels);
    const pairs = Object.entries(labels.data ?? {}).map(([key, value]) => [key, String(value)] as const);
    await session.answer(
      labelsMessage(`${session.t.labels} · ${known.number}`, pairs.length === 0 ? [['–', '–']] : pairs),
    );
  },
});
