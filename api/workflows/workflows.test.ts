import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { newId } from '../../lib/ids.ts';
import { startProcess } from '../../test/support/process.ts';
import { type TaskProduct, taskProduct } from '../../test/support/task-product.ts';
import { until } from '../../test/support/until.ts';
import { defineTask } from '../agents/task.ts';
import { answerTask } from '../orchestrator/answer-task.ts';
import { cancelWorkflow } from './cancel-workflow.ts';
import { loadWorkflows } from './load-workflows.ts';
import { type StartWorkflow, startWorkflow, type WorkflowStarter } from './start-workflow.ts';

let product: TaskProduct;
let starter: WorkflowStarter;
const order: string[] = [];
let together = 0;
let most = 0;

const text = (en: string) => ({ en, ko: en });
const work = defineTask<{
  name: string;
  ms?: number | undefined;
  fails?: boolean | undefined;
  count?: number | undefined;
}>({
  type: 'work',
  title: text('Work'),
  description: text('Work'),
  input: z.strictObject({
    name: z.string(),
    ms: z.int().optional(),
    fails: z.boolean().optional(),
    count: z.int().optional(),
  }),
  exampleInput: { name: 'x' },
  output: z.object({ name: z.string(), count: z.number() }),
  maxRisk: 'low',
  usesLanguageModel: false,
  describe: ({ name }) => text(name),
  run: async ({ name, ms, fails, count }, task) => {
    await task.step('work', text('Work'), async () => {
      order.push(name);
      most = Math.max(most, ++together);
      await new Promise((resolve) => setTimeout(resolve, ms ?? 1));
      together--;
      if (fails === true) throw new Error('broken');
      return null;
    });
    return { name, count: (count ?? 0) + 1 };
  },
});

beforeAll(async () => {
  product = await taskProduct({
    agents: [
      {
        id: 'tester',
        title: text('Tester'),
        description: text('Tester'),
        whenToUse: 'In tests.',
        prompt: 'x',
        routing: {},
        tasks: [work],
      },
    ],
  });
  starter = { ...product.deps, workflows: await loadWorkflows(product.deps.agents) };
});
afterAll(() => product.close());

const step = (name: string, over: object = {}) => ({
  name,
  agentId: 'tester',
  taskType: 'work',
  ...over,
  params: { name, ...('params' in over && typeof over.params === 'object' ? over.params : {}) },
});
const start = async (over: Partial<StartWorkflow>) =>
  (
    await startWorkflow(starter, {
      definition: null,
      plan: null,
      params: {},
      requestedBy: { type: 'automation', id: null, name: 'test' },
      locale: 'EN',
      conversation: { workspace: 'T0LOCAL', channel: 'C0OPS', thread: '1.1' },
      idempotencyKey: newId(),
      correlationId: 'test',
      ...over,
    })
  ).workflow;
const plan = (...steps: object[]) => start({ plan: { title: 'Plan', steps } });
const ended = (id: string) =>
  until(
    () =>
      product.core.db.workflow.findFirst({
        where: { id, finishedAt: { not: null } },
        include: { steps: { orderBy: { seq: 'asc' } }, tasks: true },
      }),
    { what: 'the end of the workflow', timeoutMs: 30_000 },
  );
const caller = {
  actor: { type: 'automation' as const, id: null, name: 'test' },
  correlationId: 'test',
  locale: 'EN' as const,
};

test('steps come after what they need, those that need nothing of each other work together, results flow', async () => {
  order.length = 0;
  most = 0;

  const workflow = await plan(
    step('first'),
    step('left', { needs: ['first'], params: { ms: 400 } }),
    step('right', { needs: ['first'], params: { ms: 400 } }),
    step('last', { needs: ['left', 'right'], params: { count: { $from: 'steps.left.result.count' } } }),
  );
  const done = await ended(workflow.id);

  expect(done).toMatchObject({ status: 'SUCCEEDED' });
  expect([order[0], order.at(-1)]).toEqual(['first', 'last']);
  expect(most).toBe(2);
  expect(done.tasks.find((task) => task.title === 'last')).toMatchObject({ trigger: 'WORKFLOW', result: { count: 2 } });
  const told = await product.core.db.notification.findMany({ where: { subjectId: workflow.id } });
  expect(told).toMatchObject([{ kind: 'WORKFLOW_PROGRESS', threadTs: '1.1' }]);
  expect(told[0]?.revision).toBeGreaterThan(4);
});

test('a condition decides over a step, and a delegated step works as a child of the one that delegates', async () => {
  const workflow = await plan(
    step('one', { params: { count: 4 } }),
    step('many', { mode: 'CONDITIONAL', when: { step: 'one', path: ['count'], is: 'above', value: 4 } }),
    step('few', { mode: 'CONDITIONAL', needs: ['one'], when: { step: 'one', path: ['count'], is: 'below', value: 5 } }),
    step('after_few', { needs: ['few'] }),
    step('helper', { mode: 'DELEGATED', needs: ['one'] }),
  );
  const done = await ended(workflow.id);

  expect(done.status).toBe('SUCCEEDED');
  expect(done.steps.map((one) => one.status)).toEqual(['SUCCEEDED', 'SUCCEEDED', 'SKIPPED', 'SKIPPED', 'SUCCEEDED']);
  const [parent, child] = ['one', 'helper'].map((name) => done.tasks.find((task) => task.title === name));
  expect(child?.parentId).toBe(parent?.id);
});

