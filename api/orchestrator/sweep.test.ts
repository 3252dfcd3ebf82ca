import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TaskProduct, taskProduct } from '../../test/support/task-product.ts';
import { settleDeadTasks } from './sweep.ts';

let product: TaskProduct;
const old = new Date(Date.now() - 60_000);

beforeAll(async () => {
  product = await taskProduct();
});
afterAll(() => product.close());

test('a task whose function ended without a word is failed with a reason, and its card is withdrawn', async () => {
  const { core, deps } = product;
  await product.breakSample('crash');
  const task = await product.respond(await product.incident());
  const approval = await product.approval(task.id);
  await deps.durable.cancel(task.id);
  await core.db.task.update({ where: { id: task.id }, data: { enqueuedAt: old } });

  await settleDeadTasks(deps);

  expect(await product.finished(task.id)).toMatchObject({ status: 'FAILED', errorCode: 'INTERNAL' });
  expect((await core.db.approval.findUniqueOrThrow({ where: { id: approval.id } })).status).toBe('CANCELLED');
  expect(await core.db.taskStep.count({ where: { taskId: task.id, finishedAt: null } })).toBe(0);
});

test('a task the engine does not know is handed to it again', async () => {
  await product.heal();
  const { core, deps } = product;
  const task = await core.task({
    agentId: 'monitoring',
    taskType: 'health_check',
    enqueuedAt: old,
    trigger: 'SCHEDULE',
  });

  await settleDeadTasks(deps);

  expect(await product.finished(task.id)).toMatchObject({ status: 'SUCCEEDED' });
  expect(await core.db.notification.count({ where: { subjectId: task.id } })).toBe(0);
});
