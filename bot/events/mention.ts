import { defineEvent } from '../event.ts';

/** A mention in a channel or thread, or words in a direct message: read like a slash command. */
export const event = defineEvent({
  name: 'mention',
  tellStrangers: true,
  run: async (inbound, session) => session.runText(inbound.text),
});
