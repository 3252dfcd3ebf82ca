import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../../../lib/ids.ts';
import { type ShopDatabase, shopDatabase } from '../../../test/support/shop-database.ts';
import { type TaskProduct, taskProduct } from '../../../test/support/task-product.ts';
import type { User } from '../../db.ts';
import { startTask } from '../../orchestrator/start-task.ts';
import { isSql, savedQuery } from './choose.ts';

let shop: ShopDatabase;
let product: TaskProduct;
let jin: User;
let mina: User;
beforeAll(async () => {
  shop = await shopDatabase({
    checks: [
      {
        kind: 'orphans',
        name: 'orders-without-customer',
        table: 'shop.orders',
        column: 'customer_id',
        parentTable: 'shop.customers',
        parentColumn: 'id',
        id: 'id',
      },
      { kind: 'range', name: 'amount-range', table: 'shop.orders', column: 'amount', min: 0, id: 'id' },
      { kind: 'nulls', name: 'status-missing', table: 'shop.orders', column: 'status', id: 'id' },
      { kind: 'duplicates', name: 'same-amount', table: 'shop.orders', columns: ['amount'], id: 'id' },
      { kind: 'duplicates', name: 'same-mail', table: 'shop.customers', columns: ['email'], id: 'email' },
    ],
    queries: [
      {
        name: 'orders-per-status',
        words: ['상태별 주문 수', 'orders by status'],
        sql: "select coalesce(status, '없음') as 상태, count(*) as 건수 from shop.orders group by 1 order by 1",
      },
    ],
  });
  product = await taskProduct({ sources: { connectionOf: shop.connectionOf } });
  jin = await product.core.person('Jin', 'REQUESTER', 'OPERATOR');
  mina = await product.core.person('Mina', 'APPROVER');
  await product.core.db.system.create({
    data: { id: newId(), name: 'shop', displayName: 'Shop', databases: [JSON.parse(JSON.stringify(shop.entry))] },
  });
});
afterAll(async () => {
  await product.close();
  await shop.drop();
});

