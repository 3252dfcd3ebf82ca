import { AppError } from '../../lib/errors.ts';
import { derivedId } from '../../lib/ids.ts';
import { redactText } from '../../lib/redact.ts';
import type { Core, Viewer } from '../context.ts';
import { inTransaction, type Locale, type ManualAnswer, type ManualAudience, type Tx } from '../db.ts';
import type { Llm } from '../ports/llm.ts';
import { type AnswerNote, type MadeAnswer, manualAnswer } from './answer.ts';
import type { FindPassages } from './find-passages.ts';
import { isHangul } from './plain-rules.ts';
import { readable, storedAnswer } from './stored-answer.ts';
import { maySee, readerOf, sharedReader } from './visibility-rules.ts';

/** What the answering functions need. */
export interface AnswerDeps extends Pick<Core, 'db' | 'log' | 'audit'> {
  readonly findPassages: FindPassages;
  readonly llm: Llm;
  readonly onAnswer: (made: { readonly mode: string; readonly dropped: number }) => void;
}

export interface ManualQuestion {
  readonly question: string;
  /** Language of the answer; the question's own, else the asker's, when not given. */
  readonly locale: Locale | null;
  readonly audience: ManualAudience;
  readonly system: string | null;
  /** Makes the answer single. */
  readonly key: string;
}

/** The one who asks, as rows name them. */
const askerOf = ({ actor }: Viewer) => ({
  askedByType: actor.type,
  askedById: actor.id,
  askedByName: actor.name,
});

/** The id a key leads to: the same request makes the same answer, whoever carries it out. */
const answerId = (viewer: Viewer, operation: string, key: string): string =>
  derivedId(`manual-answer:${operation}:${viewer.key?.id ?? viewer.actor.id ?? viewer.actor.name}`, key);

/** Answers a question and keeps the answer. In a place that everybody sees, only what everybody may see is looked at. */
export async function askManuals(deps: AnswerDeps, viewer: Viewer, ask: ManualQuestion): Promise<ManualAnswer> {
  const question = redactText(ask.question);
  const locale = ask.locale ?? (isHangul(question) ? 'KO' : viewer.locale);
  const made = await manualAnswer(deps, {
    question,
    answerLocale: locale,
    reader: ask.audience === 'EVERYONE' ? sharedReader : readerOf(viewer),
    system: ask.system,
  });
  const id = answerId(viewer, 'ask', ask.key);
  const row = await keep(deps, viewer, {
    ...dataOf(made),
    ...askerOf(viewer),
    id,
    question,
    locale,
    audience: ask.audience,
    systemName: ask.system,
    sharedFromId: null,
    operation: 'manualAsk',
  });
  deps.onAnswer({ mode: made.mode, dropped: made.dropped });
  return row;
}

function dataOf(made: MadeAnswer) {
  return {
    mode: made.mode,
    note: made.note,
    sentences: made.sentences.map(({ text, refs }) => ({ text: redactText(text), refs: [...refs] })),
    citations: made.citations.map((one) => ({
      ...one,
      sectionPath: [...one.sectionPath],
      highlights: one.highlights.map(({ start, end }) => ({ start, end })),
    })),
    dropped: made.dropped,
    degraded: made.degraded,
    model: made.model,
    tookMs: made.tookMs,
  };
}
type Kept = ReturnType<typeof dataOf> &
  ReturnType<typeof askerOf> & {
    readonly id: string;
    readonly question: string;
    readonly locale: Locale;
    readonly audience: ManualAudience;
    readonly systemName: string | null;
    readonly sharedFromId: string | null;
    readonly operation: string;
  };

async function keep(deps: AnswerDeps, viewer: Viewer, { operation, ...data }: Kept): Promise<ManualAnswer> {
  return inTransaction(deps.db, async (tx) => {
    // Two requests with one key at the same moment: the second finds what the first made.
    await tx.$queryRaw`select pg_advisory_xact_lock(hashtext(${`manual-answer:${data.id}`}))::text`;
    const known = await tx.manualAnswer.findUnique({ where: { id: data.id } });
    if (known !== null) return known;
    const row = await tx.manualAnswer.create({ data });
    await audited(deps, tx, viewer, {
      operation,
      id: row.id,
      input: { question: data.question, audience: data.audience, sharedFromId: data.sharedFromId },
      outcome: data.mode.toLowerCase(),
    });
    return row;
  });
}

