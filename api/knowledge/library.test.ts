import { cp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { projectPath } from '../../lib/project-path.ts';
import { manualSearch } from '../../test/support/manual-search.ts';
import { type RecordCore, recordCore } from '../../test/support/record-core.ts';
import { temporaryHome } from '../../test/support/temporary-home.ts';
import type { ManualLibrary } from '../ports/manual-library.ts';
import { ingestManuals } from './ingest.ts';
import { createManualLibrary } from './library.ts';
import type { ManualQuery, ManualSearchResult } from './search.ts';
import { sharedReader } from './visibility-rules.ts';

let core: RecordCore;
let library: ManualLibrary;
let search: (query: ManualQuery) => Promise<ManualSearchResult>;
let folder: string;

beforeAll(async () => {
  core = await recordCore();
  search = manualSearch(core);
  library = createManualLibrary(core.db, search);
  folder = temporaryHome('agentic-manuals-');
  await cp(projectPath('manuals'), folder, { recursive: true });
  const result = await ingestManuals(core, folder);
  expect(result).toMatchObject({ changed: 0, unchanged: 0, refused: [] });
}, 120_000);
afterAll(async () => {
  await core.close();
  await rm(folder, { recursive: true, force: true });
});
const find = (alertName: string, runbookUrl: string | null = null, words = '') =>
  library.findRunbook({ alertName, runbookUrl, words });

test('a runbook is found by the exact name of its alert, with the steps that may run', async () => {
  expect(await find('PaymentApiDown')).toMatchObject({
    code: 'PAY-OPS-01',
    found: 'alert-name',
    automation: [
      {
        action: 'workload.restart',
        when: 'unhealthy and workload stopped/running',
        arguments: { policy: 'single-approver-restart' },
      },
    ],
  });
});

test('a runbook is found by its address when the name is not known', async () => {
  expect(await find('SomethingNew', 'https://runbooks.example/PaymentApiHighErrorRate.md')).toMatchObject({
    code: 'PAY-OPS-02',
    found: 'runbook-url',
  });
});

test('else by search, and a question no manual answers has no answer', async () => {
  expect(await find('NodeFilesystemAlmostFull', null, 'disk fills up, make room')).toMatchObject({
    code: 'OPS-07',
    found: 'search',
  });
  expect(await find('QuantumFluxInverted', null, 'tachyon emission above threshold')).toBeNull();
});

test.each([
  ['결제가 멈췄을 때 어떻게 복구하나요', 'KO', 'PAY-OPS-01-KO'],
  ['인수인계', null, 'OPS-20'],
  ['how are payments retried by hand', null, 'PAY-GUIDE-03'],
] as const)('%s is answered by %s %s', async (words, locale, code) => {
  const { passages } = await search({ words, limit: 5, locale, reader: sharedReader });

  expect(passages.map((one) => one.code)).toContain(code);
});

test('taking the same folder in again, twice at once, changes nothing', async () => {
  const count = await core.db.manual.count();

  const both = await Promise.all([ingestManuals(core, folder), ingestManuals(core, folder)]);

  expect(both.every((one) => one.added === 0 && one.changed === 0)).toBe(true);
  expect(await core.db.manual.count()).toBe(count);
});

test('a changed manual becomes the next revision; the old one is kept and no longer found', async () => {
  const file = join(folder, 'guides', 'disk-space.md');
  await writeFile(
    file,
    '---\ncode: OPS-07\ntitle: A disk fills up\nlocale: en\nalerts: [DiskWillFill]\n---\n\n# New\n\nOnly this.\n',
  );

  expect(await ingestManuals(core, folder)).toMatchObject({ added: 0, changed: 1 });

  expect(await find('DiskWillFill')).toMatchObject({ revision: 2, passage: { quote: 'Only this.' } });
  expect(
    await core.db.manual.findMany({
      where: { code: 'OPS-07' },
      orderBy: { revision: 'asc' },
      select: { status: true },
    }),
  ).toEqual([{ status: 'ARCHIVED' }, { status: 'READY' }]);
});

test('a file that cannot be used is named and the others are taken in', async () => {
  await writeFile(join(folder, 'broken.md'), 'no front matter');
  await writeFile(join(folder, 'twin.md'), '---\ncode: OPS-07\ntitle: T\nlocale: en\n---\nx\n');

  const result = await ingestManuals(core, folder);

  expect(result.refused.map((one) => one.file).sort()).toEqual(['broken.md', 'twin.md']);
});
