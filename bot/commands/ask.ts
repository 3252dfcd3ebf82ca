import { defineCommand, exampleOf } from '../command.ts';
import { tell } from '../session.ts';
import { startTask } from '../start-task.ts';

/** Any question. The api routes it; what it cannot route is said plainly. */
export const command = defineCommand({
  name: 'ask',
  words: ['질문'],
  label: { en: 'ask', ko: '질문' },
  summary: { en: 'any question', ko: '자유 질문' },
  usage: { en: ['ask why is payment-api slow?'], ko: ['질문 payment-api 왜 느려?'] },
  verbs: [],
  bare: { verb: null, changes: true, args: 'text' },
  run: async (input, session) => {
    const question = [...input.ids, input.rest].join(' ').trim().slice(0, 4_000);
    if (question === '') return tell(session, session.t.whichId(exampleOf(command, session.scene.locale)));
    await startTask(session, { instruction: question });
  },
});
