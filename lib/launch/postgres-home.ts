import { spawnSync } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, linkSync, lstatSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { ServerAccount } from './postgres-binaries.ts';
import { codeOf } from './postgres-process.ts';

/** In the home: where its cluster is kept when not in the home itself. In that folder: whose it is. */
const LOCATION = 'database-location';
const OWNER = 'home';
/** Kept over restarts; the second is for systems whose /var/lib cannot be written. */
const OTHER_PLACES = ['/var/lib/agentic-ai', '/var/tmp'];

/**
 * The home itself, or, where a folder above it is closed to the server's account, a folder elsewhere that the home names.
 * A home that was moved keeps its cluster; one that was copied gets its own. A cluster that is missing is never silently replaced by an empty one.
 */
export function reachableHome(
  home: string,
  account: ServerAccount,
  log: (line: string) => void,
  otherPlaces: readonly string[] = OTHER_PLACES,
): string {
  const known = read(path.join(home, LOCATION));
  if (known !== null) {
    if (!isOurFolder(known))
      throw new Error(
        `the database of ${home} is kept in ${known}, which is not there or belongs to somebody else; put it back, or delete ${path.join(home, LOCATION)} to begin with an empty one`,
      );
    const owner = read(path.join(known, OWNER));
    if (owner === home) return known;
    if (owner === null || read(path.join(owner, LOCATION)) !== known) {
      writeFileSync(path.join(known, OWNER), home);
      return known;
    }
    rmSync(path.join(home, LOCATION));
  }
  if (account.uid === undefined || spawnSync('/bin/sh', ['-c', 'cd "$0"', home], account).status === 0) return home;
  const made = makeFolder(otherPlaces);
  writeFileSync(path.join(made, OWNER), home);
  const other = writeOnce(path.join(home, LOCATION), made);
  if (other !== made) rmSync(made, { recursive: true });
  log(`${home} lies below a closed folder: the database is kept in ${other}`);
  return other;
}

/** A password made once. */
export function readOrCreatePassword(home: string): string {
  return writeOnce(path.join(home, 'pg-password'), randomBytes(24).toString('base64url'));
}

/** Writes a file unless it exists and answers what it holds then. Linked into place: it is whole or not there at all. */
function writeOnce(file: string, content: string): string {
  if (!existsSync(file)) {
    const draft = `${file}.${randomUUID()}`;
    writeFileSync(draft, content, { mode: 0o600 });
    try {
      linkSync(draft, file);
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    } finally {
      rmSync(draft);
    }
  }
  return readFileSync(file, 'utf8').trim();
}

function makeFolder(places: readonly string[]): string {
  const failures: unknown[] = [];
  for (const place of places) {
    const folder = path.join(place, `agentic-ai-${randomBytes(8).toString('hex')}`);
    try {
      mkdirSync(place, { recursive: true, mode: 0o755 });
      mkdirSync(folder, { mode: 0o755 });
      return folder;
    } catch (error) {
      failures.push(error);
    }
  }
  throw new AggregateError(failures, `no folder for the database could be made in ${places.join(' or ')}`);
}

/** A folder, not a link to one, that nobody else can have put there. */
function isOurFolder(folder: string): boolean {
  const found = lstatSync(folder, { throwIfNoEntry: false });
  return found?.isDirectory() === true && found.uid === process.getuid?.();
}

function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return null;
  }
}
