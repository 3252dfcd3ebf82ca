import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { ResultOf } from 'gql.tada';
import { isAppError } from '../lib/errors.ts';
import { withBlockIds } from './blocks/elements.ts';
import { type LearnedFile, learnMessage } from './blocks/manual-learn.ts';
import type { InboundOf } from './inbound.ts';
import { manualIngest, manualIngestQuery, manualUploadCreate } from './operations.ts';
import type { Session } from './session.ts';
import type { Place } from './slack-client.ts';

const mostFiles = 10;
/** What the api takes at most; it checks again, and says more. */
const mostBytes = 20_000_000;
const lookEveryMs = 700;
const editEveryMs = 3_000;
const watchForMs = 120_000;
type Ingest = NonNullable<ResultOf<typeof manualIngestQuery>['manualIngest']>;

/**
 * Takes the files of a message into the manuals: fetched from Slack, stored by the api, read by a worker. One message in the thread tells
 * how it goes. Everything is keyed by the delivery, so that another bot may carry it out again.
 */
export async function learnManuals(session: Session, inbound: InboundOf<'file-shared'>): Promise<void> {
  const place = { channel: inbound.channel, thread: inbound.thread ?? inbound.message };
  const wanted = inbound.files.slice(0, mostFiles);
  const out = inbound.files.length - wanted.length;
  const files: LearnedFile[] = [];
  const uploads: string[] = [];
  for (const id of wanted) {
    const { file, upload } = await takeFile(session, id);
    files.push(file);
    if (upload !== null) uploads.push(upload);
  }
  const said = await openMessage(session, place);
  const show = async (ingest: Ingest | null, isEnd: boolean): Promise<void> => {
    await said(learnMessage(session.scene, files, ingest, { out, isEnd }));
  };
  await show(null, false);
  if (uploads.length === 0) return;
  const { manualIngest: queued } = await session.api.call(
    manualIngest,
    { input: { uploadIds: uploads, idempotencyKey: session.key } },
    { retry: true, timeoutMs: 10_000 },
  );
  const refused = queued.userErrors[0]?.message;
  if (queued.ingest === null || refused !== undefined) {
    const failed = files.map((file) => ({ ...file, problem: file.problem ?? refused ?? session.t.manual.fileGone }));
    await said(learnMessage(session.scene, failed, null, { out, isEnd: true }));
    return;
  }
  await watch(session, queued.ingest.id, show);
}

/** One file from Slack into the api; what went wrong is said beside its name. */
async function takeFile(
  session: Session,
  id: string,
): Promise<{ readonly file: LearnedFile; readonly upload: string | null }> {
  const m = session.t.manual;
  const info = await session.slack.fileInfo(id);
  const failed = (name: string, problem: string) => ({ file: { name, problem }, upload: null });
  if (!info.ok) return failed(id, m.fileGone);
  const { name, mediaType } = info.value;
  const got = await session.slack.download(info.value, mostBytes);
  if (!got.ok)
    switch (got.reason) {
      case 'too-large':
        return failed(name, m.fileTooLarge(mostBytes / 1_000_000));
      case 'foreign':
        return failed(name, m.fileForeign);
      case 'sign-in':
        return failed(name, m.fileLogin);
      default:
        return failed(name, m.fileGone);
    }
  const sha256 = createHash('sha256').update(got.bytes).digest('hex');
  const { manualUploadCreate: answer } = await session.api.call(
    manualUploadCreate,
    {
      input: {
        fileName: name,
        mediaType,
        byteSize: got.bytes.length,
        sha256,
        idempotencyKey: `${session.key}:${id}`,
      },
    },
    { retry: true, timeoutMs: 10_000 },
  );
  const refused = answer.userErrors[0]?.message;
  if (answer.upload === null || refused !== undefined) return failed(name, refused ?? m.fileGone);
  try {
    await session.api.put(answer.upload.path, got.bytes);
  } catch (error) {
    if (!isAppError(error) || error.code === 'UNAVAILABLE') throw error;
    return failed(name, error.message);
  }
  return { file: { name, problem: null }, upload: answer.upload.id };
}

/** Posts the message at the first use and edits it after; one that an earlier try has posted is edited. */
async function openMessage(session: Session, place: Place) {
  const { slack } = session;
  const mark = { notification: session.key, revision: 1, subject: null };
  const before = await slack.find(place, session.key, 0);
  let ts = before.ok ? (before.value[0]?.ts ?? null) : null;
  let last = '';
  return async (message: ReturnType<typeof learnMessage>): Promise<void> => {
    const text = JSON.stringify(message);
    if (text === last) return;
    last = text;
    const drawn = withBlockIds(message, `learn.${Date.now().toString(36)}`);
    const answer =
      ts === null ? await slack.post(place, drawn, mark, false) : await slack.update(place.channel, ts, drawn, mark);
    if (answer.ok) ts = answer.value;
    else session.log.info({ kind: answer.kind }, 'progress of files could not be shown');
  };
}

async function watch(
  session: Session,
  id: string,
  show: (ingest: Ingest | null, isEnd: boolean) => Promise<void>,
): Promise<void> {
  const begun = performance.now();
  let editedAt = begun;
  for (;;) {
    const { manualIngest: ingest } = await session.api.call(manualIngestQuery, { id });
    const isOver = ingest === null || !['QUEUED', 'RUNNING'].includes(ingest.status);
    const isLate = performance.now() - begun > watchForMs;
    if (isOver || isLate || performance.now() - editedAt > editEveryMs) {
      editedAt = performance.now();
      await show(ingest, isOver || isLate);
    }
    if (isOver || isLate) return;
    await delay(lookEveryMs);
  }
}