/** One entry of the audit log about an answer. */
export function audited(
  deps: Pick<Core, 'audit'>,
  tx: Tx,
  viewer: Viewer,
  entry: { readonly operation: string; readonly id: string; readonly input: unknown; readonly outcome: string },
): Promise<void> {
  return deps.audit(tx, {
    actor: viewer.actor,
    onBehalfOf: viewer.key === null ? null : `key:${viewer.key.name}`,
    operation: entry.operation,
    subject: { type: 'ManualAnswer', id: entry.id },
    input: entry.input,
    outcome: entry.outcome,
    correlationId: viewer.correlationId,
  });
}

/** Whether the viewer may see this answer: the one who asked, administrators, and everybody when it was made for everybody. */
export function mayReadAnswer(
  viewer: Viewer,
  row: Pick<ManualAnswer, 'audience' | 'askedByType' | 'askedById'>,
): boolean {
  if (row.audience === 'EVERYONE' || viewer.permissions.has('USER_ADMIN')) return true;
  return row.askedByType === viewer.actor.type && row.askedById !== null && row.askedById === viewer.actor.id;
}

/** The notes that fit an answer of which less is left. */
const noteLeft = (note: string | null): AnswerNote | null => {
  const known: readonly AnswerNote[] = ['NO_MODEL', 'MODEL_FAILED', 'NOTHING_SUPPORTED', 'MODEL_SILENT'];
  return known.find((one) => one === note) ?? null;
};

/**
 * Makes the version of an answer that everybody in a place may see: passages of manuals for everybody, and sentences that rest on them
 * alone. Refused when nothing is left. The question becomes public by it, so only the asker shares.
 */
export async function shareAnswer(
  deps: AnswerDeps,
  viewer: Viewer,
  share: { readonly answerId: string; readonly key: string },
): Promise<ManualAnswer> {
  const row = await deps.db.manualAnswer.findUnique({ where: { id: share.answerId } });
  const isAsker = row !== null && row.askedByType === viewer.actor.type && row.askedById === viewer.actor.id;
  if (row === null || (!isAsker && row.audience !== 'EVERYONE'))
    throw new AppError('NOT_FOUND', viewer.locale === 'KO' ? '그런 답변이 없습니다.' : 'There is no such answer.');
  if (row.audience === 'EVERYONE') return row;
  const answer = storedAnswer(row);
  const manuals = await deps.db.manual.findMany({
    where: { id: { in: answer.citations.map(({ manualId }) => manualId) }, removedAt: null },
    select: { id: true, visibility: true, team: true },
  });
  const open = new Set(manuals.filter((manual) => maySee(sharedReader, manual)).map(({ id }) => id));
  const left = readable(answer, (manualId) => open.has(manualId));
  const shown = left.citations.filter((one) => one.shown);
  if (row.mode !== 'NOT_FOUND' && shown.length === 0)
    throw new AppError(
      'POLICY_REFUSED',
      viewer.locale === 'KO'
        ? '이 답변은 모두가 볼 수 없는 매뉴얼에서 나왔으므로 공유하지 않았습니다.'
        : 'This answer rests on manuals that not everybody may see, so it was not shared.',
    );
  const isWritten = row.mode === 'WRITTEN' && left.sentences.length > 0;
  return keep(deps, viewer, {
    ...askerOf(viewer),
    id: answerId(viewer, 'share', share.key),
    question: row.question,
    locale: row.locale,
    audience: 'EVERYONE',
    mode: row.mode === 'WRITTEN' && !isWritten ? 'PASSAGES' : row.mode,
    note: noteLeft(row.note),
    sentences: left.sentences.map(({ text, refs }) => ({ text, refs: [...refs] })),
    citations: left.citations.map((one) => ({
      ...one,
      sectionPath: [...one.sectionPath],
      highlights: [...one.highlights],
    })),
    dropped: row.dropped,
    degraded: row.degraded,
    model: isWritten ? row.model : null,
    tookMs: row.tookMs,
    systemName: row.systemName,
    sharedFromId: row.id,
    operation: 'manualAnswerShare',
  });
}
