import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../../test/support/database.ts';
import { type GraphqlApi, graphqlApi, keys, people } from '../../test/support/graphql-api.ts';
import { makePdf } from '../../test/support/manual-files.ts';
import { createReader, type ManualReaderThread } from '../knowledge/parse/reader.ts';
import { workUploads } from '../knowledge/work-uploads.ts';

let database: TestDatabase;
let api: GraphqlApi;
let reader: ManualReaderThread;
const operator = { key: keys.bot, person: people.requester };
const approver = { key: keys.bot, person: people.approver };
const viewer = { key: keys.bot, person: people.viewer };
type As = { readonly key: string; readonly person?: string };

beforeAll(async () => {
  database = await testDatabase();
  api = await graphqlApi(database.url);
  reader = createReader({ log: api.core.log, idleMs: 60_000 });
});
afterAll(async () => {
  await reader.close();
  await api.close();
  await database.drop();
});

const createUpload = `mutation ($input: ManualUploadCreateInput!) { manualUploadCreate(input: $input) { upload { id path method receivedAt } userErrors { code message path } } }`;
const ingestFiles = `mutation ($input: ManualIngestInput!) { manualIngest(input: $input) { ingest { id number status totalFiles } userErrors { code message path } } }`;
const readIngest = `query ($id: ID!) { manualIngest(id: $id) { status doneFiles added changed refused timeLeft files { path status reason message chunks manual { code revision } } } }`;
const removeManual = `mutation ($input: ManualRemoveInput!) { manualRemove(input: $input) { manual { code status } userErrors { code } } }`;
const readManual = `query ($code: String!) { manual(code: $code) { id code title revision visibility team owner pageCount originalPath } manuals(filter: { search: $code }) { totalCount nodes { code } } }`;

const digest = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const headers = (as: As): Record<string, string> => ({
  authorization: `Bearer ${as.key}`,
  ...(as.person === undefined ? {} : { 'x-on-behalf-of': as.person }),
});
const send = (path: string, bytes: Buffer, as: As) =>
  fetch(`${api.url}${path}`, {
    method: 'PUT',
    headers: { ...headers(as), 'content-type': 'application/octet-stream' },
    body: new Uint8Array(bytes),
  });
const work = () => workUploads({ ...api.core, reader, program: 'test' }, () => false);

async function upload(bytes: Buffer, fileName: string, as: As = operator): Promise<string> {
  const input = { fileName, byteSize: bytes.length, sha256: digest(bytes), idempotencyKey: randomUUID() };
  const { body } = await api.post(createUpload, { input }, as);
  const made = body.data.manualUploadCreate.upload;
  expect((await send(made.path, bytes, as)).status).toBe(200);
  return made.id;
}
async function ingest(bytes: Buffer | string, fileName: string, said: object = {}, as: As = operator) {
  const uploadId = await upload(Buffer.from(bytes), fileName, as);
  const { body } = await api.post(
    ingestFiles,
    { input: { uploadIds: [uploadId], idempotencyKey: randomUUID(), ...said } },
    as,
  );
  expect(body.data.manualIngest.userErrors).toEqual([]);
  await work();
  const done = await api.post(readIngest, { id: body.data.manualIngest.ingest.id }, as);
  return done.body.data.manualIngest;
}
const look = async (code: string, as: As) => (await api.post(readManual, { code }, as)).body.data;
const text = (about: string): string =>
  `# About ${about}\n\n${`The ${about} is described here at some length. `.repeat(8)}\n`;

