import { checkLines } from './check-lines.ts';
import { redactText } from './redact.ts';

/** `npm run -s check:redact`: what is kept of a text before it reaches a model, Slack, a ticket, a log or the audit. `refuse` means that a secret was found. */
await checkLines(process.stdin, process.stdout, (input) => {
  const output = redactText(input);
  return output === input
    ? { verdict: 'allow', output }
    : {
        verdict: 'refuse',
        code: 'secret',
        output,
        reason: { en: 'A secret was removed.', ko: '비밀 정보를 지웠습니다.' },
      };
});
