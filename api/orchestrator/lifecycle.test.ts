import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { AppError } from '../../lib/errors.ts';
import { newId } from '../../lib/ids.ts';
import { startProcess } from '../../test/support/process.ts';
import { type TaskProduct, taskProduct } from '../../test/support/task-product.ts';
import { until } from '../../test/support/until.ts';
import { defineTask } from '../agents/task.ts';
import type { User } from '../db.ts';
import { answerTask } from './answer-task.ts';
import { cancelTask } from './cancel-task.ts';
import { type StartTask, startTask } from './start-task.ts';

let product: TaskProduct;
let mina: User;
const tries: string[] = [];
let most = 0;
let working = 0;

const text = (en: string) => ({ en, ko: en });
const base = {
  title: text('Test'),
  description: text('Test'),
  output: z.record(z.string(), z.json()),
  maxRisk: 'read_only' as const,
  usesLanguageModel: false,
  describe: () => text('Test'),
};
const none = z.strictObject({});
const tasks = [
  defineTask<Record<string, never>>({
    ...base,
    type: 'asks',
    input: none,
    exampleInput: {},
    run: async (_, task) => {
      const certificate = await task.ask('facts', text('Facts'), {
        known: text('it ends on 2026-12-04'),
        questions: [
          { name: 'names', label: text('Names'), reason: text('to cover'), schema: z.array(z.string()).min(1) },
          { name: 'keeper', label: text('Keeper'), reason: text(''), schema: z.string().min(2).max(60) },
          { name: 'days', label: text('Days'), reason: text(''), schema: z.int().min(1).max(365) },
        ],
        expiresInMs: 60_000,
      });
      return { ...certificate.answers, by: certificate.by };
    },
  }),
  defineTask<Record<string, never>>({
    ...base,
    type: 'gives_up',
    input: none,
    exampleInput: {},
    run: async (_, task) => {
      await task.ask('facts', text('Facts'), {
        questions: [{ name: 'one', label: text('One'), reason: text(''), schema: z.string() }],
        expiresInMs: 300,
      });
      return {};
    },
  }),
  defineTask<{ risk: string }>({
    ...base,
    type: 'fails_twice',
    input: z.strictObject({ risk: z.string() }),
    exampleInput: { risk: 'x' },
    run: async (input, task) => {
      await task.step('look', text('Look'), async () => {
        tries.push(input.risk);
        if (tries.filter((one) => one === input.risk).length < 3)
          throw new AppError('UPSTREAM_UNAVAILABLE', 'away', { retryable: true });
        return null;
      });
      return { looked: true };
    },
  }),
  defineTask<Record<string, never>>({
    ...base,
    type: 'waits',
    input: none,
    exampleInput: {},
    run: async (_, task) => {
      const begun = await task.now('begun');
      await task.waitUntil('moment', new Date(begun.getTime() + 400));
      await task.waitUntil('past', new Date(begun.getTime() - 1_000));
      return { waitedMs: (await task.now('ended')).getTime() - begun.getTime() };
    },
  }),
  defineTask<Record<string, never>>({
    ...base,
    type: 'busy',
    input: none,
    exampleInput: {},
    run: async (_, task) => {
      await task.step('work', text('Work'), async () => {
        most = Math.max(most, ++working);
        await new Promise((resolve) => setTimeout(resolve, 60));
        working--;
        return null;
      });
      return {};
    },
  }),
];
const agent = (id: string, concurrency?: number) => ({
  id,
  title: text(id),
  description: text(id),
  whenToUse: 'In tests.',
  prompt: 'Test.',
  routing: {},
  tasks,
  ...(concurrency === undefined ? {} : { concurrency }),
});
const risky = { ...agent('risky'), tasks: tasks.map((task) => ({ ...task, maxRisk: 'low' as const })) };

beforeAll(async () => {
  product = await taskProduct({ agents: [agent('tester'), agent('narrow', 2), risky] });
  mina = await product.core.person('Mina', 'OPERATOR');
});
afterAll(() => product.close());

