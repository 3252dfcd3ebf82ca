import { checkLines } from './check-lines.ts';
import { judgeAddress, readTarget } from './url-guard.ts';

/** `npm run -s check:url`: judges addresses by their text, and the resolved `addresses` a line may bring along. It calls nothing and asks no resolver. */
await checkLines(process.stdin, process.stdout, (input, { addresses }) => {
  const target = readTarget(input);
  if ('reason' in target) return { verdict: 'refuse', ...target };
  for (const address of Array.isArray(addresses) ? addresses : []) {
    const bad = judgeAddress(String(address));
    if (bad !== null) return { verdict: 'refuse', ...bad };
  }
  const { href, host, port, isLiteral } = target;
  return { verdict: 'allow', href, host, port, resolvedWhenCalled: !isLiteral };
});
