import { answerInThread } from '../answer-thread.ts';
import { defineEvent } from '../event.ts';
import { readCommand } from '../grammar.ts';
import { writtenText } from '../written-text.ts';

/**
 * A mention in a channel or thread, or words in a direct message: read like a slash command. Words that are no command, in a thread
 * where a task waits for an answer, are that answer.
 */
export const event = defineEvent({
  name: 'mention',
  tellStrangers: true,
  run: async (inbound, session) => {
    const { channel, thread } = inbound;
    const text = writtenText(inbound.text, session.self);
    if (thread !== null && readCommand(text, session.commands.nouns, null).kind === 'question') {
      if (await answerInThread(session, { channel, thread }, text)) return;
    }
    await session.runText(inbound.text);
  },
});