async function asked(taskType: string, params: object, locale: 'EN' | 'KO' = 'EN') {
  const { task } = await startTask(product.deps, {
    agentId: 'db_extract',
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
const findingOf = (taskId: string) => product.core.db.finding.findFirstOrThrow({ where: { taskId } });

test('SQL of a person is shown exactly, runs after their own yes, and its rows go to them alone', async () => {
  const sql = 'select id, name, email from shop.customers order by id';
  const task = await asked('natural_language_query', { question: sql });
  const approval = await product.approval(task.id);

  expect(approval).toMatchObject({ kind: 'CONFIRMATION', required: 1 });
  expect(await product.core.db.proposedAction.findUniqueOrThrow({ where: { id: approval.actionId } })).toMatchObject({
    command: sql,
    risk: 'LOW',
  });
  expect(await product.decide(approval, mina, true)).toMatchObject([{ code: expect.any(String) }]);
  expect(await product.decide(approval, jin, true)).toEqual([]);

  expect(await product.finished(task.id)).toMatchObject({
    status: 'SUCCEEDED',
    result: { outcome: 'rows', rowCount: 3, sql },
  });
  const message = await product.core.db.notification.findFirstOrThrow({
    where: { subjectId: task.id, kind: 'REPORT' },
  });
  expect(message).toMatchObject({
    privateToId: jin.id,
    receiver: `user:${jin.id}`,
  });
  expect(message.text).toContain('Customer 2');
  expect(message.text).toContain(sql);
  expect(message.text).not.toContain('shop.example');
  const shared = JSON.stringify([
    await product.core.db.evidence.findMany({ where: { taskId: task.id } }),
    await product.core.db.effect.findMany({ where: { taskId: task.id } }),
    await product.core.db.taskStep.findMany({ where: { taskId: task.id } }),
    await product.core.db.notification.findMany({ where: { subjectId: task.id, privateToId: null } }),
    await findingOf(task.id),
  ]);
  expect(shared).not.toContain('Customer 2');
  expect(shared).not.toMatch(/postgres(ql)?:\/\//);
  expect(await product.core.db.artifact.findFirstOrThrow({ where: { taskId: task.id } })).toMatchObject({
    privateToId: jin.id,
    kind: 'TABLE',
  });
});

test('a statement that writes is refused with its reason, before anybody is asked', async () => {
  const task = await asked(
    'natural_language_query',
    { question: 'with gone as (delete from shop.orders returning *) select * from gone' },
    'KO',
  );

  expect(await product.finished(task.id)).toMatchObject({
    status: 'SUCCEEDED',
    result: { outcome: 'refused', rowCount: null },
  });
  expect((await findingOf(task.id)).headline).toContain('DELETE');
  expect(await product.core.db.approval.count({ where: { taskId: task.id } })).toBe(0);
});

test('a query nobody confirms does not run', async () => {
  const task = await asked('natural_language_query', { sql: 'select count(*) from orders' });
  const approval = await product.approval(task.id);
  await product.decide(approval, jin, false, 'not now');

  expect(await product.finished(task.id)).toMatchObject({ result: { outcome: 'not-confirmed' } });
  expect(await product.core.db.effect.count({ where: { taskId: task.id } })).toBe(0);
});

test('what the database allows has changed since the yes: the query is not run', async () => {
  const task = await asked('natural_language_query', { sql: 'select name from shop.customers' });
  const approval = await product.approval(task.id);
  const system = await product.core.db.system.findUniqueOrThrow({ where: { name: 'shop' } });
  await product.core.db.system.update({
    where: { name: 'shop' },
    data: { databases: [{ ...JSON.parse(JSON.stringify(shop.entry)), maskedColumns: ['customers.name'] }] },
  });
  await product.decide(approval, jin, true);

  expect(await product.finished(task.id)).toMatchObject({ result: { outcome: 'failed', rowCount: null } });
  await product.core.db.system.update({
    where: { name: 'shop' },
    data: { databases: JSON.parse(JSON.stringify(system.databases)) },
  });
});

test('a question in words needs a model, and says what can be asked without one', async () => {
  const task = await asked('natural_language_query', { question: '어제 실패한 주문은 몇 건이야?' }, 'KO');

  expect(await product.finished(task.id)).toMatchObject({ result: { outcome: 'needs-model' } });
  const finding = await findingOf(task.id);
  expect(finding.headline).toContain('언어 모델');
  expect(JSON.stringify(finding.needed)).toContain('orders-per-status');
});

test('a saved query found by its words brings a chart beside its rows', async () => {
  const task = await asked('statistical_query', { question: '상태별 주문 수 보여줘' }, 'KO');
  await product.decide(await product.approval(task.id), jin, true);

  expect(await product.finished(task.id)).toMatchObject({
    result: { outcome: 'rows', rowCount: 3, chart: { kind: 'bar', points: 3 } },
  });
  const chart = await product.core.db.artifact.findFirstOrThrow({ where: { taskId: task.id, kind: 'CHART' } });
  expect(Buffer.from(chart.bytes).subarray(1, 4).toString()).toBe('PNG');
  expect(chart.altText).toMatch(/건수 from 50 \(failed\) to 4 \(없음\)|건수 from/);
});

test('the counts of data checks equal the truth, with ids to look at', async () => {
  const task = await asked('data_integrity_check', { database: 'shop' });

  expect(await product.finished(task.id)).toMatchObject({
    status: 'SUCCEEDED',
    result: {
      broken: 4,
      checks: [
        { check: 'orders-without-customer', count: 2, sample: ['50', '60'] },
        { check: 'amount-range', count: 3, sample: ['7', '8', '9'] },
        { check: 'status-missing', count: 4, sample: ['11', '12', '13', '14'] },
        { check: 'same-amount', count: 1, sample: ['7'] },
        { check: 'same-mail', count: 0, sample: [] },
      ],
    },
  });
  expect(await findingOf(task.id)).toMatchObject({ verdict: 'FOUND', confidence: 'HIGH', droppedClaims: 0 });
});

test.each([
  ['select * from t', true],
  ['SELECT count(*) FROM orders WHERE', true],
  ['delete from t', true],
  ['show me orders from yesterday', false],
  ['select the best customers from last month', false],
  ['with which customers did we earn most?', false],
  ['어제 주문 몇 건이야?', false],
  ['how many orders?', false],
])('%s is SQL: %s', async (question, expected) => {
  expect(await isSql(question)).toBe(expected);
});

test('a saved query is chosen only when one fits best', () => {
  const queries = [
    { name: 'orders-per-day', words: ['일별 주문'], sql: 'select 1', chart: null },
    { name: 'orders-per-status', words: ['상태별 주문'], sql: 'select 2', chart: null },
  ];

  expect(savedQuery(queries, '일별 주문 보여줘')?.name).toBe('orders-per-day');
  expect(savedQuery(queries, 'orders per status please')?.name).toBe('orders-per-status');
  expect(savedQuery(queries, '주문')).toBe(null);
});
