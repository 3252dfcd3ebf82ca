// Runs the Prisma CLI with the schema engine this project brings, where the CLI would download one.
// Commands that need a database get an empty one of their own, gone afterwards, when DATABASE_URL is not set.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const [command = 'help', ...rest] = process.argv.slice(2);

async function scratchDatabase() {
  const home = mkdtempSync(path.join(os.tmpdir(), 'prisma-cli-'));
  chmodSync(home, 0o755);
  const server = spawn(process.execPath, ['--import', 'tsx', path.join(root, 'test/support/postgres-user.mjs'), home], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const stop = async () => {
    if (server.exitCode === null && server.kill()) await once(server, 'exit');
    rmSync(home, { recursive: true, force: true });
  };
  for await (const line of createInterface({ input: server.stdout })) {
    const url = /^up .* (\S+)$/.exec(line)?.[1];
    if (url !== undefined) return { url, stop };
  }
  await stop();
  throw new Error('no database for the Prisma CLI could be started');
}

const needsDatabase = ['migrate', 'db'].includes(command) && !process.env.DATABASE_URL;
const scratch = needsDatabase ? await scratchDatabase() : null;
const { status } = spawnSync(
  process.execPath,
  [
    path.join(root, 'node_modules/prisma/build/index.js'),
    command,
    ...rest,
    '--config',
    path.join(root, 'prisma/prisma.config.ts'),
  ],
  {
    cwd: root,
    stdio: 'inherit',
    env: {
      PRISMA_SCHEMA_ENGINE_BINARY: path.join(root, 'prisma/schema-engine-shim.mjs'),
      CHECKPOINT_DISABLE: '1',
      PRISMA_HIDE_UPDATE_MESSAGE: '1',
      ...process.env,
      ...(scratch === null ? {} : { DATABASE_URL: scratch.url }),
    },
  },
);
await scratch?.stop();
process.exit(status ?? 1);
