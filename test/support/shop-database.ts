import type { Database } from '../../api/ports/sql-source.ts';
import { databaseSchema } from '../../api/ports/sql-source.ts';
import { Secret } from '../../lib/secret.ts';
import { type TestDatabase, testDatabase } from './database.ts';
import { asServer } from './server-admin.ts';

/** A shop's database with rows whose truth is known, and the roles a careful administrator would make. */
export interface ShopDatabase {
  readonly database: TestDatabase;
  readonly entry: Database;
  readonly connectionOf: (name: string) => Secret | undefined;
  drop(): Promise<void>;
}

/** 3 customers, 200 orders (2 of customers that are gone, 3 with an amount below zero, 4 without a status), and a reading role. */
export async function shopDatabase(over: object = {}): Promise<ShopDatabase> {
  const database = await testDatabase();
  const suffix = new URL(database.url).pathname.slice(6, 18);
  const reader = `reader_${suffix}`;
  const monitor = `monitor_${suffix}`;
  const admin = `admin_${suffix}`;
  await database.pool.query(`
    create schema shop;
    create table shop.customers (id int primary key, name text not null, email text not null, password_hash text not null default 'x');
    create table shop.orders (id int primary key, customer_id int not null, amount numeric(12,2), status text, placed_at timestamptz not null default now());
    create table shop."주문" ("번호" int primary key, "금액" int not null);
    create table shop.hidden (id int);
    comment on table shop.orders is '주문';
    insert into shop.customers select n, 'Customer ' || n, 'c' || n || '@shop.example' from generate_series(1, 3) n;
    insert into shop.orders select n, case when n in (50, 60) then 99 else n % 3 + 1 end, case when n in (7, 8, 9) then -5 else n * 10 end,
      case when n in (11, 12, 13, 14) then null when n % 4 = 0 then 'failed' else 'paid' end, now() - (n || ' hours')::interval from generate_series(1, 200) n;
    insert into shop."주문" select n, n * 1000 from generate_series(1, 5) n;
    create function shop.danger(shop.customers) returns int language plpgsql as $$ begin delete from shop.orders; return 1; end $$;
    analyze shop.orders; analyze shop.customers;
    create role ${reader} login password 'r' nosuperuser;
    grant usage on schema shop to ${reader};
    grant select on shop.orders, shop.customers, shop."주문" to ${reader};
    create role ${monitor} login password 'm' nosuperuser in role pg_monitor;
    create role ${admin} login password 'a' nosuperuser in role pg_monitor, pg_signal_backend`);
  const address = (user: string, password: string) => {
    const url = new URL(database.url);
    url.username = user;
    url.password = password;
    return new Secret(url.href);
  };
  const addresses: Readonly<Record<string, Secret>> = {
    SQL_SHOP: address(reader, 'r'),
    SQL_SHOP_MONITOR: address(monitor, 'm'),
    SQL_SHOP_ADMIN: address(admin, 'a'),
    SQL_SHOP_OWNER: new Secret(database.url),
  };
  return {
    database,
    entry: databaseSchema.parse({
      name: 'shop',
      connection: 'SQL_SHOP',
      monitorConnection: 'SQL_SHOP_MONITOR',
      adminConnection: 'SQL_SHOP_ADMIN',
      schemas: ['shop'],
      maskedColumns: ['customers.email'],
      ...over,
    }),
    connectionOf: (name) => addresses[name],
    async drop() {
      await database.drop();
      await asServer((client) => client.query(`drop role if exists ${reader}, ${monitor}, ${admin}`));
    },
  };
}
