import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import pg from 'pg';
import { projectPath } from '../lib/project-path.ts';

interface SchemaEngine {
  applyMigrations(input: unknown): Promise<{ appliedMigrationNames: string[] }>;
  free?(): void;
}
interface EngineRuntime {
  SchemaEngine: { new: (options: unknown, log: () => void, adapter: unknown) => Promise<SchemaEngine> };
  __wbg_set_wasm(exports: WebAssembly.Exports): void;
}

const folder = projectPath('prisma', 'migrations');

/** Names of the migrations the product brings, in order. */
export function migrationNames(): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

/** Whether every migration of the product is applied: one cheap query, so that an ordinary start loads no engine. */
async function isUpToDate(databaseUrl: string): Promise<boolean> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    connectionTimeoutMillis: 5_000,
    statement_timeout: 5_000,
  });
  await client.connect();
  try {
    const { rows } = await client.query<{ migration_name: string }>(
      'select migration_name from "_prisma_migrations" where finished_at is not null and rolled_back_at is null',
    );
    const applied = new Set(rows.map((row) => row.migration_name));
    return migrationNames().every((name) => applied.has(name));
  } catch (error) {
    if (error instanceof pg.DatabaseError && error.code === '42P01') return false;
    throw error;
  } finally {
    await client.end();
  }
}

/** The engine never closes what it opened: its connections are remembered and closed here. */
class ClosingFactory extends PrismaPg {
  private readonly opened: Awaited<ReturnType<PrismaPg['connect']>>[] = [];

  override async connect() {
    const connection = await super.connect();
    this.opened.push(connection);
    return connection;
  }

  async close(): Promise<void> {
    for (const connection of this.opened.splice(0)) await connection.dispose().catch(() => undefined);
  }
}

/** One instance of the engine per process: its module holds the memory it was made with. */
let engineRuntime: Promise<EngineRuntime> | undefined;

async function loadEngine(): Promise<EngineRuntime> {
  const require = createRequire(import.meta.url);
  const file = require.resolve('@prisma/schema-engine-wasm/schema_engine_bg').replace(/_bg\.js$/, '_bg.wasm');
  const imports: WebAssembly.ModuleImports = { ...(await import('@prisma/schema-engine-wasm/schema_engine_bg')) };
  for (const name of Object.keys(imports)) if (name.startsWith('__wbg_setTimeout_')) imports[name] = waitWithoutHolding;
  const module = new WebAssembly.Module(readFileSync(file));
  const { exports } = new WebAssembly.Instance(module, { './schema_engine_bg.js': imports });
  if (!isEngineRuntime(imports)) throw new Error('the schema engine package is not the one this product was made for');
  imports.__wbg_set_wasm(exports);
  const begin = exports.__wbindgen_start;
  if (typeof begin === 'function') begin();
  return imports;
}

/** The engine leaves the 10 s timer of its lock running when it is done: no process must stay alive for it. */
function waitWithoutHolding(call: () => void, ms: number): NodeJS.Timeout {
  return setTimeout(call, ms >>> 0).unref();
}

function isEngineRuntime(value: object): value is EngineRuntime {
  return 'SchemaEngine' in value && '__wbg_set_wasm' in value && typeof value.__wbg_set_wasm === 'function';
}

/**
 * Applies what is missing, as `prisma migrate deploy` would and into the same table, and answers the names applied.
 * Several processes may call it at once: Prisma's advisory lock lets one through, the others find nothing to do.
 */
export async function migrateDeploy(databaseUrl: string): Promise<readonly string[]> {
  if (await isUpToDate(databaseUrl)) return [];
  engineRuntime ??= loadEngine();
  const runtime = await engineRuntime;
  const lockFile = path.join(folder, 'migration_lock.toml');
  const connections = new ClosingFactory({
    connectionString: databaseUrl,
    idleTimeoutMillis: 50,
    allowExitOnIdle: true,
  });
  const adapter = bindMigrationAwareSqlAdapterFactory(connections);
  const engine = await runtime.SchemaEngine.new({ datamodels: undefined }, () => undefined, adapter);
  try {
    const { appliedMigrationNames } = await engine.applyMigrations({
      migrationsList: {
        baseDir: folder,
        shadowDbInitScript: '',
        lockfile: {
          path: 'migration_lock.toml',
          content: existsSync(lockFile) ? readFileSync(lockFile, 'utf8') : null,
        },
        migrationDirectories: migrationNames().map((name) => ({
          path: name,
          migrationFile: {
            path: 'migration.sql',
            content: { tag: 'ok', value: readFileSync(path.join(folder, name, 'migration.sql'), 'utf8') },
          },
        })),
      },
      filters: { externalTables: [], externalEnums: [] },
    });
    return appliedMigrationNames;
  } finally {
    engine.free?.();
    await connections.close();
  }
}
