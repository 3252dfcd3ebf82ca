import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Secret } from '../../lib/secret.ts';
import { type RecordCore, recordCore } from '../../test/support/record-core.ts';
import { inTransaction } from '../db.ts';
import { writeAnchor } from './anchor.ts';
import { createAudit } from './append.ts';
import { chainStart, entryHash } from './chain.ts';
import { verifyChain } from './verify.ts';

let core: RecordCore;
let folder: string;
let anchorFile: string;

beforeEach(async () => {
  core = await recordCore();
  folder = await mkdtemp(path.join(os.tmpdir(), 'audit-'));
  anchorFile = path.join(folder, 'anchors.log');
});
afterEach(async () => {
  await core.close();
  await rm(folder, { recursive: true, force: true });
});

const entry = (n: number, input: unknown = { n }) => ({
  actor: { type: 'user' as const, id: null, name: 'Jin' },
  operation: 'test',
  subject: { type: 'Task', id: String(n) },
  input,
  outcome: 'done',
  correlationId: `c-${n}`,
});
const append = (n: number, input?: unknown) => inTransaction(core.db, (tx) => core.audit(tx, entry(n, input)));
const appendMany = async (count: number) => {
  for (let n = 1; n <= count; n++) await append(n);
};
/** Someone with the database in their hands, whom the trigger does not stop. */
const tamper = async (...statements: string[]) => {
  const client = await core.database.pool.connect();
  await client.query(`set session_replication_role = replica`);
  for (const statement of statements) await client.query(statement);
  await client.query(`set session_replication_role = default`);
  client.release();
};
const verify = (file: string | null = null) => verifyChain(core.db, core.key, file);

test('an empty log is whole', async () => {
  expect(await verify(anchorFile)).toMatchObject({ ok: true, entries: 0 });
});

test('appends from many transactions make one chain without gaps, and a refused one leaves none', async () => {
  const refused = inTransaction(core.db, async (tx) => {
    await core.audit(tx, entry(99));
    throw new Error('the work was refused');
  });
  await Promise.all([...Array.from({ length: 20 }, (_, n) => append(n)), refused.catch(() => undefined)]);

  const rows = await core.db.auditEntry.findMany({ orderBy: { seq: 'asc' } });
  expect(rows.map((row) => row.seq)).toEqual(Array.from({ length: 20 }, (_, n) => n + 1));
  expect(rows[0]?.previousHash).toBe(chainStart);
  expect(rows.every((row, n) => n === 0 || row.previousHash === rows[n - 1]?.hash)).toBe(true);
  expect(rows.every((row, n) => n === 0 || row.at >= (rows[n - 1]?.at ?? row.at))).toBe(true);
  expect(await verify()).toMatchObject({ ok: true, entries: 20 });
});

test('odd and hostile input is kept, without secrets, and raises no alarm', async () => {
  const inputs: unknown[] = [
    {
      text: 'a\u0000b\ud800c',
      big: 1e300,
      small: 5e-324,
      minus: -0,
      none: undefined,
      deep: { list: [1, null, [true]] },
    },
    'only text',
    [1, 2, 3],
    null,
    { ['__proto__']: { polluted: true }, 'key\u0000': 1, $type: 'DateTime', value: 'x', toJSON: 1 },
    { password: 'hunter2hunter2', header: 'Bearer abcdefghijklmnop' },
    { long: 'x'.repeat(100_000) },
    { infinite: Number.POSITIVE_INFINITY, when: new Date(0), id: 10n },
  ];
  for (const [n, input] of inputs.entries()) await append(n, input);

  expect(await verify()).toMatchObject({ ok: true, entries: inputs.length });
  const stored = JSON.stringify(await core.db.auditEntry.findMany());
  expect(stored).not.toContain('hunter2');
  expect(stored).not.toContain('abcdefghijklmnop');
  expect(stored.length).toBeLessThan(20_000);
});

test('an entry cannot be changed or deleted through the database rights of the product', async () => {
  await appendMany(2);

  await expect(core.db.auditEntry.update({ where: { seq: 1 }, data: { outcome: 'other' } })).rejects.toThrow();
  await expect(core.db.auditEntry.delete({ where: { seq: 2 } })).rejects.toThrow();

  expect(await verify()).toMatchObject({ ok: true, entries: 2 });
});

