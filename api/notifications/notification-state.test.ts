import { expect, test } from 'vitest';
import { backoffMs, type DeliveryReport, type DeliveryState, judgeReport } from './notification-state.ts';

const results: readonly DeliveryReport['result'][] = ['DELIVERED', 'RETRY_LATER', 'REFUSED', 'UNCERTAIN'];

test('waiting grows and never passes five minutes', () => {
  const waits = Array.from({ length: 40 }, (_, n) => backoffMs(n));
  expect(waits.every((wait, n) => n === 0 || wait >= (waits[n - 1] ?? 0))).toBe(true);
  expect(waits.at(-1)).toBe(300_000);
  expect(backoffMs(1)).toBe(1_000);
});

test('random sends, changes and lost answers end delivered with the newest revision in one message, or failed', () => {
  let seed = 11;
  const random = (below: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return (seed >> 8) % below;
  };
  for (let run = 0; run < 500; run++) {
    let row: DeliveryState = {
      status: 'PENDING',
      revision: 1,
      deliveredRevision: 0,
      attempts: 0,
      claimToken: null,
      lastError: null,
      messageTs: null,
      uncertain: false,
    };
    const posted = new Set<string>();
    for (let step = 0; step < 30 && row.status !== 'FAILED'; step++) {
      if (row.status === 'DELIVERED' || random(4) === 0) {
        row = { ...row, revision: row.revision + 1, status: row.status === 'DELIVERED' ? 'PENDING' : row.status };
        continue;
      }
      row = { ...row, status: 'CLAIMED', claimToken: BigInt(step), attempts: row.attempts + 1 };
      const claimed = row.revision;
      if (random(3) === 0) row = { ...row, revision: row.revision + 1 };
      const result = step > 25 ? 'DELIVERED' : (results[random(4)] ?? 'DELIVERED');
      const messageTs = row.messageTs ?? `m${step}`;
      if (result === 'DELIVERED') posted.add(messageTs);
      const answer = judgeReport(row, {
        leaseToken: BigInt(step),
        revision: claimed,
        result,
        messageTs: result === 'DELIVERED' ? messageTs : null,
        error: 'e',
        retryAfterMs: null,
      });
      if (answer.kind !== 'changed') throw new Error(answer.kind);
      expect(answer.next.deliveredRevision).toBeGreaterThanOrEqual(row.deliveredRevision);
      expect(answer.next.status === 'DELIVERED').toBe(result === 'DELIVERED' && row.revision === claimed);
      expect(answer.failed).toBe(answer.next.status === 'FAILED');
      row = { ...row, ...answer.next };
    }
    expect(posted.size).toBeLessThanOrEqual(1);
    expect(row.deliveredRevision).toBeLessThanOrEqual(row.revision);
    if (row.status === 'DELIVERED') expect(row.deliveredRevision).toBe(row.revision);
  }
});
