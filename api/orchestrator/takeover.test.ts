import { afterAll, beforeAll, expect, test } from 'vitest';
import { type StartedProcess, startProcess } from '../../test/support/process.ts';
import { type TaskProduct, taskProduct } from '../../test/support/task-product.ts';
import { until } from '../../test/support/until.ts';

let product: TaskProduct;
let worker: StartedProcess;

beforeAll(async () => {
  product = await taskProduct({ works: false });
});
afterAll(async () => {
  worker?.kill('SIGKILL');
  await product.close();
});

async function start(): Promise<void> {
  const { core, home, sampleUrl } = product;
  worker = startProcess('test/support/task-worker.ts', [core.database.url, home, new URL(sampleUrl).port]);
  await worker.line(/^ready$/);
}
async function killWhen(what: string, look: () => Promise<unknown>): Promise<void> {
  await until(look, { what, everyMs: 5, timeoutMs: 15_000 });
  worker.kill('SIGKILL');
  await worker.exited;
}

test('killed while it reads, while it waits and around the restart, the task goes on elsewhere and restarts once', async () => {
  const { core } = product;
  const mina = await core.person('Mina', 'APPROVER');
  await start();
  await product.breakSample('crash');
  const incident = await product.incident();
  const task = await product.respond(incident);
  const steps = () => core.db.taskStep.count({ where: { taskId: task.id } });

  await killWhen('the first steps', async () => (await steps()) >= 2);
  await start();
  await killWhen('the finding', async () => (await core.db.finding.count({ where: { taskId: task.id } })) > 0);
  await start();
  const approval = await product.approval(task.id);
  worker.kill('SIGKILL');
  await worker.exited;
  expect(await product.decide(approval, mina, true)).toEqual([]);
  await start();
  await killWhen('the effect', async () => (await core.db.effect.count({ where: { taskId: task.id } })) > 0);
  await start();
  const ended = await until(
    async () => {
      const row = await core.db.task.findUniqueOrThrow({ where: { id: task.id } });
      return row.finishedAt === null ? null : row;
    },
    { what: 'the end', timeoutMs: 40_000 },
  );

  expect(ended).toMatchObject({ status: 'SUCCEEDED', result: { outcome: 'RESOLVED' } });
  const state = await product.processes.read(
    { kind: 'process', namespace: null, name: 'payment-api' },
    AbortSignal.timeout(2_000),
  );
  expect(state).toMatchObject({ status: 'running', generation: 2 });
  expect(await core.db.effect.count()).toBe(1);
  expect(await core.db.approval.count()).toBe(1);
  expect(await core.db.task.count({ where: { parentId: task.id } })).toBe(2);
  const refs = await core.db.evidence.findMany({ where: { incidentId: incident.id }, orderBy: { ref: 'asc' } });
  expect(refs.map((one) => one.ref)).toEqual(refs.map((_, index) => index + 1));
}, 120_000);
