import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ShopDatabase, shopDatabase } from '../../../test/support/shop-database.ts';
import { createPostgresSource } from './postgres.ts';

let shop: ShopDatabase;
const signal = () => AbortSignal.timeout(15_000);
const source = () => createPostgresSource({ connectionOf: shop.connectionOf });
beforeAll(async () => {
  shop = await shopDatabase();
});
afterAll(() => shop.drop());

test('what the reading role may see is described, the rest is not', async () => {
  const relations = await source().describe(shop.entry, signal());

  expect(relations.map(({ schema, name }) => `${schema}.${name}`)).toEqual([
    'shop.customers',
    'shop.orders',
    'shop.주문',
  ]);
  expect(relations[1]).toMatchObject({ comment: '주문', estimatedRows: 200 });
  expect(relations[1]?.columns.map(({ name, type }) => `${name} ${type}`)).toContain('amount numeric(12,2)');
});

test('rows come with types and with where their columns come from', async () => {
  const answer = await source().select(
    shop.entry,
    'select o.id, c.email as mail, upper(c.email) as computed, o.amount, o.status is null as open, null as nothing from shop.orders o join shop.customers c on c.id = o.customer_id where o.id = 11',
    signal(),
  );

  expect(answer.columns.map(({ origin }) => origin)).toEqual([
    'shop.orders.id',
    'shop.customers.email',
    null,
    'shop.orders.amount',
    null,
    null,
  ]);
  expect(answer.rows).toEqual([[11, 'c3@shop.example', 'C3@SHOP.EXAMPLE', 110, true, null]]);
  expect(answer.cut).toBe(null);
});

test('an answer is cut at its row limit and at its byte limit, and says so', async () => {
  const many = await source().select({ ...shop.entry, maxRows: 7 }, 'select * from shop.orders', signal());
  const wide = await source().select(
    { ...shop.entry, maxBytes: 3_000 },
    "select id, repeat('x', 1000) from shop.orders",
    signal(),
  );
  const exact = await source().select({ ...shop.entry, maxRows: 200 }, 'select * from shop.orders', signal());

  expect([many.rows.length, many.cut, many.columns[0]?.origin]).toEqual([7, 'rows', 'shop.orders.id']);
  expect([wide.rows.length, wide.cut]).toEqual([2, 'bytes']);
  expect([exact.rows.length, exact.cut]).toEqual([200, null]);
});

test('nothing is written, slept through or kept, whatever the gate would have said', async () => {
  const rejected = (sql: string) =>
    source()
      .select({ ...shop.entry, timeoutMs: 400 }, sql, signal())
      .then(
        () => 'ran',
        (error: { code: string }) => error.code,
      );
  const begun = performance.now();

  expect(await rejected('delete from shop.orders')).toBe('UPSTREAM_REJECTED');
  expect(await rejected('select shop.danger(c) from shop.customers c')).toBe('UPSTREAM_REJECTED');
  expect(await rejected('select 1; select 2')).toBe('UPSTREAM_REJECTED');
  expect(await rejected('select pg_sleep(60)')).toBe('UPSTREAM_REJECTED');
  expect(await rejected('select * from shop.hidden')).toBe('UPSTREAM_REJECTED');
  expect(await rejected('select count(*) from shop.orders a, shop.orders b, shop.orders c, shop.orders d')).toBe(
    'UPSTREAM_REJECTED',
  );
  expect(await rejected('select rolpassword from pg_authid')).toBe('UPSTREAM_REJECTED');
  expect(performance.now() - begun).toBeLessThan(6_000);
  await source().select(shop.entry, "select set_config('search_path', 'evil', false)", signal());
  expect((await source().select(shop.entry, 'select current_schema()', signal())).rows).toEqual([['shop']]);
  expect((await shop.database.pool.query('select count(*)::int as n from shop.orders')).rows[0].n).toBe(200);
});

test('no connection is left behind, also after a cut or an abort', async () => {
  const controller = new AbortController();
  const waiting = source().select(shop.entry, 'select pg_sleep(8)', controller.signal);
  setTimeout(() => controller.abort(), 300);

  await expect(waiting).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  await expect
    .poll(
      async () =>
        (
          await shop.database.pool.query(
            "select count(*)::int as n from pg_stat_activity where application_name = 'agentic-ai' and datname = current_database() and state <> 'active'",
          )
        ).rows[0].n,
    )
    .toBe(0);
});

test('the planner says what a statement costs without running it', async () => {
  const cheap = await source().plan(shop.entry, 'select * from shop.orders where id = 1', signal());
  const dear = await source().plan(
    shop.entry,
    'select * from shop.orders a, shop.orders b, shop.orders c, shop.orders d',
    signal(),
  );

  expect(cheap.rows).toBe(1);
  expect(dear.cost).toBeGreaterThan(1_000_000);
});

test('a role that may do more than read, and a connection that is not set, are refused', async () => {
  const owner = { ...shop.entry, connection: 'SQL_SHOP_OWNER' };
  const nowhere = { ...shop.entry, connection: 'SQL_NOWHERE' };

  await expect(source().select(owner, 'select 1', signal())).rejects.toMatchObject({ code: 'NOT_CONFIGURED' });
  await expect(source().describe(nowhere, signal())).rejects.toMatchObject({ code: 'NOT_CONFIGURED' });
});

test('errors hold no address and no password', async () => {
  const error = await source()
    .select(shop.entry, 'select nothing_here from shop.orders', signal())
    .catch((caught: Error) => caught);

  expect(String(error)).toMatch(/nothing_here/);
  expect(JSON.stringify(error)).not.toContain('postgres://');
});
