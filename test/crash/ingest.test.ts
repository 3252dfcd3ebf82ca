import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ingestPaths } from '../../api/knowledge/ingest.ts';
import { createReader, type ManualReaderThread } from '../../api/knowledge/parse/reader.ts';
import { type Random, seededRandom } from '../../lib/seeded-random.ts';
import { makeDocx, makePdf } from '../support/manual-files.ts';
import { startProcess } from '../support/process.ts';
import { type RecordCore, recordCore } from '../support/record-core.ts';
import { temporaryHome } from '../support/temporary-home.ts';
import { until } from '../support/until.ts';

const kills = 20;
const versions = 4;
const files = 28;
const auditKey = 'k'.repeat(40);
let whole: RecordCore;
let torn: RecordCore;
let reader: ManualReaderThread;
let folder: string;

beforeAll(async () => {
  [whole, torn] = await Promise.all([recordCore(4), recordCore(4)]);
  reader = createReader({ log: whole.log, idleMs: 60_000 });
  folder = temporaryHome('agentic-torn-');
});
afterAll(async () => {
  await reader.close();
  await Promise.all([whole.close(), torn.close()]);
  rmSync(folder, { recursive: true, force: true });
});

/** Writes one version of the folder: some files change with it, one goes and one comes. */
function writeVersion(version: number): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(path.join(folder, 'guides'), { recursive: true });
  for (let index = 0; index < files; index++) {
    if (index % 9 === version % 9) continue;
    const edition = index % 3 === 0 ? 0 : version;
    const words = Array.from(
      { length: 6 },
      (_, part) => `Part ${part} of guide ${index}: ${'check the queue, then restart it. '.repeat(4)}`,
    );
    const body = [...words.slice(0, 5), `Edition ${edition}. ${words[5]}`];
    const write = (ending: string, content: string | Buffer): void =>
      writeFileSync(path.join(folder, 'guides', `guide-${index}.${ending}`), content);
    if (index % 7 === 1) write('txt', `Guide ${index}\n=====\n\n${body.join('\n\n')}\n`);
    else if (index % 7 === 2)
      write('html', `<html><body><h1>Guide ${index}</h1>${body.map((one) => `<p>${one}</p>`).join('')}</body></html>`);
    else if (index % 14 === 3)
      write('docx', makeDocx([{ text: `Guide ${index}`, style: 'Heading1' }, ...body.map((text) => ({ text }))]));
    else if (index % 14 === 4) write('pdf', makePdf([body.map((text) => ({ text }))], `Guide ${index}`));
    else if (index % 14 === 5) write('md', '');
    else write('md', `# Guide ${index}\n\n${body.map((one, part) => `## Step ${part}\n\n${one}`).join('\n\n')}\n`);
  }
}

/** Everything an index is made from, without ids and times. */
async function indexOf({ db }: RecordCore) {
  const manuals = await db.manual.findMany({
    orderBy: [{ code: 'asc' }, { revision: 'asc' }],
    select: {
      code: true,
      revision: true,
      status: true,
      removedReason: true,
      sourceKey: true,
      sha256: true,
      metaHash: true,
      title: true,
      locale: true,
      pageCount: true,
      visibility: true,
      chunks: {
        orderBy: { seq: 'asc' },
        select: {
          seq: true,
          hash: true,
          section: true,
          page: true,
          lineFrom: true,
          lineTo: true,
          text: true,
          sparse: true,
        },
      },
    },
  });
  return manuals;
}

const doneIn = async ({ db }: RecordCore): Promise<number> =>
  db.manualIngestFile.count({ where: { status: { not: 'PENDING' } } });

/** Starts the ingest as a person would and kills it at a random moment of its life. Answers whether it was still at work. */
async function killedRun(random: Random): Promise<boolean> {
  const before = await doneIn(torn);
  const run = startProcess('api/ingest-main.js', [folder], {
    env: { DATABASE_URL: torn.database.url, AUDIT_KEY: auditKey },
  });
  let ended = false;
  void run.exited.then(() => {
    ended = true;
  });
  // A quarter die before their first file; the others after some, in the middle of the next.
  const wanted = random.below(4) === 0 ? 0 : 1 + random.below(4);
  if (wanted === 0) await pause(random.below(1_500));
  else
    await until(async () => ended || (await doneIn(torn)) >= before + wanted, {
      what: 'files being done',
      timeoutMs: 60_000,
      everyMs: 3,
    });
  await pause(random.below(40));
  run.kill('SIGKILL');
  const end = await run.exited;
  return end.signal === 'SIGKILL';
}

it(`an ingest killed ${kills} times and run again gives the index of one that was never disturbed`, async () => {
  const random = seededRandom(20_261_126);
  const options = { reader, program: 'test' };
  let killed = 0;
  for (let version = 0; version < versions; version++) {
    writeVersion(version);
    await ingestPaths(whole, [folder], options);
    for (let round = 0; round < kills / versions; round++) if (await killedRun(random)) killed++;
    await ingestPaths(torn, [folder], options);
  }

  expect(await indexOf(torn)).toEqual(await indexOf(whole));
  expect(killed).toBe(kills);
  const ingests = await torn.db.manualIngest.findMany({ orderBy: { number: 'asc' } });
  expect(ingests.map((one) => [one.status, one.doneFiles === one.totalFiles])).toEqual(
    Array.from({ length: versions }, () => ['SUCCEEDED', true]),
  );
  expect(await torn.db.manualIngestFile.count({ where: { status: 'PENDING' } })).toBe(0);
}, 600_000);