const start = async (taskType: string, over: Partial<StartTask> = {}) =>
  (
    await startTask(product.deps, {
      agentId: 'tester',
      taskType,
      params: {},
      trigger: 'CHAT',
      requestedBy: { type: 'user', id: mina.id, name: 'Mina' },
      locale: 'EN',
      conversation: { workspace: 'T0LOCAL', channel: 'C0OPS', thread: '1.1' },
      idempotencyKey: newId(),
      correlationId: 'test',
      ...over,
    })
  ).task;
const caller = () => ({
  actor: { type: 'user' as const, id: mina.id, name: 'Mina' },
  correlationId: 'test',
  locale: 'EN' as const,
});
const waiting = (id: string) =>
  until(() => product.core.db.task.findFirst({ where: { id, status: 'WAITING_INPUT' } }), { what: 'it asks' });
const answer = (id: string, input: { text?: string; answers?: unknown }) =>
  answerTask(product.deps, caller(), { id, ...input });

test('a task asks, takes a reply in words or by name, asks for what is left, and goes on', async () => {
  const { core } = product;
  const task = await start('asks');
  await waiting(task.id);
  const asked = await core.db.notification.findFirstOrThrow({ where: { subjectId: task.id, kind: 'TASK_QUESTION' } });

  const unclear = await answer(task.id, { text: 'the usual ones please' });
  const wrong = await answer(task.id, { answers: { days: 'many', keeper: 'Kim Minsu' } });
  const partly = await core.db.taskQuestion.findFirstOrThrow({ where: { taskId: task.id } });
  const numbers = await answer(task.id, { text: '1. pay.example, www.pay.example\n3. 90일'.replace('일', '') });
  const ended = await product.finished(task.id);

  expect(asked).toMatchObject({ priority: 'APPROVAL', threadTs: '1.1' });
  expect(unclear.userErrors).toMatchObject([{ code: 'INVALID_INPUT', message: expect.stringContaining('1. …') }]);
  expect(wrong.userErrors).toMatchObject([{ path: ['input', 'answers', 'days'] }]);
  expect(partly).toMatchObject({ answers: { keeper: 'Kim Minsu' }, answeredAt: null });
  expect(numbers.userErrors).toEqual([]);
  expect(ended).toMatchObject({
    status: 'SUCCEEDED',
    result: { names: ['pay.example', 'www.pay.example'], keeper: 'Kim Minsu', days: 90, by: 'Mina' },
  });
  const late = await answer(task.id, { text: 'late' });
  expect(late.userErrors).toMatchObject([{ code: 'INVALID_STATE' }]);
});

test('a question nobody answers ends the task as expired, and its card is drawn again without buttons', async () => {
  const task = await start('gives_up');

  const ended = await product.finished(task.id);

  expect(ended).toMatchObject({ status: 'EXPIRED', errorMessage: 'Nobody answered in time.' });
  const card = await product.core.db.notification.findFirstOrThrow({
    where: { subjectId: task.id, kind: 'TASK_QUESTION' },
  });
  expect(card.revision).toBeGreaterThan(1);
});

test('a task that waits for an answer is cancelled at once', async () => {
  const task = await start('asks');
  await waiting(task.id);
  const begun = performance.now();

  const cancelled = await cancelTask(product.deps, caller(), { id: task.id });
  const ended = await product.finished(task.id);

  expect(cancelled.userErrors).toEqual([]);
  expect(ended.status).toBe('CANCELLED');
  expect(performance.now() - begun).toBeLessThan(3_000);
});

