import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../../lib/ids.ts';
import { type RecordCore, recordCore } from '../../test/support/record-core.ts';
import { pruneScheduledTasks } from './prune-tasks.ts';

let core: RecordCore;
beforeAll(async () => {
  core = await recordCore();
});
afterAll(() => core.close());

test('only scheduled checks that found nothing and are a day old are removed', async () => {
  const old = new Date(Date.now() - 2 * 86_400_000);
  const make = async (over: {
    trigger?: 'SCHEDULE' | 'CHAT';
    status?: 'SUCCEEDED' | 'FAILED';
    finishedAt?: Date;
    channel?: string;
  }) => {
    const id = newId();
    await core.db.task.create({
      data: {
        id,
        title: 'Health',
        agentId: 'monitoring',
        taskType: 'health_check',
        params: {},
        trigger: over.trigger ?? 'SCHEDULE',
        status: over.status ?? 'SUCCEEDED',
        requestedByType: 'automation',
        requestedByName: 'schedule',
        idempotencyKey: id,
        correlationId: id,
        finishedAt: over.finishedAt ?? old,
        channel: over.channel ?? null,
        steps: { create: { id: newId(), seq: 1, name: 'check', title: 'Check' } },
      },
    });
    return id;
  };
  const gone = await make({});
  const kept = [
    await make({ trigger: 'CHAT' }),
    await make({ status: 'FAILED' }),
    await make({ finishedAt: new Date() }),
    await make({ channel: 'C1' }),
  ];

  const removed = await pruneScheduledTasks(core);

  expect(removed).toBe(1);
  expect(await core.db.task.findUnique({ where: { id: gone } })).toBeNull();
  expect(await core.db.task.count({ where: { id: { in: kept } } })).toBe(4);
});
