import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { AppError } from '../../../lib/errors.ts';
import { newId } from '../../../lib/ids.ts';
import { viewerOf } from '../../../test/support/record-core.ts';
import { type ShopDatabase, shopDatabase } from '../../../test/support/shop-database.ts';
import { type TaskProduct, taskProduct } from '../../../test/support/task-product.ts';
import { until } from '../../../test/support/until.ts';
import { decideApproval } from '../../approvals/decide.ts';
import type { User } from '../../db.ts';
import { startTask } from '../../orchestrator/start-task.ts';

let shop: ShopDatabase;
let product: TaskProduct;
let jin: User;
let mina: User;
let open: pg.Client[] = [];
/** What gets lost on the way back from the server. */
let lost: 'nothing' | 'answer' | 'everything' = 'nothing';
let silent = false;
const sent = () => silent;
beforeAll(async () => {
  shop = await shopDatabase({
    freshness: [
      { name: 'orders', table: 'shop.orders', column: 'placed_at', maxAgeMinutes: 30 },
      { name: 'orders-lenient', table: 'shop.orders', column: 'placed_at', maxAgeMinutes: 100_000 },
    ],
  });
  product = await taskProduct({
    sources: {
      connectionOf: shop.connectionOf,
      healthBetween: (real) => ({
        ...real,
        end: async (...all) => {
          const answer = await real.end(...all);
          silent = lost === 'everything';
          if (lost !== 'nothing')
            throw new AppError('UPSTREAM_UNAVAILABLE', 'the answer was lost', { retryable: true });
          return answer;
        },
        backend: (...all) =>
          lost === 'everything' && sent()
            ? Promise.reject(new AppError('UPSTREAM_UNAVAILABLE', 'silent', { retryable: true }))
            : real.backend(...all),
      }),
    },
  });
  jin = await product.core.person('Jin', 'REQUESTER', 'OPERATOR');
  mina = await product.core.person('Mina', 'APPROVER');
  await product.core.db.system.create({
    data: { id: newId(), name: 'shop', displayName: 'Shop', databases: [JSON.parse(JSON.stringify(shop.entry))] },
  });
  // The test server's owner makes the trouble; a role that only may signal cannot end its sessions, so they get a login of their own.
  await shop.database.pool.query(
    `create role worker_${product.core.database.url.slice(-8)} login password 'w'; grant usage on schema shop to worker_${product.core.database.url.slice(-8)}; grant all on all tables in schema shop to worker_${product.core.database.url.slice(-8)}`,
  );
});
afterEach(async () => {
  for (const one of open) await one.end().catch(() => undefined);
  open = [];
});
afterAll(async () => {
  await product.close();
  await shop.database.pool
    .query(
      `drop owned by worker_${product.core.database.url.slice(-8)}; drop role worker_${product.core.database.url.slice(-8)}`,
    )
    .catch(() => undefined);
  await shop.drop();
});

async function session(): Promise<{ client: pg.Client; pid: number }> {
  const url = new URL(shop.database.url);
  url.username = `worker_${product.core.database.url.slice(-8)}`;
  url.password = 'w';
  const client = new pg.Client({ connectionString: url.href, application_name: 'orders-batch' });
  client.on('error', () => undefined);
  await client.connect();
  open.push(client);
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  return { client, pid: rows[0]?.pid ?? 0 };
}

async function started(taskType: string, params: object, locale: 'EN' | 'KO' = 'EN') {
  const { task } = await startTask(product.deps, {
    agentId: 'monitoring',
    taskType,
    params,
    trigger: 'CHAT',
    requestedBy: { type: 'user', id: jin.id, name: jin.displayName },
    locale,
    idempotencyKey: newId(),
    correlationId: 'test',
    conversation: { workspace: 'T0LOCAL', channel: 'C0OPS', thread: '1.1' },
  });
  return task;
}
const active = (pid: number) => async () =>
  (
    await shop.database.pool.query(
      "select 1 from pg_stat_activity where pid = $1 and (state = 'active' or wait_event_type = 'Lock')",
      [pid],
    )
  ).rowCount === 1;

/** One session holds a row and idles; two wait behind it, one behind the other. */
async function lockChain() {
  const [holder, first, second] = [await session(), await session(), await session()];
  await holder.client.query('begin; update shop.orders set amount = 1 where id = 1');
  const waits = [first, second].map(async ({ client }) =>
    client.query('begin; update shop.orders set amount = 2 where id = 1').catch((error: Error) => error),
  );
  await until(
    async () =>
      (
        await shop.database.pool.query(
          "select 1 from pg_stat_activity where pid = any($1) and wait_event_type = 'Lock'",
          [[first.pid, second.pid]],
        )
      ).rowCount === 2,
    { what: 'both wait' },
  );
  return { holder, first, second, waits };
}