test('an input that is missing is asked for by the task itself; one that is wrong is refused', async () => {
  const given = { agentId: 'infra', taskType: 'workload_status', asksForMissing: true };
  await expect(start('x', { ...given, params: { system: 3 } })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  await expect(start('x', { ...given, asksForMissing: false })).rejects.toMatchObject({ code: 'INVALID_INPUT' });

  const task = await start('x', given);
  await waiting(task.id);
  await answer(task.id, { text: 'payment-api' });
  const ended = await product.finished(task.id);

  expect(ended).toMatchObject({ status: 'SUCCEEDED', params: { system: 'payment-api' } });
  expect(ended.title).toContain('payment-api');
});

test('what only reads is tried again with pauses when that may help; what may change something is not', async () => {
  const reads = await start('fails_twice', { params: { risk: 'reads' } });
  const changes = await start('fails_twice', { agentId: 'risky', params: { risk: 'changes' } });

  const [again, once] = await Promise.all([product.finished(reads.id), product.finished(changes.id)]);

  expect(again.status).toBe('SUCCEEDED');
  expect(once).toMatchObject({ status: 'FAILED', errorRetryable: true });
  expect(tries.filter((one) => one === 'reads')).toHaveLength(3);
  expect(tries.filter((one) => one === 'changes')).toHaveLength(1);
});

test('a moment is waited for, and one that has passed is not', async () => {
  const ended = await product.finished((await start('waits')).id);

  const { waitedMs } = z.object({ waitedMs: z.number() }).parse(ended.result);
  expect(waitedMs).toBeGreaterThanOrEqual(400);
  expect(waitedMs).toBeLessThan(5_000);
});

test('no more tasks of an agent work at once than it allows, and the more urgent ones begin first', async () => {
  const { core } = product;
  const list = await Promise.all(
    Array.from({ length: 8 }, (_, i) => start('busy', { agentId: 'narrow', trigger: i < 6 ? 'SCHEDULE' : 'ALERT' })),
  );

  const ended = await Promise.all(list.map((task) => product.finished(task.id)));

  expect(ended.every((task) => task.status === 'SUCCEEDED')).toBe(true);
  expect(most).toBeLessThanOrEqual(2);
  const order = await core.db.task.findMany({
    where: { id: { in: list.map((task) => task.id) } },
    orderBy: { startedAt: 'asc' },
  });
  expect(order.findIndex((task) => task.trigger === 'ALERT')).toBeLessThanOrEqual(2);
});

test('a task that could not be begun before its time ran out is not begun', async () => {
  const task = await start('busy', { expiresAt: new Date(Date.now() - 1_000) });

  expect(await product.finished(task.id)).toMatchObject({ status: 'EXPIRED', startedAt: null });
});

test('killed while it waits for an answer, the task goes on elsewhere once it is answered', async () => {
  const own = await taskProduct({ works: false });
  const args = [own.core.database.url, own.home, new URL(own.sampleUrl).port];
  const begin = async () => {
    const worker = startProcess('test/support/task-worker.ts', args);
    await worker.line(/^ready$/);
    return worker;
  };
  let worker = await begin();
  const { task } = await startTask(own.deps, {
    agentId: 'infra',
    taskType: 'workload_status',
    params: {},
    asksForMissing: true,
    trigger: 'CHAT',
    requestedBy: { type: 'automation', id: null, name: 'test' },
    locale: 'KO',
    idempotencyKey: newId(),
    correlationId: 'test',
  });
  await until(() => own.core.db.task.findFirst({ where: { id: task.id, status: 'WAITING_INPUT' } }), {
    what: 'it asks',
    timeoutMs: 15_000,
  });
  worker.kill('SIGKILL');
  await worker.exited;
  await answerTask(own.deps, caller(), { id: task.id, text: 'payment-api' });
  worker = await begin();

  const ended = await until(() => own.core.db.task.findFirst({ where: { id: task.id, finishedAt: { not: null } } }), {
    what: 'the end',
    timeoutMs: 30_000,
  });
  worker.kill('SIGKILL');

  expect(ended).toMatchObject({ status: 'SUCCEEDED', params: { system: 'payment-api' } });
  await own.close();
}, 90_000);