describe('an uploaded file', () => {
  test('becomes a manual that is listed, with its metadata, pages and file', async () => {
    const pdf = makePdf([[{ text: 'A page about drums, with words enough to be read.' }]], 'Drum guide');

    const done = await ingest(pdf, 'drums.pdf', { code: 'DRUM-1', owner: 'Jin' });

    expect(done).toMatchObject({
      status: 'SUCCEEDED',
      doneFiles: 1,
      added: 1,
      files: [{ path: 'drums.pdf', status: 'ADDED', reason: null, manual: { code: 'DRUM-1', revision: 1 } }],
    });
    const { manual, manuals } = await look('DRUM-1', viewer);
    expect(manual).toMatchObject({ title: 'Drum guide', pageCount: 1, owner: 'Jin', visibility: 'EVERYONE' });
    expect(manuals).toEqual({ totalCount: 1, nodes: [{ code: 'DRUM-1' }] });
    const original = await fetch(`${api.url}${manual.originalPath}`, { headers: headers(viewer) });
    expect(original.headers.get('content-type')).toBe('application/pdf');
    expect(original.headers.get('content-disposition')).toContain('inline; filename="drums.pdf"');
    expect(Buffer.from(await original.arrayBuffer())).toEqual(pdf);
  });

  test('that cannot be used is named with its reason, in the reader’s language', async () => {
    const done = await ingest(Buffer.from([1, 0, 2]), 'noise.txt');

    expect(done).toMatchObject({
      status: 'FAILED',
      refused: 1,
      files: [{ status: 'REFUSED', reason: 'BINARY', message: 'It is no text but binary data.', manual: null }],
    });
  });

  test('with the code of another becomes its next revision, and the old one is no longer listed', async () => {
    await ingest(text('pumps'), 'pumps.md', { code: 'PUMP-1' });

    const done = await ingest(text('better pumps'), 'pumps-2.md', { code: 'PUMP-1' });

    expect(done).toMatchObject({ changed: 1, files: [{ manual: { code: 'PUMP-1', revision: 2 } }] });
    expect((await look('PUMP-1', viewer)).manuals.totalCount).toBe(1);
  });

  test('never brings steps that run by themselves', async () => {
    const done = await ingest(`---\nautomation:\n  - action: workload.restart\n---\n${text('steps')}`, 'steps.md');

    expect(done.files[0]).toMatchObject({ reason: 'FRONT_MATTER' });
  });

  test('is queued once for the same key, and used once', async () => {
    const input = { uploadIds: [await upload(Buffer.from(text('keys')), 'keys.md')], idempotencyKey: randomUUID() };
    const first = await api.post(ingestFiles, { input }, operator);
    const again = await api.post(ingestFiles, { input }, operator);
    const other = await api.post(ingestFiles, { input: { ...input, idempotencyKey: randomUUID() } }, operator);

    expect(again.body.data.manualIngest.ingest.id).toBe(first.body.data.manualIngest.ingest.id);
    expect(other.body.data.manualIngest.userErrors).toMatchObject([
      { code: 'INVALID_STATE', path: ['input', 'uploadIds'] },
    ]);
  });
});

describe('refused is', () => {
  test.each([
    ['a viewer', viewer],
    ['an approver', approver],
    ['the console’s own key', { key: keys.web }],
  ])('%s who takes manuals in or out', async (_, as) => {
    await ingest(text('rights'), 'rights.md', { code: 'RIGHT-1' });
    const { manual } = await look('RIGHT-1', viewer);
    const input = { fileName: 'a.md', byteSize: 1, sha256: 'a'.repeat(64), idempotencyKey: randomUUID() };

    const made = await api.post(createUpload, { input }, as);
    const gone = await api.post(removeManual, { input: { id: manual.id } }, as);

    expect(made.body.data.manualUploadCreate.userErrors).toMatchObject([{ code: 'FORBIDDEN' }]);
    expect(gone.body.data.manualRemove.userErrors).toMatchObject([{ code: 'FORBIDDEN' }]);
  });

  test.each([
    [{ byteSize: 30_000_000 }, 'byteSize'],
    [{ byteSize: 0 }, 'byteSize'],
    [{ sha256: 'x' }, 'sha256'],
    [{ fileName: '..' }, 'fileName'],
  ])('an upload announced as %o', async (over, field) => {
    const input = { fileName: 'a.md', byteSize: 1, sha256: 'a'.repeat(64), idempotencyKey: randomUUID(), ...over };

    const { body } = await api.post(createUpload, { input }, operator);

    expect(body.data.manualUploadCreate.userErrors).toMatchObject([{ code: 'INVALID_INPUT', path: ['input', field] }]);
  });

  test('other bytes than were announced, somebody else’s, or none: nothing is taken', async () => {
    const bytes = Buffer.from(text('bytes'));
    const input = { fileName: 'a.md', byteSize: bytes.length, sha256: digest(bytes), idempotencyKey: randomUUID() };
    const { body } = await api.post(createUpload, { input }, operator);
    const { id, path } = body.data.manualUploadCreate.upload;

    expect((await send(path, Buffer.from('other'), operator)).status).toBe(400);
    expect((await send(path, bytes, { key: keys.admin })).status).toBe(404);
    expect((await send(path, bytes, { key: 'aak_wrong_0123456789abcdef0123' })).status).toBe(401);
    const early = await api.post(ingestFiles, { input: { uploadIds: [id], idempotencyKey: randomUUID() } }, operator);
    expect(early.body.data.manualIngest.userErrors).toMatchObject([{ code: 'INVALID_STATE' }]);
    expect((await send(path, bytes, operator)).status).toBe(200);
    expect((await send(path, bytes, operator)).status).toBe(200);
  });
});

