import { defineEvent } from '../event.ts';
import { incidentAcknowledge, incidentNoteAdd, incidentQuery } from '../operations.ts';
import { answeredErrors, tell } from '../session.ts';

const acknowledge = new Set(['white_check_mark', 'heavy_check_mark']);
const note = new Set(['memo', 'pencil']);

/** ✅ on a card acknowledges it, 📝 puts a message on the timeline. Never an approval: a mis-tap must not run anything. */
export const event = defineEvent({
  name: 'reaction',
  tellStrangers: false,
  run: async (inbound, session) => {
    const isAck = acknowledge.has(inbound.reaction);
    if (!isAck && !note.has(inbound.reaction)) return;
    const read = await session.slack.read(inbound.channel, inbound.message);
    if (!read.ok || read.value === null) return;
    const ofCard = read.value.mark?.subject ?? null;
    const number = ofCard ?? (await session.threadIncident());
    if (number === null || !number.startsWith('INC-')) return;
    // Only a card is acknowledged; a check mark on any other message in the thread is small talk.
    if (isAck && ofCard === null) return;
    const { incident } = await session.api.call(incidentQuery, { number });
    if (incident === null) return;
    if (isAck) {
      if (incident.conversation?.message !== inbound.message && incident.conversation?.thread !== inbound.message)
        return;
      if (incident.status !== 'TRIGGERED') return;
      const { incidentAcknowledge: answer } = await session.api.call(
        incidentAcknowledge,
        { input: { id: incident.id } },
        { retry: true },
      );
      if (!(await answeredErrors(session, answer.userErrors)))
        await tell(session, session.t.reactionAcked(incident.number));
      return;
    }
    const text = read.value.text.slice(0, 2_000);
    if (text === '') return;
    const { incidentNoteAdd: answer } = await session.api.call(
      incidentNoteAdd,
      {
        input: {
          id: incident.id,
          text,
          idempotencyKey: session.key,
          message: { workspace: inbound.workspace, channel: inbound.channel, message: inbound.message },
        },
      },
      { retry: true },
    );
    if (!(await answeredErrors(session, answer.userErrors)))
      await tell(session, session.t.reactionNoted(incident.number));
  },
});
