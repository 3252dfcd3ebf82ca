#!/usr/bin/env node
import crypto from 'node:crypto';
// Stands in for Prisma's native schema engine where it cannot be downloaded: speaks its JSON-RPC on stdio and hands every call to the
// WASM build of the same engine over @prisma/adapter-pg.   export PRISMA_SCHEMA_ENGINE_BINARY=$PWD/prisma/schema-engine-shim.mjs
import { appendFileSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import readline from 'node:readline';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import pg from 'pg';

const require = createRequire(import.meta.url);
const trace = (...a) => {
  if (process.env.SHIM_TRACE)
    appendFileSync(
      process.env.SHIM_TRACE,
      `${a.map((x) => (typeof x === 'string' ? x : JSON.stringify(x))).join(' ')}\n`,
    );
};
const send = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);

const rest = [];
const datamodels = [];
let datasource;
for (let argv = process.argv.slice(2); argv.length; ) {
  const a = argv.shift();
  if (a === '--datasource') datasource = JSON.parse(argv.shift());
  else if (a === '--datamodels')
    for (const file of argv.shift().split(',')) datamodels.push([file, readFileSync(file, 'utf8')]);
  else rest.push(a);
}
const url = datasource?.url ?? process.env.DATABASE_URL;

// Trap: adapter-pg opens the shadow database as {...config, database}. A connectionString would win over `database`, and the "shadow"
// would be the real database. So always hand over separate fields.
function fieldsOf(text) {
  const u = new URL(text);
  const ssl = u.searchParams.get('sslmode');
  return {
    host: decodeURIComponent(u.hostname) || u.searchParams.get('host') || undefined,
    port: Number(u.port || 5432),
    user: decodeURIComponent(u.username) || undefined,
    password: u.password ? decodeURIComponent(u.password) : undefined,
    database: decodeURIComponent(u.pathname.slice(1)),
    ...(ssl && ssl !== 'disable' ? { ssl: { rejectUnauthorized: ssl === 'verify-full' } } : {}),
  };
}

// Trap: the CLI skips the first line of stderr and wants this target; otherwise the user sees an empty message.
function fail(message, code) {
  const line = (level, fields) =>
    process.stderr.write(
      `${JSON.stringify({ timestamp: new Date().toISOString(), level, fields, target: 'schema_engine::logger' })}\n`,
    );
  line('INFO', { message: 'Starting schema engine (wasm)' });
  line('ERROR', { message, error_code: code, is_panic: false });
  process.exit(1);
}

if (rest[0] === '--version') {
  console.log('schema-engine-cli wasm-shim');
  process.exit(0);
}
if (rest[0] === 'cli') {
  const create = rest[1] === 'create-database';
  const c = new pg.Client(create ? { ...fieldsOf(url), database: 'postgres' } : fieldsOf(url));
  try {
    await c.connect();
    if (create) await c.query(`create database ${pg.escapeIdentifier(fieldsOf(url).database)}`);
    await c.end();
    if (!create) console.log('Connection successful');
    process.exit(0);
  } catch (e) {
    fail(e.message, { '3D000': 'P1003', '28P01': 'P1000', '42P04': 'P1009' }[e.code] ?? 'P1001');
  }
}

// Trap: adapter-pg has no mapping for OID 18 ("char"), which the engine's catalogue queries return. Report it as text.
const asText = (r) => {
  for (const one of [r].flat()) for (const f of one?.fields ?? []) if (f.dataTypeID === 18) f.dataTypeID = 25;
  return r;
};
const query = pg.Client.prototype.query;
pg.Client.prototype.query = function (...a) {
  const cb = a.at(-1);
  if (typeof cb === 'function') {
    a[a.length - 1] = (e, r) => cb(e, r && asText(r));
    return query.apply(this, a);
  }
  const r = query.apply(this, a);
  return typeof r?.then === 'function' ? r.then(asText) : r;
};

// Trap: adapter-pg drops the shadow database while its own pool still holds a connection, which fails and leaves the database behind.
class Factory extends PrismaPg {
  async connectToShadowDb() {
    if (datasource?.shadowDatabaseUrl) return new PrismaPg(fieldsOf(datasource.shadowDatabaseUrl)).connect();
    const config = fieldsOf(url);
    const admin = async (sql) => {
      const c = new pg.Client(config);
      await c.connect();
      try {
        await c.query(sql);
      } finally {
        await c.end();
      }
    };
    const database = `prisma_migrate_shadow_db_${crypto.randomUUID()}`;
    await admin(`CREATE DATABASE "${database}"`);
    const adapter = await new PrismaPg({ ...config, database }).connect();
    const dispose = adapter.dispose.bind(adapter);
    adapter.dispose = async () => {
      await dispose();
      await admin(`DROP DATABASE IF EXISTS "${database}" WITH (FORCE)`);
    };
    return adapter;
  }
}

const runtime = await import('@prisma/schema-engine-wasm/schema_engine_bg');
const wasm = require.resolve('@prisma/schema-engine-wasm/schema_engine_bg').replace(/_bg\.js$/, '_bg.wasm');
const { exports } = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(wasm)), {
  './schema_engine_bg.js': runtime,
});
runtime.__wbg_set_wasm(exports);
exports.__wbindgen_start();
globalThis.PRISMA_WASM_PANIC_REGISTRY = {
  get() {
    return this.message;
  },
  set_message(m) {
    this.message = m;
  },
};

let engine;
for await (const line of readline.createInterface({ input: process.stdin })) {
  if (!line.trim()) continue;
  const { id, method, params } = JSON.parse(line);
  trace('REQ', line);
  if (!method) continue; // the CLI's answer to our own `print`
  try {
    engine ??= await runtime.SchemaEngine.new(
      { datamodels: datamodels.length ? datamodels : undefined },
      (l) => trace('LOG', l),
      bindMigrationAwareSqlAdapterFactory(new Factory(fieldsOf(url))),
    );
    const input = Array.isArray(params) ? params[0] : params;
    // Trap: these two never open a shadow database in the WASM build; devDiagnostic fills the cache they read.
    if (method === 'evaluateDataLoss' || method === 'createMigration')
      await engine.devDiagnostic({ migrationsList: input.migrationsList, filters: input.filters });
    const result = (await engine[method === 'getDatabaseVersion' ? 'version' : method](input)) ?? {};
    if (method === 'diff' && result.stdout != null) {
      send({ method: 'print', params: { content: result.stdout }, id: id + 100000 });
      delete result.stdout;
    }
    send({ result, id });
    trace('RES', result);
  } catch (e) {
    trace('ERR', String(e?.stack ?? e));
    send({
      id,
      error: {
        code: 4466,
        message: 'An error happened. Check the data field for details.',
        data: { is_panic: false, message: e.message ?? String(e), meta: null, error_code: e.code ?? null },
      },
    });
  }
}
process.exit(0);
