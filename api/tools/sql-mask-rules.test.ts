import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ShopDatabase, shopDatabase } from '../../test/support/shop-database.ts';
import { createPostgresSource } from '../adapters/sql-source/postgres.ts';
import { loadSqlGate, type SqlGate } from './sql-gate.ts';
import { maskedOutputs } from './sql-mask-rules.ts';

let shop: ShopDatabase;
let gate: SqlGate;
beforeAll(async () => {
  [shop, gate] = await Promise.all([shopDatabase(), loadSqlGate()]);
});
afterAll(() => shop.drop());

/** The statement as it really answers, with what would be masked of it. */
async function shown(sql: string): Promise<{ mask: readonly boolean[]; leaked: boolean }> {
  const verdict = gate(sql);
  if (verdict.verdict === 'refuse') throw new Error(verdict.reason.en);
  const { columns, rows } = await createPostgresSource({ connectionOf: shop.connectionOf }).select(
    shop.entry,
    sql,
    AbortSignal.timeout(10_000),
  );
  const mask = maskedOutputs({ tree: verdict.tree, maskedColumns: shop.entry.maskedColumns, columns });
  const visible = rows.map((row) => row.filter((_, at) => !mask[at]));
  return { mask, leaked: /shop\.example|SHOP\.EXAMPLE/.test(JSON.stringify(visible)) };
}

test.each([
  'select email from customers',
  'select * from customers',
  'select email as name from customers',
  'select upper(email) from customers',
  "select name || ' ' || email from customers",
  'select c from customers c',
  'select to_jsonb(c) from customers c',
  "select to_jsonb(c)->>'email' from customers c",
  'select row_to_json(customers) from customers',
  'select x from (select email as x from customers) t',
  'select x from (select * from customers) t(a, b, x)',
  'with t(a, b, x) as (select * from customers) select upper(x) from t',
  'with t as (select lower(email) as y from customers) select concat(y) from t',
  'select array_agg(email) from customers',
  'select string_agg(e, $$,$$) from (select email e from customers) t',
  'select name from customers union all select email from customers',
  'select upper(name) from (select name from customers union all select email from customers) t',
  'select v from (select 1 as k, $$a$$ as v union all select id, email from customers) t',
  'select * from (select name from customers union select email from customers) t',
  'select u from unnest(array(select email from customers)) u',
  'select v from unnest(array(select email from customers)) as u(v)',
  'select value from jsonb_each_text((select to_jsonb(c) from customers c limit 1))',
  'select (select email from customers limit 1)',
  'select upper((select max(email) from customers))',
  'select case when id > 0 then email else $$-$$ end from customers',
  'select max(email) over () from customers',
  'select coalesce(null, email) from customers',
  'select (c).email from customers c',
  'select left(email, 50) as id from customers',
  'select l.z from customers c, lateral (select c.email as z) l',
  'select (values_list).column1 from (values ((select email from customers limit 1))) as values_list',
  'select column1 from (values ((select email from customers limit 1))) as v',
  'with recursive r as (select id, email as m from customers where id = 1 union all select c.id, r.m || c.email from customers c join r on c.id = r.id + 1) select m from r',
])('a masked value does not come out of %s', async (sql) => {
  expect((await shown(sql)).leaked).toBe(false);
});

test.each([
  ['select id, name, email from customers', [false, false, true]],
  ['select count(*), count(distinct email) from customers', [false, false]],
  [
    'select c.name, sum(o.amount) from customers c join orders o on o.customer_id = c.id group by c.name',
    [false, false],
  ],
  [
    "select date_trunc('day', placed_at) as day, count(*), round(avg(amount), 2) from orders group by 1",
    [false, false, false],
  ],
  ['select name from customers where email like $$%@shop.example$$ order by email', [false]],
  ['select rank() over (order by amount desc), id from orders', [false, false]],
  [
    'select o.*, c.name from orders o join customers c on c.id = o.customer_id',
    [false, false, false, false, false, false],
  ],
])('what is not masked stays readable: %s', async (sql, mask) => {
  expect((await shown(sql)).mask).toEqual(mask);
});
