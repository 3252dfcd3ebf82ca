import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { AppError } from '../../lib/errors.ts';
import { Secret } from '../../lib/secret.ts';
import { type OpenAiServer, openAiServer } from '../../test/servers/openai/server.ts';
import { type TaskProduct, taskProduct } from '../../test/support/task-product.ts';
import { until } from '../../test/support/until.ts';
import { createOpenAi } from '../adapters/llm/openai.ts';
import type { User } from '../db.ts';
import { cancelTask } from './cancel-task.ts';
import { resolveOutcome } from './outcome.ts';
import { startTask } from './start-task.ts';

let product: TaskProduct;
let server: OpenAiServer;
let mina: User;
let loseAnswers = false;
let calls = 0;
const lost = () => new AppError('UPSTREAM_UNAVAILABLE', 'the answer was lost', { retryable: true });

beforeAll(async () => {
  server = await openAiServer({ apiKey: 'key-1' });
  product = await taskProduct({
    llm: createOpenAi({ mode: 'compatible', baseUrl: server.url, apiKey: new Secret('key-1'), model: 'm-1' }),
    between: (processes) => ({
      ...processes,
      read: (ref, signal) => (loseAnswers && calls > 0 ? Promise.reject(lost()) : processes.read(ref, signal)),
      restart: async (ref, key, signal) => {
        calls++;
        const answer = await processes.restart(ref, key, signal);
        if (loseAnswers) throw lost();
        return answer;
      },
    }),
  });
  mina = await product.core.person('Mina', 'APPROVER');
});
afterAll(async () => {
  await product.close();
  await server.close();
});
beforeEach(async () => {
  loseAnswers = false;
  await product.heal();
  calls = 0;
  await product.core.db.incident.updateMany({ data: { openKey: null } });
});

const caller = () => ({
  actor: { type: 'user' as const, id: mina.id, name: 'Mina' },
  person: mina,
  correlationId: 'test',
  locale: 'EN' as const,
});
const silent = { content: '{}' };

test('a lost answer is an unknown outcome: told to people, never sent again, and a person ends it', async () => {
  const { core } = product;
  server.script(silent, silent, silent);
  await product.breakSample('crash');
  const incident = await product.incident();
  const task = await product.respond(incident);
  loseAnswers = true;

  await product.decide(await product.approval(task.id), mina, true);
  const unknown = await until(() => core.db.task.findFirst({ where: { id: task.id, status: 'OUTCOME_UNKNOWN' } }), {
    what: 'unknown',
    timeoutMs: 15_000,
  });
  const step = await core.db.taskStep.findFirstOrThrow({ where: { taskId: task.id, status: 'OUTCOME_UNKNOWN' } });
  const told = await core.db.notification.findFirstOrThrow({ where: { subjectId: task.id, kind: 'OUTCOME_UNKNOWN' } });
  const refusedCancel = await cancelTask(product.deps, caller(), { id: task.id });
  loseAnswers = false;
  const answer = await resolveOutcome(product.deps, caller(), {
    id: task.id,
    stepId: step.id,
    observed: 'IT_RAN',
    note: 'the process is new',
  });
  const second = await resolveOutcome(product.deps, caller(), {
    id: task.id,
    stepId: step.id,
    observed: 'ABANDON',
    note: 'no',
  });
  const ended = await product.finished(task.id);

  expect(unknown.status).toBe('OUTCOME_UNKNOWN');
  expect(told.priority).toBe('APPROVAL');
  expect(refusedCancel.userErrors).toMatchObject([{ code: 'INVALID_STATE' }]);
  expect(answer.userErrors).toEqual([]);
  expect(second.userErrors).toMatchObject([{ code: 'INVALID_STATE' }]);
  expect(ended).toMatchObject({ status: 'SUCCEEDED', result: { outcome: 'RESOLVED' } });
  expect(calls).toBe(1);
});

test("the model's wording is added over the same evidence, labelled; what cites anything else is dropped", async () => {
  const { core } = product;
  await product.breakSample('crash');
  const incident = await product.incident();
  server.script({
    content: JSON.stringify({
      headline: 'The payment process ended by itself',
      situation: [{ text: 'The health address does not answer.', evidenceRefs: [2] }],
      reasons: [
        { text: 'Its process is gone.', evidenceRefs: [3] },
        { text: 'A meteor hit the building.', evidenceRefs: [99] },
      ],
      against: [],
    }),
  });

  const task = await product.respond(incident);
  const approval = await product.approval(task.id);
  const running = await core.db.task.findUniqueOrThrow({
    where: { id: task.id },
    include: { findings: { orderBy: { createdAt: 'asc' } } },
  });
  await product.decide(approval, mina, false, 'not now');
  await product.finished(task.id);

  expect(running).toMatchObject({ analysisWritten: true, llmCalls: 1, promptTokens: 20 });
  expect(running.findings).toMatchObject([
    { writtenByModel: false },
    { writtenByModel: true, headline: 'The payment process ended by itself', verdict: 'FOUND' },
  ]);
  expect(JSON.stringify(running.findings)).not.toContain('meteor');
});

