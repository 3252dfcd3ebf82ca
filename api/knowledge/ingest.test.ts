import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { digestVector } from '../../test/servers/openai/embeddings.ts';
import { type RecordCore, recordCore } from '../../test/support/record-core.ts';
import { temporaryHome } from '../../test/support/temporary-home.ts';
import type { Embedder } from '../ports/embedder.ts';
import { embedChunks } from './embed-chunks.ts';
import { type FolderIngestOptions, ingestPaths } from './ingest.ts';
import { createReader, type ManualReaderThread } from './parse/reader.ts';

let core: RecordCore;
let reader: ManualReaderThread;
let folder: string;

beforeAll(async () => {
  core = await recordCore();
  reader = createReader({ log: core.log, idleMs: 60_000 });
});
afterAll(async () => {
  await reader.close();
  await core.close();
});
beforeEach(() => {
  folder = temporaryHome('agentic-ingest-');
  return () => rm(folder, { recursive: true, force: true });
});

const put = async (name: string, content: string): Promise<void> => {
  const file = path.join(folder, name);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, content);
};
const take = (options: FolderIngestOptions = {}) =>
  ingestPaths(core, [folder], { reader, program: 'test', ...options });
const own = (name: string) => ({ sourceKey: `folder:${folder}/${name}` });
const newest = (name: string) =>
  core.db.manual.findFirstOrThrow({
    where: own(name),
    orderBy: { revision: 'desc' },
    include: { chunks: { orderBy: { seq: 'asc' } } },
    omit: { bytes: true },
  });
const long = (about: string): string => `${about} is described here in enough words to stand alone. `.repeat(12);
const guide = (...parts: string[]): string =>
  `# Guide\n\n${parts.map((part) => `## About ${part}\n\n${long(part)}\n`).join('\n')}`;
const rows = async (): Promise<readonly number[]> =>
  Promise.all([
    core.db.manual.count(),
    core.db.manualChunk.count(),
    core.db.manualIngest.count(),
    core.db.manualIngestFile.count(),
    core.db.auditEntry.count(),
  ]);

/** Counts what is asked of it; its vectors tell equal texts from others, no more. */
function countingEmbedder(model: string): Embedder & { asked: string[] } {
  const asked: string[] = [];
  return {
    model,
    asked,
    embed: async (texts) => {
      asked.push(...texts);
      return { model, tokens: 0, vectors: texts.map((text) => Float32Array.from(digestVector(text, 8))) };
    },
  };
}
const embed = (embedder: Embedder) => embedChunks({ ...core, embedder, program: 'test' });

describe('taking a folder in', () => {
  test('again costs nothing: not one row is written, also for what was refused', async () => {
    await put('a.md', guide('queues'));
    await put('empty.md', '');
    expect(await take()).toMatchObject({ added: 1, refused: [{ file: 'empty.md', reason: 'EMPTY' }] });
    const before = await rows();

    const again = await take();

    expect(again).toMatchObject({
      added: 0,
      changed: 0,
      unchanged: 1,
      number: null,
      refused: [{ file: 'empty.md', reason: 'EMPTY' }],
    });
    expect(await rows()).toEqual(before);
  });

  test('after a change makes the next revision; only its changed passages are embedded', async () => {
    await embed(countingEmbedder('m-1'));
    await put('a.md', guide('pumps', 'valves', 'gauges'));
    await take();
    const first = countingEmbedder('m-1');
    await embed(first);
    expect(first.asked).toHaveLength(3);
    await put('a.md', guide('pumps', 'clocks', 'gauges'));

    expect(await take()).toMatchObject({ changed: 1, added: 0 });
    const second = countingEmbedder('m-1');
    await embed(second);

    expect(second.asked).toEqual([expect.stringContaining('clocks')]);
    const manual = await newest('a.md');
    expect(manual).toMatchObject({ revision: 2, status: 'READY' });
    expect(manual.chunks.map((chunk) => chunk.denseModel)).toEqual(['m-1', 'm-1', 'm-1']);
    const old = await core.db.manual.findFirstOrThrow({
      where: { ...own('a.md'), revision: 1 },
      include: { chunks: true },
    });
    expect(old.status).toBe('ARCHIVED');
    expect(old.chunks.map((chunk) => chunk.text).join()).toContain('valves');
    const third = countingEmbedder('m-2');
    await embed(third);
    for (const part of ['pumps', 'clocks', 'gauges'])
      expect(third.asked).toContainEqual(expect.stringContaining(`About ${part}`));
  });

  test('archives what is gone, and takes it in again when it comes back', async () => {
    await put('a.md', guide('queues'));
    await put('b.md', guide('disks'));
    await take();
    await rm(path.join(folder, 'b.md'));

    expect(await take()).toMatchObject({ removed: 1, unchanged: 1 });
    expect(await newest('b.md')).toMatchObject({ status: 'ARCHIVED', removedReason: 'missing' });

    await put('b.md', guide('disks'));
    expect(await take()).toMatchObject({ changed: 1 });
    expect(await newest('b.md')).toMatchObject({ status: 'READY', revision: 2 });
  });

  test('of which most is gone at once removes nothing until it is told to', async () => {
    for (let index = 0; index < 9; index++) await put(`${index}.md`, guide(`topic ${index}`));
    await take();
    for (let index = 1; index < 9; index++) await rm(path.join(folder, `${index}.md`));

    expect(await take()).toMatchObject({ removed: 0, keptMissing: 8 });
    expect(await take({ prune: true })).toMatchObject({ removed: 8, keptMissing: 0 });
  });

  test('finds a file that was moved by its code: the next revision, not another manual', async () => {
    await put('old.md', `---\ncode: MOVED-1\n---\n${guide('queues')}`);
    await take();
    await rm(path.join(folder, 'old.md'));
    await put('deep/new.md', `---\ncode: MOVED-1\n---\n${guide('queues')}`);

    expect(await take()).toMatchObject({ changed: 1, removed: 0, refused: [] });
    expect(
      await core.db.manual.findMany({
        where: { code: 'MOVED-1' },
        orderBy: { revision: 'asc' },
        select: { status: true },
      }),
    ).toEqual([{ status: 'ARCHIVED' }, { status: 'READY' }]);
  });

  test('refuses a second file with the same code, and names the first', async () => {
    await put('a.md', `---\ncode: TWIN-1\n---\n${guide('queues')}`);
    await put('b.md', `---\ncode: TWIN-1\n---\n${guide('disks')}`);

    expect(await take()).toMatchObject({
      added: 1,
      refused: [{ file: 'b.md', reason: 'CODE_TAKEN', detail: { code: 'TWIN-1', path: 'a.md' } }],
    });
  });

  test('gives two files whose names make the same code a code each', async () => {
    await put('same name.md', guide('queues'));
    await put('same-name.txt', long('disks'));

    expect(await take()).toMatchObject({ added: 2, refused: [] });
    const [one, other] = await Promise.all([newest('same name.md'), newest('same-name.txt')]);
    expect(one.code).toBe('SAME-NAME');
    expect(other.code).toMatch(/^SAME-NAME-[0-9A-F]{8}$/);
  });

  test('keeps the last good revision of a file that can no longer be used', async () => {
    await put('a.md', guide('queues'));
    await take();
    await put('a.md', '---\nvisibility: all\n---\ntext\n');

    expect(await take()).toMatchObject({ removed: 0, refused: [{ reason: 'FRONT_MATTER' }] });
    expect(await newest('a.md')).toMatchObject({ status: 'READY', revision: 1 });
  });
});