test('a lock chain and a long query are found and named', async () => {
  const { holder, first, second, waits } = await lockChain();
  const slow = await session();
  const running = slow.client.query('select pg_sleep(20), 42 as slow_report').catch((error: Error) => error);
  await until(
    async () =>
      (
        await shop.database.pool.query(
          "select 1 from pg_stat_activity where pid = $1 and clock_timestamp() - query_start > interval '1.2 s'",
          [slow.pid],
        )
      ).rowCount === 1,
    { what: 'the query to be old enough' },
  );

  const task = await started('db_health_check', { database: 'shop', longSeconds: 1, blockedSeconds: 0 });
  const { result } = await product.finished(task.id);

  expect(result).toMatchObject({ reachable: true, database: 'shop' });
  const { problems } = JSON.parse(JSON.stringify(result));
  expect(problems[0]).toMatchObject({ kind: 'blocking', pid: holder.pid });
  expect(problems[0].text).toContain(String(first.pid));
  expect(problems[0].text).toContain(String(second.pid));
  expect(problems[0].text).toContain('update shop.orders set amount = 1');
  expect(problems.filter(({ kind }: { kind: string }) => kind === 'blocking')).toHaveLength(1);
  expect(problems).toContainEqual(
    expect.objectContaining({ kind: 'long-query', pid: slow.pid, text: expect.stringMatching(/slow_report/) }),
  );
  expect(problems).toContainEqual(
    expect.objectContaining({
      kind: 'stale',
      text: expect.stringMatching(/orders got its newest row 6\d(\.\d)? min ago/),
    }),
  );
  expect(problems.some(({ text }: { text: string }) => text.includes('orders-lenient'))).toBe(false);
  const finding = await product.core.db.finding.findFirstOrThrow({ where: { taskId: task.id } });
  expect(finding).toMatchObject({ verdict: 'FOUND', droppedClaims: 0 });
  expect(finding.headline).toContain(`pid ${holder.pid}`);
  await holder.client.query('rollback');
  await first.client.end();
  await slow.client.end();
  await second.client.end();
  await Promise.race([Promise.all([...waits, running]), new Promise((resolve) => setTimeout(resolve, 100).unref())]);
});

test('a healthy database is said to be healthy', async () => {
  const task = await started('db_health_check', { longSeconds: 60 }, 'KO');

  const { result } = await product.finished(task.id);
  const { problems } = JSON.parse(JSON.stringify(result));
  expect(problems.map(({ kind }: { kind: string }) => kind)).toEqual(['stale']);
});

test('a database that is not there is said to be that, and nothing is claimed', async () => {
  await product.core.db.system.create({
    data: { id: newId(), name: 'gone', displayName: 'Gone', databases: [{ name: 'gone', connection: 'SQL_GONE' }] },
  });
  const task = await started('db_health_check', { database: 'gone' });

  expect(await product.finished(task.id)).toMatchObject({
    status: 'SUCCEEDED',
    result: { reachable: false, problems: [] },
  });
  expect(await product.core.db.finding.findFirstOrThrow({ where: { taskId: task.id } })).toMatchObject({
    verdict: 'INCONCLUSIVE',
  });
  await product.core.db.system.delete({ where: { name: 'gone' } });
});

