import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type TaskProduct, taskProduct } from '../../test/support/task-product.ts';
import type { User } from '../db.ts';
import { resolveOutcome } from './outcome.ts';

let product: TaskProduct;
let mina: User;

beforeAll(async () => {
  product = await taskProduct();
  mina = await product.core.person('Mina', 'APPROVER');
});
afterAll(() => product.close());
beforeEach(() => product.heal());

test('a crashed service is found, restarted after one approval, verified and its incident resolved', async () => {
  const { core } = product;
  await product.breakSample('crash');
  const incident = await product.incident();

  const task = await product.respond(incident);
  const approval = await product.approval(task.id);
  expect(await product.decide(approval, mina, true)).toEqual([]);
  const ended = await product.finished(task.id);

  expect(ended).toMatchObject({
    status: 'SUCCEEDED',
    analysisWritten: false,
    result: { outcome: 'RESOLVED', approval: `APR-${approval.number}` },
  });
  expect((await fetch(`${product.sampleUrl}/healthz`)).status).toBe(200);
  const closed = await core.db.incident.findUniqueOrThrow({ where: { id: incident.id } });
  expect(closed).toMatchObject({ status: 'RESOLVED' });
  expect(closed.cause).toMatch(/payment-api has stopped \(exit code 1\)/);
  expect(closed.report).toContain('payment-api');
  expect(await core.db.effect.findMany({ where: { taskId: task.id } })).toMatchObject([
    { status: 'DONE', accepted: true },
  ]);
  expect(await core.db.proposedAction.findMany({ where: { taskId: task.id } })).toMatchObject([
    { outcome: 'VERIFIED', risk: 'MEDIUM' },
  ]);
  const finding = await core.db.finding.findFirstOrThrow({ where: { taskId: task.id } });
  expect(finding).toMatchObject({ verdict: 'FOUND', confidence: 'HIGH', droppedClaims: 0, writtenByModel: false });
  const kinds = await core.db.notification.findMany({ where: { threadIncidentId: incident.id } });
  expect(kinds.map((one) => one.kind).sort()).toEqual(['ACTION_RESULT', 'APPROVAL_REQUEST', 'REPORT', 'TASK_PROGRESS']);
  const children = await core.db.task.findMany({ where: { parentId: task.id } });
  expect(children.map((one) => `${one.agentId}.${one.taskType} ${one.status}`).sort()).toEqual([
    'infra.workload_status SUCCEEDED',
    'monitoring.health_check SUCCEEDED',
  ]);
});

test('a rejected restart leaves the service alone, the incident open and says so in the thread', async () => {
  const { core } = product;
  await product.breakSample('error');
  const incident = await product.incident('PaymentApiHighErrorRate');
  const before = await product.processes.read(
    { kind: 'process', namespace: null, name: 'payment-api' },
    AbortSignal.timeout(1_000),
  );

  const task = await product.respond(incident);
  await product.decide(await product.approval(task.id), mina, false, 'the gateway is the cause');
  const ended = await product.finished(task.id);

  expect(ended).toMatchObject({ status: 'SUCCEEDED', result: { outcome: 'NOT_APPROVED' } });
  const after = await product.processes.read(
    { kind: 'process', namespace: null, name: 'payment-api' },
    AbortSignal.timeout(1_000),
  );
  expect(after.generation).toBe(before.generation);
  expect(await core.db.effect.count({ where: { taskId: task.id } })).toBe(0);
  expect((await core.db.incident.findUniqueOrThrow({ where: { id: incident.id } })).status).toBe('TRIGGERED');
  const notice = await core.db.notification.findFirst({
    where: { threadIncidentId: incident.id, kind: 'INCIDENT_NOTICE' },
  });
  expect(notice?.text).toContain('the gateway is the cause');
});

test('a service that came back by itself is not restarted: the approved call no longer fits', async () => {
  const { core } = product;
  await product.breakSample('crash');
  const incident = await product.incident();
  const task = await product.respond(incident);
  const approval = await product.approval(task.id);
  const ref = { kind: 'process' as const, namespace: null, name: 'payment-api' };
  await product.processes.restart(ref, 'somebody-else', AbortSignal.timeout(10_000));
  const generation = (await product.processes.read(ref, AbortSignal.timeout(1_000))).generation;

  await product.decide(approval, mina, true);
  const ended = await product.finished(task.id);

  expect(ended).toMatchObject({ status: 'SUCCEEDED', result: { outcome: 'RECOVERED' } });
  expect((await product.processes.read(ref, AbortSignal.timeout(1_000))).generation).toBe(generation);
  expect(await core.db.effect.count({ where: { taskId: task.id } })).toBe(0);
});

test('nobody may approve what is expired: nothing runs and the task says so', async () => {
  const { core } = product;
  await product.breakSample('crash');
  const task = await product.respond(await product.incident());
  const approval = await product.approval(task.id);
  await core.db.approval.update({ where: { id: approval.id }, data: { expiresAt: new Date(Date.now() - 1_000) } });

  const errors = await product.decide(approval, mina, true);
  const ended = await product.finished(task.id);

  expect(errors).toHaveLength(1);
  expect(ended).toMatchObject({ status: 'SUCCEEDED', result: { outcome: 'NOT_APPROVED' } });
  expect(await core.db.effect.count({ where: { taskId: task.id } })).toBe(0);
});

test('an answer about an outcome is refused when nothing is unknown', async () => {
  const incident = await product.incident();
  const task = await product.respond(incident);
  await product.finished(task.id);
  const step = await product.core.db.taskStep.findFirstOrThrow({ where: { taskId: task.id } });
  const caller = {
    actor: { type: 'user' as const, id: mina.id, name: 'Mina' },
    person: mina,
    correlationId: 'test',
    locale: 'EN' as const,
  };

  const answer = await resolveOutcome(product.deps, caller, {
    id: task.id,
    stepId: step.id,
    observed: 'IT_RAN',
    note: 'seen',
  });

  expect(answer.userErrors).toMatchObject([{ code: 'INVALID_STATE' }]);
});