describe('what folders and people say about files', () => {
  test('a folder’s word holds for everything below it; the nearest wins, and the file itself most', async () => {
    await put('_folder.yaml', 'team: ops\nvisibility: operators\nsystems: [payment-api]\n');
    await put('pay/_folder.yaml', 'team: payments\nvisibility: team\n');
    await put('a.md', guide('queues'));
    await put('pay/b.md', guide('disks'));
    await put('pay/c.md', `---\nvisibility: everyone\n---\n${guide('locks')}`);
    await take();

    expect(await newest('a.md')).toMatchObject({ visibility: 'OPERATORS', team: 'ops', systemNames: ['payment-api'] });
    expect(await newest('pay/b.md')).toMatchObject({
      visibility: 'TEAM',
      team: 'payments',
      systemNames: ['payment-api'],
    });
    expect(await newest('pay/c.md')).toMatchObject({ visibility: 'EVERYONE', team: 'payments' });
  });

  test('another word changes the manual in its place: the same revision, the same passages and vectors', async () => {
    await put('a.md', guide('queues', 'disks'));
    await take();
    await embed(countingEmbedder('m-2'));
    const before = await newest('a.md');
    await put('_folder.yaml', 'visibility: operators\n');

    expect(await take()).toMatchObject({ changed: 1 });

    const after = await newest('a.md');
    expect(after).toMatchObject({ id: before.id, revision: 1, visibility: 'OPERATORS' });
    expect(after.chunks.map((chunk) => [chunk.id, chunk.denseModel])).toEqual(
      before.chunks.map((chunk) => [chunk.id, 'm-2']),
    );
    expect(after.indexSeq).toBeGreaterThan(before.indexSeq);
  });

  test('a folder whose word cannot be read lets nothing below it in', async () => {
    await put('pay/_folder.yaml', 'visibilty: team\n');
    await put('pay/b.md', guide('disks'));
    await put('a.md', guide('queues'));

    expect(await take()).toMatchObject({ added: 1, refused: [{ file: 'pay/b.md', reason: 'FOLDER_SETTINGS' }] });

    await put('pay/_folder.yaml', 'team: payments\nvisibility: team\n');
    expect(await take()).toMatchObject({ added: 1, refused: [] });
  });

  test('leaving the word out widens nothing; saying everyone does', async () => {
    await put('a.md', guide('queues'));
    await take({ above: { visibility: 'operators' } });
    await take();
    expect(await newest('a.md')).toMatchObject({ visibility: 'OPERATORS' });

    await put('a.md', `---\nvisibility: everyone\n---\n${guide('queues')}`);
    await take();
    expect(await newest('a.md')).toMatchObject({ visibility: 'EVERYONE' });
  });

  test('a manual for a team that names no team is refused', async () => {
    await put('a.md', `---\nvisibility: team\n---\n${guide('queues')}`);

    expect(await take()).toMatchObject({
      refused: [{ reason: 'FRONT_MATTER', detail: { words: 'visibility: team needs a team' } }],
    });
  });
});

test('the places an index follows rise with every change, in the order of commits', async () => {
  await put('a.md', guide('queues'));
  await put('b.md', guide('disks'));
  await take();
  const before = await Promise.all([newest('a.md'), newest('b.md')]);
  await put('a.md', guide('queues', 'locks'));
  await rm(path.join(folder, 'b.md'));
  await take();

  const old = await core.db.manual.findUniqueOrThrow({ where: { id: before[0].id }, omit: { bytes: true } });
  const gone = await newest('b.md');
  const now = await newest('a.md');
  const last = before[1].indexSeq;
  for (const changed of [old, gone, now]) expect(changed.indexSeq).toBeGreaterThan(last);
  expect(Math.min(...now.chunks.map((chunk) => Number(chunk.indexSeq)))).toBeGreaterThan(
    Math.max(...before.flatMap((manual) => manual.chunks.map((chunk) => Number(chunk.indexSeq)))),
  );
});
