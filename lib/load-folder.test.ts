import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { loadFolder } from './load-folder.ts';

const shape = z.object({ id: z.string() });
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'plugins-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(file: string, content: string): void {
  mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
  writeFileSync(path.join(folder, file), content);
}
const plugin = (id: string) => `export const command = { id: '${id}' };`;
const load = (options: { layout?: 'files' | 'folders'; skip?: readonly string[] } = {}) =>
  loadFolder({
    folder: pathToFileURL(`${folder}/`),
    exportName: 'command',
    parse: (value) => shape.parse(value),
    nameOf: (one) => one.id,
    ...options,
  });

test('every module is loaded in the order of names; tests, types, contracts and skipped ones are not', async () => {
  write('status.js', plugin('status'));
  write('ask.js', plugin('ask'));
  write('all-clear.js', plugin('all_clear'));
  write('ask.test.js', 'throw new Error("a test was loaded")');
  write('ask.d.ts', 'throw new Error("types were loaded")');
  write('contract.js', 'throw new Error("a contract was loaded")');
  write('command.js', 'throw new Error("a skipped one was loaded")');
  write('README.md', 'not code');

  const loaded = await load({ skip: ['command'] });

  expect(loaded.map((one) => one.plugin.id)).toEqual(['all_clear', 'ask', 'status']);
  expect(loaded.map((one) => path.basename(one.file))).toEqual(['all-clear.js', 'ask.js', 'status.js']);
});

test('a file without the export is named', async () => {
  write('ask.js', 'export const other = 1;');

  await expect(load()).rejects.toThrow(/ask\.js: it must export `command`/);
});

test('a file with the wrong shape is named, with what is wrong', async () => {
  write('ask.js', 'export const command = { id: 1 };');

  await expect(load()).rejects.toThrow(/ask\.js: `command` has the wrong shape: [\s\S]*string/);
});

test('a name that differs from the file is refused', async () => {
  write('ask.js', plugin('status'));

  await expect(load()).rejects.toThrow(/ask\.js: it calls itself status, its file is named ask/);
});

test('a taken name is refused', async () => {
  write('ask.js', plugin('ask'));
  write('ask.ts', plugin('ask'));

  await expect(load()).rejects.toThrow(/ask\.ts: the name ask is taken by .*ask\.js/);
});

test('in folders the index is the plug-in and the folder its name', async () => {
  write('infra/index.js', plugin('infra'));
  write('infra/tasks/restart.js', 'throw new Error("a task was loaded")');
  write('agent.js', 'throw new Error("a file beside the folders was loaded")');
  mkdirSync(path.join(folder, 'left-over', 'tasks'), { recursive: true });

  expect((await load({ layout: 'folders' })).map((one) => one.plugin.id)).toEqual(['infra']);
});

test('a folder with files but no index is refused, unless it is skipped', async () => {
  write('infra/tasks/restart.js', 'export const x = 1;');

  await expect(load({ layout: 'folders' })).rejects.toThrow(/infra: it has no index/);
  expect(await load({ layout: 'folders', skip: ['infra'] })).toEqual([]);
});