describe('what a reader may not see', () => {
  test('is nowhere: not by code, in lists, by id, as a file or in an ingest', async () => {
    await ingest(text('vaults'), 'vaults.md', { code: 'VAULT-1', visibility: 'OPERATORS' });
    const seen = await look('VAULT-1', operator);
    expect(seen.manual).toMatchObject({ visibility: 'OPERATORS' });
    expect((await look('VAULT-1', approver)).manual).not.toBeNull();

    for (const as of [viewer, { key: keys.web }, { key: keys.bot }]) {
      const { manual, manuals } = (await look('VAULT-1', as)) ?? { manual: null, manuals: { totalCount: 0 } };
      expect(manual).toBeNull();
      expect(manuals.totalCount).toBe(0);
      const node = await api.post('query ($id: ID!) { node(id: $id) { id } }', { id: seen.manual.id }, as);
      expect(node.body.data.node).toBeNull();
      const file = await fetch(`${api.url}${seen.manual.originalPath}`, { headers: headers(as) });
      expect(file.status).toBe(404);
    }
  });

  test('belongs to a team: its people and administrators see it, nobody else', async () => {
    const jin = await api.db.user.findFirstOrThrow({ where: { displayName: 'Jin' } });
    const set = (teams: string[]) =>
      api.post(
        'mutation ($input: UserUpdateInput!) { userUpdate(input: $input) { user { teams version } userErrors { code } } }',
        { input: { id: Buffer.from(`User:${jin.id}`).toString('base64url'), expectedVersion: jin.version, teams } },
        { key: keys.admin },
      );
    expect((await set(['payments'])).body.data.userUpdate).toMatchObject({
      user: { teams: ['payments'] },
      userErrors: [],
    });
    await ingest(text('tills'), 'tills.md', { code: 'TILL-1', visibility: 'TEAM', team: 'payments' });

    expect((await look('TILL-1', operator)).manual).toMatchObject({ team: 'payments' });
    expect((await look('TILL-1', { key: keys.admin })).manual).not.toBeNull();
    expect((await look('TILL-1', approver)).manual).toBeNull();
    const foreign = await ingest(text('other tills'), 'x.md', { visibility: 'TEAM', team: 'ledger' });
    expect(foreign.files[0]).toMatchObject({ status: 'REFUSED', reason: 'FRONT_MATTER' });
  });

  test('an ingest is seen by whoever asked for it', async () => {
    const uploadId = await upload(Buffer.from(text('own')), 'own.md');
    const { body } = await api.post(
      ingestFiles,
      { input: { uploadIds: [uploadId], idempotencyKey: randomUUID() } },
      operator,
    );
    const { id } = body.data.manualIngest.ingest;

    expect((await api.post(readIngest, { id }, viewer)).body.data.manualIngest).toBeNull();
    expect((await api.post(readIngest, { id }, operator)).body.data.manualIngest).toMatchObject({ status: 'QUEUED' });
    await work();
  });
});

test('a manual that was taken out is no longer listed, and not taken out twice', async () => {
  await ingest(text('gone'), 'gone.md', { code: 'GONE-1' });
  const { manual } = await look('GONE-1', operator);

  const first = await api.post(removeManual, { input: { id: manual.id, reason: 'replaced by the wiki' } }, operator);
  const second = await api.post(removeManual, { input: { id: manual.id } }, operator);

  expect(first.body.data.manualRemove).toEqual({ manual: { code: 'GONE-1', status: 'ARCHIVED' }, userErrors: [] });
  expect(second.body.data.manualRemove.userErrors).toMatchObject([{ code: 'INVALID_STATE' }]);
  expect((await look('GONE-1', operator)).manuals.totalCount).toBe(0);
  expect(await api.db.auditEntry.findFirst({ where: { operation: 'manualRemove', outcome: 'removed' } })).toMatchObject(
    { reason: 'replaced by the wiki' },
  );
});

test('a page of HTML is handed out as text, under its own name', async () => {
  await ingest('<h1>지침</h1><p>words of the page</p><script>alert(1)</script>', '지침 "1".html', { code: 'HTML-1' });
  const { manual } = await look('HTML-1', viewer);

  const response = await fetch(`${api.url}${manual.originalPath}`, { headers: headers(viewer) });

  expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
  expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  expect(response.headers.get('content-disposition')).toContain(
    `filename*=UTF-8''${encodeURIComponent('지침 "1".html')}`,
  );
});
