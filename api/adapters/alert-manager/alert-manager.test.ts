import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { isAppError } from '../../../lib/errors.ts';
import { describeWith } from '../../../test/support/debian.ts';
import { freePort } from '../../../test/support/free-port.ts';
import { startAlertmanager } from '../../../test/support/real-alertmanager.ts';
import { createAlertmanager } from './alertmanager.ts';
import { alertManagerContract } from './contract.ts';
import { createMemoryAlertManager } from './memory.ts';

describe('the twin in this process', () => {
  alertManagerContract(async () => {
    const manager = createMemoryAlertManager();
    const fingerprintOf = (labels: Readonly<Record<string, string>>) => JSON.stringify(labels);
    return {
      manager,
      fire: async ({ labels, startsAt }) => manager.fire({ fingerprint: fingerprintOf(labels), labels, startsAt }),
      resolve: async ({ labels }) => manager.resolve(fingerprintOf(labels)),
      close: async () => undefined,
    };
  });
});

describeWith(['prometheus-alertmanager'], 'the real Alertmanager', () => {
  alertManagerContract(async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'agentic-am-'));
    const real = await startAlertmanager({ folder });
    const manager = createAlertmanager({ url: real.url });
    return {
      manager,
      fire: (alert) => real.tell([alert]),
      resolve: (alert) => real.tell([{ ...alert, endsAt: new Date(Date.now() - 1_000) }]),
      close: async () => {
        await manager.close();
        await real.stop();
        rmSync(folder, { recursive: true, force: true });
      },
    };
  });
});

test('one that is not there is unavailable, and worth a retry', async () => {
  const manager = createAlertmanager({ url: `http://127.0.0.1:${await freePort()}` });

  const error = await manager.silences(AbortSignal.timeout(5_000)).catch((caught: unknown) => caught);

  expect(isAppError(error) ? [error.code, error.retryable] : error).toEqual(['UPSTREAM_UNAVAILABLE', true]);
  await manager.close();
});
