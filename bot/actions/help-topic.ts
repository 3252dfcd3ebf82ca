import { defineAction } from '../action.ts';

/** The menu of the help message. */
export const action = defineAction({
  name: 'help-topic',
  controls: ['help.topic'],
  press: async (input, session) => session.runText(`help ${input.value}`),
});