test('a failure stops what has not begun, and says so; where it may continue, it does', async () => {
  const stops = await plan(step('breaks', { params: { fails: true } }), step('never'));
  const goes = await plan(
    step('breaks', { params: { fails: true }, onFailure: 'continue' }),
    step('repair', { when: { step: 'breaks', status: 'FAILED' } }),
  );

  const [stopped, went] = [await ended(stops.id), await ended(goes.id)];

  expect(stopped).toMatchObject({ status: 'FAILED', errorMessage: expect.stringContaining('breaks failed.') });
  expect(stopped.steps[1]).toMatchObject({ status: 'SKIPPED', taskId: null });
  expect(went).toMatchObject({ status: 'SUCCEEDED', steps: [{ status: 'FAILED' }, { status: 'SUCCEEDED' }] });
});

test('a definition of this installation runs with the real agents', async () => {
  const workflow = await start({ definition: 'system_checkup', params: { system: 'payment-api' } });
  const done = await ended(workflow.id);

  expect(done).toMatchObject({ status: 'SUCCEEDED', title: 'System check-up' });
  expect(done.tasks.map((task) => task.taskType).sort()).toEqual(['health_check', 'workload_status']);
});

test('what does not fit is refused before anything is written, with every problem named', async () => {
  const before = await product.core.db.workflow.count();

  await expect(start({ definition: 'no_such' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(start({ definition: 'system_checkup', params: {} })).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    path: ['input', 'params', 'system'],
  });
  await expect(start({})).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  await expect(plan(step('one', { needs: ['two'] }), step('two', { needs: ['one'] }))).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    message: expect.stringContaining('circle'),
  });
  expect(await product.core.db.workflow.count()).toBe(before);
});

test('the same key is the same workflow', async () => {
  const request = { plan: { title: 'Once', steps: [step('one')] }, idempotencyKey: newId() };

  const [one, two] = [await start(request), await start(request)];

  expect(two.id).toBe(one.id);
  await ended(one.id);
  expect(await product.core.db.task.count({ where: { workflowId: one.id } })).toBe(1);
});

test('a cancelled workflow begins nothing more, and its tasks end within a step', async () => {
  const workflow = await start({
    plan: { title: 'Asks', steps: [{ name: 'asks', agentId: 'infra', taskType: 'workload_status' }, step('never')] },
  });
  await until(() => product.core.db.task.findFirst({ where: { workflowId: workflow.id, status: 'WAITING_INPUT' } }), {
    what: 'its task asks',
  });

  const { userErrors } = await cancelWorkflow(product.core, caller, { id: workflow.id });
  const done = await ended(workflow.id);

  expect(userErrors).toEqual([]);
  expect(done).toMatchObject({
    status: 'CANCELLED',
    steps: [{ status: 'CANCELLED' }, { status: 'CANCELLED', taskId: null }],
  });
  expect((await cancelWorkflow(product.core, caller, { id: workflow.id })).userErrors).toMatchObject([
    { code: 'INVALID_STATE' },
  ]);
});

test('one that is for later waits for its time, and can be cancelled before', async () => {
  const soon = await start({
    plan: { title: 'Soon', steps: [step('soon')] },
    scheduledFor: new Date(Date.now() + 700),
  });
  const far = await start({
    plan: { title: 'Far', steps: [step('far')] },
    scheduledFor: new Date(Date.now() + 3_600_000),
  });

  expect([soon.status, far.status]).toEqual(['SCHEDULED', 'SCHEDULED']);
  await cancelWorkflow(product.core, caller, { id: far.id });
  const done = await ended(soon.id);

  expect(done.status).toBe('SUCCEEDED');
  expect((done.startedAt?.getTime() ?? 0) - (soon.scheduledFor?.getTime() ?? 0)).toBeGreaterThanOrEqual(0);
  expect((await ended(far.id)).status).toBe('CANCELLED');
});

test('killed in the middle, a workflow goes on elsewhere: each task once', async () => {
  const own = await taskProduct({ works: false });
  const registry = await loadWorkflows(own.deps.agents);
  const args = [own.core.database.url, own.home, new URL(own.sampleUrl).port];
  const begin = async () => {
    const worker = startProcess('test/support/task-worker.ts', args);
    await worker.line(/^ready$/);
    return worker;
  };
  let worker = await begin();
  const ask = { agentId: 'infra', taskType: 'workload_status' };
  const { workflow } = await startWorkflow(
    { ...own.deps, workflows: registry },
    {
      definition: null,
      plan: {
        title: 'Kill',
        steps: [
          { name: 'health', agentId: 'monitoring', taskType: 'health_check' },
          { name: 'asks', ...ask },
          { name: 'again', ...ask, params: { system: { $from: 'steps.asks.result.system' } } },
        ],
      },
      params: {},
      requestedBy: { type: 'automation', id: null, name: 'test' },
      locale: 'EN',
      idempotencyKey: newId(),
      correlationId: 'test',
    },
  );
  const asking = await until(
    () => own.core.db.task.findFirst({ where: { workflowId: workflow.id, status: 'WAITING_INPUT' } }),
    { what: 'its task asks', timeoutMs: 45_000 },
  );
  worker.kill('SIGKILL');
  await worker.exited;
  await answerTask(own.deps, caller, { id: asking.id, text: 'payment-api' });
  worker = await begin();

  const done = await until(
    () => own.core.db.workflow.findFirst({ where: { id: workflow.id, finishedAt: { not: null } } }),
    {
      what: 'the end',
      timeoutMs: 60_000,
    },
  );
  worker.kill('SIGKILL');

  expect(done.status).toBe('SUCCEEDED');
  expect(await own.core.db.task.count({ where: { workflowId: workflow.id } })).toBe(3);
  await own.close();
}, 180_000);
