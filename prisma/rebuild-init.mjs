// Development only, until the first release: writes the first migration anew from schema.prisma. Afterwards migrations are only added.
//   npm exec -- node prisma/rebuild-init.mjs
// Databases made before must be made anew.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const file = path.join(here, 'migrations/20261124000000_init/migration.sql');
const mark = '-- The audit chain is append-only';
const before = readFileSync(file, 'utf8');
const byHand = before.slice(before.indexOf(mark));
if (!byHand.startsWith(mark)) throw new Error(`${file} lacks the line "${mark}"`);

const folder = mkdtempSync(path.join(os.tmpdir(), 'rebuild-init-'));
try {
  const made = path.join(folder, 'init.sql');
  const args = ['migrate', 'diff', '--from-empty', '--to-schema', path.join(here, 'schema.prisma'), '--script'];
  const { status } = spawnSync(process.execPath, [path.join(here, 'cli.mjs'), ...args, '--output', made], {
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(status ?? 1);
  const after = `${readFileSync(made, 'utf8').trim()}\n\n${byHand}`;
  writeFileSync(file, after);
  process.stdout.write(after === before ? 'The first migration is unchanged.\n' : `Written: ${file}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
