import { askManual } from '../ask-manual.ts';
import { defineCommand, exampleOf } from '../command.ts';

/** The written steps for a situation, from the same manuals. */
export const command = defineCommand({
  name: 'sop',
  words: ['runbook', '절차', '대응', '런북'],
  label: { en: 'sop', ko: '절차' },
  summary: { en: 'the steps of a runbook', ko: '대응 절차 찾기' },
  usage: { en: ['sop PaymentApiDown'], ko: ['절차 결제가 멈췄을 때'] },
  verbs: [],
  bare: { verb: null, args: 'text' },
  run: (input, session) => askManual(input, session, exampleOf(command, session.scene.locale)),
});
