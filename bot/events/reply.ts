import { answerInThread } from '../answer-thread.ts';
import { defineEvent } from '../event.ts';

/** A reply in a thread where a task waits for an answer. Elsewhere the bot does not listen. */
export const event = defineEvent({
  name: 'reply',
  tellStrangers: false,
  run: async (inbound, session) => {
    await answerInThread(session, { channel: inbound.channel, thread: inbound.thread }, inbound.text);
  },
});