test('a model that is down costs the wording and nothing else', async () => {
  const down = { status: 500, headers: { 'retry-after-ms': '1' } };
  server.script(down, down, down);
  await product.breakSample('crash');

  const task = await product.respond(await product.incident());
  await product.decide(await product.approval(task.id), mina, true);
  const ended = await product.finished(task.id);

  expect(ended).toMatchObject({ status: 'SUCCEEDED', analysisWritten: false, result: { outcome: 'RESOLVED' } });
});

test('a cancelled task ends while it waits for approval, keeps its finding and withdraws the card', async () => {
  const { core } = product;
  server.script(silent, silent, silent);
  await product.breakSample('crash');
  const task = await product.respond(await product.incident());
  const approval = await product.approval(task.id);

  const answer = await cancelTask(product.deps, caller(), { id: task.id, reason: 'I do it by hand' });
  const ended = await product.finished(task.id);

  expect(answer.userErrors).toEqual([]);
  expect(ended.status).toBe('CANCELLED');
  expect(await core.db.approval.findUniqueOrThrow({ where: { id: approval.id } })).toMatchObject({
    status: 'CANCELLED',
    endReason: 'I do it by hand',
  });
  expect(await core.db.finding.count({ where: { taskId: task.id } })).toBeGreaterThan(0);
  expect(calls).toBe(0);
});

test('a repeated request is the same task; another request under its key is refused', async () => {
  const request = {
    agentId: 'monitoring',
    taskType: 'health_check',
    params: { systems: ['payment-api'] },
    trigger: 'CHAT' as const,
    requestedBy: { type: 'user' as const, id: mina.id, name: 'Mina' },
    locale: 'EN' as const,
    conversation: { workspace: 'T0LOCAL', channel: 'C0OPS', thread: '1.2' },
    idempotencyKey: 'slack:command:1',
    correlationId: 'test',
  };

  const [one, other] = await Promise.all([startTask(product.deps, request), startTask(product.deps, request)]);
  const ended = await product.finished(one.task.id);

  expect(other.task.id).toBe(one.task.id);
  expect([one.repeated, other.repeated].sort()).toEqual([false, true]);
  expect(ended).toMatchObject({
    status: 'SUCCEEDED',
    result: { unhealthy: 0, readings: [{ system: 'payment-api', state: 'HEALTHY', evidenceRef: 1 }] },
  });
  const told = await product.core.db.notification.findMany({ where: { subjectId: one.task.id } });
  expect(told).toMatchObject([{ kind: 'TASK_PROGRESS', chatChannel: 'C0OPS', threadTs: '1.2' }]);
  await expect(startTask(product.deps, { ...request, params: {} })).rejects.toMatchObject({
    code: 'IDEMPOTENCY_MISMATCH',
  });
});

test('what a task cannot take is refused before there is a task', async () => {
  const request = {
    agentId: 'monitoring',
    taskType: 'health_check',
    params: { systems: 'all' },
    trigger: 'API' as const,
    requestedBy: { type: 'user' as const, id: mina.id, name: 'Mina' },
    locale: 'EN' as const,
    idempotencyKey: 'bad',
    correlationId: 'test',
  };

  await expect(startTask(product.deps, request)).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    path: ['input', 'params', 'systems'],
  });
  await expect(startTask(product.deps, { ...request, taskType: 'none' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(
    startTask(product.deps, {
      ...request,
      agentId: 'report',
      taskType: 'incident_report',
      params: { incident: 9_999 },
    }),
  ).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('a task that fails says what failed, what was kept and what to do', async () => {
  const { task } = await startTask(product.deps, {
    agentId: 'monitoring',
    taskType: 'health_check',
    params: { systems: ['ghost'] },
    trigger: 'CHAT',
    requestedBy: { type: 'user', id: mina.id, name: 'Mina' },
    locale: 'KO',
    conversation: { workspace: 'T0LOCAL', channel: 'C0OPS' },
    idempotencyKey: 'ghost',
    correlationId: 'test',
  });

  const ended = await product.finished(task.id);

  expect(ended).toMatchObject({
    status: 'FAILED',
    errorCode: 'INVALID_INPUT',
    errorMessage: '등록되지 않은 시스템입니다: ghost',
  });
  expect(ended.errorKept).not.toBeNull();
  const kinds = await product.core.db.notification.findMany({
    where: { subjectId: task.id },
    orderBy: { kind: 'asc' },
  });
  expect(kinds.map((one) => one.kind).sort()).toEqual(['TASK_FAILED', 'TASK_PROGRESS']);
  expect(product.ended.at(-1)).toMatchObject({ agentId: 'monitoring', status: 'FAILED' });
});