const faults: readonly (readonly [string, readonly string[], string, number])[] = [
  ...['actorName', 'outcome', 'operation', 'correlationId', 'actorType', 'inputDigest', 'previousHash', 'hash'].map(
    (column): readonly [string, readonly string[], string, number] => [
      `a changed ${column}`,
      [`update "AuditEntry" set "${column}" = 'x' where seq = 5`],
      'changed',
      5,
    ],
  ),
  ['a changed input', [`update "AuditEntry" set input = '{"n": 6}' where seq = 5`], 'changed', 5],
  ['a changed time', [`update "AuditEntry" set at = at + interval '1 ms' where seq = 5`], 'changed', 5],
  ['an emptied subject', [`update "AuditEntry" set "subjectId" = null where seq = 5`], 'changed', 5],
  ['a deleted row', [`delete from "AuditEntry" where seq = 5`], 'missing', 5],
  ['a deleted first row', [`delete from "AuditEntry" where seq = 1`], 'missing', 1],
  [
    'a deleted row, the others moved up',
    [
      `delete from "AuditEntry" where seq = 5`,
      ...[6, 7, 8, 9, 10].map((seq) => `update "AuditEntry" set seq = ${seq - 1} where seq = ${seq}`),
      `update "AuditHead" set seq = 9`,
    ],
    'missing',
    5,
  ],
  [
    'two rows changed places',
    [
      `update "AuditEntry" set seq = -1 where seq = 5`,
      `update "AuditEntry" set seq = 5 where seq = 6`,
      `update "AuditEntry" set seq = 6 where seq = -1`,
    ],
    'reordered',
    5,
  ],
  [
    'a row put in between',
    [
      ...[10, 9, 8, 7, 6, 5].map((seq) => `update "AuditEntry" set seq = ${seq + 1} where seq = ${seq}`),
      `insert into "AuditEntry" select 5, at, "actorType", "actorId", "actorName", "onBehalfOf", 'forged', "subjectType", "subjectId", tool,
        "inputDigest", input, outcome, reason, "correlationId", "previousHash", hash from "AuditEntry" where seq = 4`,
    ],
    'inserted',
    5,
  ],
  [
    'a row added at the end',
    [
      `insert into "AuditEntry" select 11, at, "actorType", "actorId", "actorName", "onBehalfOf", 'forged', "subjectType", "subjectId", tool,
        "inputDigest", input, outcome, reason, "correlationId", hash, hash from "AuditEntry" where seq = 10`,
    ],
    'inserted',
    11,
  ],
  ['a cut tail', [`delete from "AuditEntry" where seq > 7`], 'cut', 8],
  [
    'a cut tail with a head to match',
    [
      `delete from "AuditEntry" where seq > 7`,
      `update "AuditHead" set seq = 7, hash = (select hash from "AuditEntry" where seq = 7)`,
    ],
    'cut',
    8,
  ],
  ['an emptied log', [`delete from "AuditEntry"`, `delete from "AuditHead"`], 'cut', 1],
  ['another head', [`update "AuditHead" set hash = 'x'`], 'head', 10],
  ['a head that counts less', [`update "AuditHead" set seq = 9`], 'head', 10],
];

test.each(faults)('%s is found and the first bad row is named', async (_title, statements, fault, seq) => {
  await appendMany(10);
  await writeAnchor(core.db, core.key, anchorFile);
  expect(await verify(anchorFile)).toMatchObject({ ok: true, entries: 10, anchors: 1 });

  await tamper(...statements);

  expect(await verify(anchorFile)).toMatchObject({ ok: false, fault, seq });
});

test('a chain rebuilt with another key is found without anchors, one rebuilt with the key by the anchor', async () => {
  await appendMany(6);
  await writeAnchor(core.db, core.key, anchorFile);
  const rebuild = async (key: Secret) => {
    await tamper(`delete from "AuditEntry" where seq > 2`);
    const last = await core.db.auditEntry.findUniqueOrThrow({ where: { seq: 2 } });
    await tamper(`update "AuditHead" set seq = 2, hash = '${last.hash}'`);
    const audit = createAudit(key, core.log);
    for (let n = 3; n <= 7; n++) await inTransaction(core.db, (tx) => audit(tx, entry(n)));
  };

  await rebuild(core.key);
  expect(await verify()).toMatchObject({ ok: true, entries: 7 });
  expect(await verify(anchorFile)).toMatchObject({ ok: false, fault: 'rebuilt', seq: 6 });

  await rebuild(new Secret('another key of at least so many characters'));
  expect(await verify()).toMatchObject({ ok: false, fault: 'changed', seq: 3 });
});

test('an anchor line is written once per state, survives a torn line, and a forged one is found', async () => {
  await appendMany(2);
  await writeAnchor(core.db, core.key, anchorFile);
  await writeAnchor(core.db, core.key, anchorFile);
  await appendFile(anchorFile, '{"seq":3,"ha');
  await append(3);
  await writeAnchor(core.db, core.key, anchorFile);

  expect(await verify(anchorFile)).toMatchObject({ ok: true, anchors: 2, unreadableAnchorLines: 1 });

  const text = await readFile(anchorFile, 'utf8');
  await writeFile(anchorFile, text.replace('"seq":2', '"seq":1'));
  expect(await verify(anchorFile)).toMatchObject({ ok: false, fault: 'anchor' });
});

test('a log that is being written raises no alarm', async () => {
  await appendMany(5);
  let writing = true;
  const writer = (async () => {
    for (let n = 6; writing; n++) {
      await append(n);
      await writeAnchor(core.db, core.key, anchorFile);
    }
  })();

  for (let n = 0; n < 15; n++) expect(await verify(anchorFile)).toMatchObject({ ok: true });

  writing = false;
  await writer;
});

test('100,000 entries are verified within 10 seconds', async () => {
  const at = new Date('2026-11-24T00:00:00.000Z');
  let previousHash = chainStart;
  for (let from = 1; from <= 100_000; from += 10_000) {
    const rows = Array.from({ length: 10_000 }, (_, i) => {
      const input = { command: 'restart', target: 'payment-api', n: from + i };
      const nothing = { actorId: null, onBehalfOf: null, tool: null, reason: null };
      const row = {
        ...{ seq: from + i, at, actorType: 'user', actorName: 'Jin', operation: 'taskCreate', ...nothing },
        ...{ subjectType: 'Task', subjectId: 'x', inputDigest: 'd', input, outcome: 'done', correlationId: 'c' },
        previousHash,
      };
      const digest = { ...row, input: { ...input, cut: true } };
      const hash = entryHash(core.key, digest);
      previousHash = hash;
      return { ...digest, hash };
    });
    await core.database.pool.query(
      `insert into "AuditEntry" select * from jsonb_populate_recordset(null::"AuditEntry", $1::jsonb)`,
      [JSON.stringify(rows)],
    );
  }
  await core.db.auditHead.create({ data: { id: 1, seq: 100_000, hash: previousHash } });
  const begun = performance.now();

  expect(await verify()).toMatchObject({ ok: true, entries: 100_000 });

  expect(performance.now() - begun).toBeLessThan(10_000);
}, 60_000);
