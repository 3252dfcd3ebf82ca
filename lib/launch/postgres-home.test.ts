import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { keptCopy } from './postgres-binaries.ts';
import { reachableHome, readOrCreatePassword } from './postgres-home.ts';

const nobody = { uid: 65534, gid: 65534 };
let folder: string;
let elsewhere: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'postgres-home-'));
  elsewhere = path.join(folder, 'elsewhere');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function makeHome(name: string): string {
  const home = path.join(folder, name);
  mkdirSync(home);
  return home;
}
const place = (home: string) => reachableHome(home, nobody, () => undefined, [elsewhere]);

// mkdtemp makes folders that only their owner may enter: closed for the server's account.
describe.runIf(process.getuid?.() === 0)('a home the server cannot reach', () => {
  test('keeps its cluster at one place elsewhere', () => {
    const home = makeHome('home');

    const first = place(home);

    expect(path.dirname(first)).toBe(elsewhere);
    expect(place(home)).toBe(first);
  });

  test('keeps its cluster when it is moved', () => {
    const home = makeHome('home');
    const first = place(home);
    renameSync(home, path.join(folder, 'moved'));

    expect(place(path.join(folder, 'moved'))).toBe(first);
    expect(place(makeHome('home'))).not.toBe(first);
  });

  test('shares its cluster with no copy of it', () => {
    const home = makeHome('home');
    const first = place(home);
    cpSync(home, path.join(folder, 'copy'), { recursive: true });

    const copied = place(path.join(folder, 'copy'));

    expect(copied).not.toBe(first);
    expect(place(home)).toBe(first);
    expect(place(path.join(folder, 'copy'))).toBe(copied);
  });

  test('does not follow a link somebody put in the place of its cluster', () => {
    const home = makeHome('home');
    const target = makeHome('target');
    symlinkSync(target, path.join(folder, 'link'));
    writeFileSync(path.join(home, 'database-location'), path.join(folder, 'link'));

    expect(() => place(home)).toThrow('belongs to somebody else');
    expect(existsSync(path.join(target, 'home'))).toBe(false);
  });

  test('is refused, not emptied, when its cluster is gone', () => {
    const home = makeHome('home');
    rmSync(place(home), { recursive: true });

    expect(() => place(home)).toThrow('is not there');
  });
});

test('a home the server can reach keeps its cluster itself', () => {
  const home = makeHome('home');

  expect(reachableHome(home, {}, () => undefined, [elsewhere])).toBe(home);
});

test('a password is made once', () => {
  const first = readOrCreatePassword(folder);

  expect(first.length).toBeGreaterThanOrEqual(32);
  expect(readOrCreatePassword(folder)).toBe(first);
  expect(readFileSync(path.join(folder, 'pg-password'), 'utf8')).toBe(first);
});

describe('the copy of the binaries', () => {
  function makeBinaries(name: string, script: string): string {
    const native = path.join(folder, name);
    mkdirSync(path.join(native, 'bin'), { recursive: true });
    writeFileSync(path.join(native, 'bin', 'postgres'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    return native;
  }

  test('is made once and used again', () => {
    const native = makeBinaries('native', 'exit 0');
    const said: string[] = [];
    const copy = () => keptCopy(native, path.join(folder, 'kept'), {}, (line) => void said.push(line));

    expect(copy()).toBe(path.join(folder, 'kept'));
    expect(copy()).toBe(path.join(folder, 'kept'));
    expect(said).toHaveLength(1);
  });

  test('is made again when it is broken', () => {
    const native = makeBinaries('native', 'exit 0');
    makeBinaries('kept', 'exit 1');

    expect(keptCopy(native, path.join(folder, 'kept'), {}, () => undefined)).toBe(path.join(folder, 'kept'));
    expect(readFileSync(path.join(folder, 'kept', 'bin', 'postgres'), 'utf8')).toContain('exit 0');
  });

  test('is never a program that somebody else may have put there', () => {
    const native = makeBinaries('native', 'exit 0');
    const ran = path.join(folder, 'ran');
    makeBinaries('planted', `touch ${ran}; exit 0`);
    symlinkSync(path.join(folder, 'planted'), path.join(folder, 'kept'));

    const copy = keptCopy(native, path.join(folder, 'kept'), {}, () => undefined);

    expect(copy).not.toBe(path.join(folder, 'kept'));
    expect(existsSync(ran)).toBe(false);
  });
});
