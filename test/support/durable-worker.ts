// A worker process for the crash tests: `node durable-worker.ts <database url>`. It runs one durable function, whose params say
// where it is slow, where it kills its own process, and whether the target can be asked.
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { createDb } from '../../api/db.ts';
import { createDurable } from '../../api/durable/durable.ts';
import { type EffectCall, runEffect } from '../../api/durable/effect.ts';
import { AppError } from '../../lib/errors.ts';
import { createLogger } from '../../lib/log.ts';

const scenarioSchema = z.object({
  targetUrl: z.string(),
  approvalId: z.string(),
  actionId: z.string(),
  slowReadMs: z.number().default(0),
  poison: z.boolean().default(false),
  dieBeforeCall: z.boolean().default(false),
  dieAfterCall: z.boolean().default(false),
  canAsk: z.boolean().default(false),
  honoursKeys: z.boolean().default(false),
  children: z.array(z.string()).default([]),
});

const databaseUrl = z.string().parse(process.argv[2]);
const program = 'test-worker';
const log = createLogger({ name: program, level: process.env.TEST_LOG_LEVEL ?? 'silent' });
const { db } = createDb(databaseUrl, { program, poolSize: 5 });
const durable = createDurable({
  databaseUrl,
  program,
  log,
  onLost: (reason) => {
    log.warn({ reason }, 'slot lost');
    process.exit(75);
  },
});

const note = async (id: string, what: string): Promise<void> => {
  await db.$executeRaw`insert into trace (task, what, slot) values (${id}, ${what}, ${durable.slot()})`;
};
const noted = async (id: string, what: string): Promise<boolean> => {
  const rows = await db.$queryRaw<{ n: number }[]>`select 1 as n from trace where task = ${id} and what = ${what}`;
  return rows.length > 0;
};
const die = (): Promise<never> => {
  process.kill(process.pid, 'SIGKILL');
  return new Promise(() => undefined);
};
const dieOnce = async (id: string, what: string): Promise<void> => {
  if (await noted(id, what)) return;
  await note(id, what);
  await die();
};

durable.register('note', async (id) => {
  await durable.step('note', () => note(id, 'noted'));
});

durable.register('change', async (id) => {
  const scenario = await durable.step('load', async () => {
    const task = await db.task.findUniqueOrThrow({ where: { id } });
    return scenarioSchema.parse(task.params);
  });
  const refusal = await durable
    .step('refused', () => Promise.reject(new AppError('UPSTREAM_REJECTED', 'no', { retryable: true })))
    .catch((error: unknown) =>
      error instanceof AppError ? `${error.code} ${error.retryable}` : 'an error without code',
    );
  for (const child of scenario.children) await durable.startChild('note', child);
  for (const child of scenario.children) {
    const ended = await durable.awaitChild(child);
    await durable.step(`child ${child}`, () => note(id, `child ${ended}`));
  }
  await durable.step('first', () => note(id, 'first'));
  await durable.step('read', async () => {
    await note(id, 'read begins');
    if (scenario.poison) await die();
    await pause(scenario.slowReadMs);
    await note(id, 'read ends');
  });
  await durable.step('ask', () => note(id, 'waits'));
  const approval = await durable.receive<{ approved: boolean }>('approval', 86_400_000);
  if (approval?.approved !== true) {
    await durable.step('no approval', () => note(id, 'no approval'));
    return;
  }
  await durable.step('refusal', () => note(id, refusal));
  const { targetUrl, approvalId, actionId } = scenario;
  const call: EffectCall = {
    guard: async (tx) => {
      const { count } = await tx.approval.updateMany({
        where: { id: approvalId, usedAt: null },
        data: { usedAt: new Date() },
      });
      return count === 1 ? null : 'used before';
    },
    perform: async (key) => {
      if (scenario.dieBeforeCall) await dieOnce(id, 'dies before the call');
      const response = await fetch(`${targetUrl}/do?key=${encodeURIComponent(key)}`, { method: 'POST' });
      const answer = await response.text();
      if (scenario.dieAfterCall) await dieOnce(id, 'dies after the call');
      return { accepted: response.ok, answer };
    },
    honoursKeys: scenario.honoursKeys,
    ...(scenario.canAsk
      ? {
          check: async (key) => {
            const response = await fetch(`${targetUrl}/check?key=${encodeURIComponent(key)}`);
            return (await response.text()) === 'yes' ? 'arrived' : 'not_arrived';
          },
        }
      : {}),
  };
  const subject = {
    key: `${approvalId}:effect`,
    approvalId,
    actionId,
    taskId: id,
    step: 'effect',
    target: `target-${id}`,
    correlationId: id,
  };
  const result = await durable.step('effect', () => runEffect({ db, durable, log }, subject, call));
  await durable.step('outcome', () =>
    note(
      id,
      result.status === 'done'
        ? `done ${result.answer}`
        : result.status === 'drifted'
          ? `drifted ${result.reason}`
          : 'unknown',
    ),
  );
  if (result.status !== 'unknown') return;
  const person = await durable.receive<{ observed: string }>('outcome', 86_400_000);
  await durable.step('person', () => note(id, `a person said ${person?.observed}`));
});

await durable.launch();
await note('-', 'ready');
process.once('SIGTERM', () => {
  durable.stop(5_000).then(
    () => process.exit(0),
    () => process.exit(1),
  );
});