test('a query is cancelled once, after another person agreed, and looked at again', async () => {
  const slow = await session();
  const running = slow.client.query('select pg_sleep(30)').catch((error: Error) => error);
  await until(active(slow.pid), { what: 'the query' });
  const task = await started('end_backend', { database: 'shop', pid: slow.pid, kind: 'cancel' });
  const approval = await product.approval(task.id);

  expect(approval).toMatchObject({ kind: 'APPROVAL', required: 1 });
  expect(await product.core.db.proposedAction.findUniqueOrThrow({ where: { id: approval.actionId } })).toMatchObject({
    risk: 'MEDIUM',
    command: expect.stringContaining(`select pg_cancel_backend(${slow.pid})`),
  });
  expect(await product.decide(approval, jin, true)).toMatchObject([{ code: 'SELF_APPROVAL' }]);
  expect(await product.decide(approval, mina, true)).toEqual([]);

  expect(await product.finished(task.id)).toMatchObject({ status: 'SUCCEEDED', result: { outcome: 'ended' } });
  expect(String(await running)).toMatch(/canceling statement due to user request/);
  expect((await slow.client.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  expect(await product.core.db.effect.count({ where: { taskId: task.id } })).toBe(1);
  expect(await product.core.db.proposedAction.findUniqueOrThrow({ where: { id: approval.actionId } })).toMatchObject({
    outcome: 'VERIFIED',
  });
});

test('when another query runs there by then, nothing is cancelled', async () => {
  const slow = await session();
  const first = slow.client.query('select pg_sleep(30)').catch((error: Error) => error);
  await until(active(slow.pid), { what: 'the query' });
  const task = await started('end_backend', { database: 'shop', pid: slow.pid, kind: 'cancel' });
  const approval = await product.approval(task.id);
  await shop.database.pool.query('select pg_cancel_backend($1)', [slow.pid]);
  await first;
  const second = slow.client.query("select pg_sleep(1), 'innocent' as word");
  await until(active(slow.pid), { what: 'the other query' });
  await product.decide(approval, mina, true);

  expect(await product.finished(task.id)).toMatchObject({ result: { outcome: 'changed' } });
  expect((await second).rows[0]).toMatchObject({ word: 'innocent' });
});

test('ending a session frees those who waited, and needs two people', async () => {
  const { holder, waits } = await lockChain();
  const task = await started('end_backend', { database: 'shop', pid: holder.pid, kind: 'terminate' });
  const approval = await product.approval(task.id);

  expect(approval).toMatchObject({ required: 2, typedConfirmation: `backend/shop/${holder.pid}` });
  const dora = await product.core.person('Dora', 'APPROVER');
  for (const person of [mina, dora])
    expect(
      (
        await decideApproval(product.deps, viewerOf(person), {
          id: approval.id,
          approve: true,
          digest: approval.digest,
          typedConfirmation: approval.typedConfirmation,
        })
      ).userErrors,
    ).toEqual([]);

  expect(await product.finished(task.id)).toMatchObject({ result: { outcome: 'ended' } });
  await Promise.race(waits);
});

test('a rejected request, a dry run and a session that is not there end nothing', async () => {
  const slow = await session();
  void slow.client.query('select pg_sleep(30)').catch(() => undefined);
  await until(active(slow.pid), { what: 'the query' });
  const rejected = await started('end_backend', { database: 'shop', pid: slow.pid });
  await product.decide(await product.approval(rejected.id), mina, false, 'month end');
  const dry = await started('end_backend', { database: 'shop', pid: slow.pid, dryRun: true });
  const nobody = await started('end_backend', { database: 'shop', pid: 2_000_000_000 });

  expect(await product.finished(rejected.id)).toMatchObject({ result: { outcome: 'not-approved' } });
  expect(await product.finished(dry.id)).toMatchObject({ result: { outcome: 'dry-run' } });
  expect(await product.finished(nobody.id)).toMatchObject({ result: { outcome: 'not-there' } });
  expect(await active(slow.pid)()).toBe(true);
  expect(await product.core.db.effect.count({ where: { taskId: { in: [rejected.id, dry.id, nobody.id] } } })).toBe(0);
});

test('a role that may not end sessions leaves the session, and the answer says so', async () => {
  const entry = JSON.parse(JSON.stringify(shop.entry));
  await product.core.db.system.update({
    where: { name: 'shop' },
    data: { databases: [{ ...entry, adminConnection: 'SQL_SHOP' }] },
  });
  const slow = await session();
  void slow.client.query('select pg_sleep(30)').catch(() => undefined);
  await until(active(slow.pid), { what: 'the query' });
  const task = await started('end_backend', { database: 'shop', pid: slow.pid });
  await product.decide(await product.approval(task.id), mina, true);

  const ended = await product.finished(task.id);
  expect(['refused', 'still-there', 'unknown']).toContain(
    JSON.parse(JSON.stringify(ended.result))?.outcome ?? ended.errorCode,
  );
  expect(await active(slow.pid)()).toBe(true);
  await product.core.db.system.update({ where: { name: 'shop' }, data: { databases: [entry] } });
});

test('a lost answer is settled by looking: the query is gone, so it arrived, and nothing is sent twice', async () => {
  lost = 'answer';
  const slow = await session();
  const running = slow.client.query('select pg_sleep(30)').catch((error: Error) => error);
  await until(active(slow.pid), { what: 'the query' });
  const task = await started('end_backend', { database: 'shop', pid: slow.pid });
  await product.decide(await product.approval(task.id), mina, true);

  expect(await product.finished(task.id)).toMatchObject({ result: { outcome: 'ended' } });
  expect(String(await running)).toMatch(/canceling statement/);
  expect(await product.core.db.effect.findFirstOrThrow({ where: { taskId: task.id } })).toMatchObject({
    status: 'DONE',
    accepted: true,
  });
  lost = 'nothing';
});

test('when the server cannot be asked either, the outcome is unknown and a person is asked', async () => {
  lost = 'everything';
  const slow = await session();
  void slow.client.query('select pg_sleep(30)').catch(() => undefined);
  await until(active(slow.pid), { what: 'the query' });
  const task = await started('end_backend', { database: 'shop', pid: slow.pid });
  await product.decide(await product.approval(task.id), mina, true);

  await until(
    async () => (await product.core.db.task.findUniqueOrThrow({ where: { id: task.id } })).status === 'OUTCOME_UNKNOWN',
    { what: 'the outcome being unknown', timeoutMs: 15_000 },
  );
  expect(await product.core.db.effect.findFirstOrThrow({ where: { taskId: task.id } })).toMatchObject({
    status: 'UNKNOWN',
  });
  expect(await product.core.db.notification.count({ where: { subjectId: task.id, kind: 'OUTCOME_UNKNOWN' } })).toBe(1);
  lost = 'nothing';
  silent = false;
});
