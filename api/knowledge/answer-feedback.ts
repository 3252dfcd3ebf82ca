import { AppError } from '../../lib/errors.ts';
import { newId } from '../../lib/ids.ts';
import { redactText } from '../../lib/redact.ts';
import type { Core, Viewer } from '../context.ts';
import { type FeedbackVerdict, inTransaction, type ManualAnswer, type ManualFeedback, type ManualGap } from '../db.ts';
import { audited, mayReadAnswer } from './ask-manuals.ts';

type FeedbackDeps = Pick<Core, 'db' | 'audit'>;

async function answerFor(deps: FeedbackDeps, viewer: Viewer, id: string): Promise<ManualAnswer> {
  const row = await deps.db.manualAnswer.findUnique({ where: { id } });
  if (row !== null && mayReadAnswer(viewer, row)) return row;
  throw new AppError('NOT_FOUND', viewer.locale === 'KO' ? '그런 답변이 없습니다.' : 'There is no such answer.');
}

/** What became of a verdict: a first one, another one than before, or the same again. */
export type FeedbackChange = 'new' | 'changed' | 'same';

/** Keeps what a person thinks of an answer: one verdict each, the last one counts. */
export async function giveFeedback(
  deps: FeedbackDeps,
  viewer: Viewer,
  given: { readonly answerId: string; readonly verdict: FeedbackVerdict; readonly note: string | null },
): Promise<{ readonly feedback: ManualFeedback; readonly answer: ManualAnswer; readonly change: FeedbackChange }> {
  const { person } = viewer;
  if (person === null)
    throw new AppError('FORBIDDEN', 'Only a person can say whether an answer is right; a key alone is none.');
  const answer = await answerFor(deps, viewer, given.answerId);
  const id = { answerId_userId: { answerId: answer.id, userId: person.id } };
  const note = given.note === null ? null : redactText(given.note);
  return inTransaction(deps.db, async (tx) => {
    // Two clicks at once wait for each other, so that each knows what it changed.
    await tx.$queryRaw`select pg_advisory_xact_lock(hashtext(${`manual-feedback:${answer.id}:${person.id}`}))::text`;
    const known = await tx.manualFeedback.findUnique({ where: id });
    const feedback = await tx.manualFeedback.upsert({
      where: id,
      create: { answerId: answer.id, userId: person.id, verdict: given.verdict, note },
      // A note that was given stays while the verdict does, when the same button is pressed again without one.
      update: {
        verdict: given.verdict,
        note: note ?? (known?.verdict === given.verdict ? known.note : null),
        updatedAt: new Date(),
      },
    });
    const change = known === null ? 'new' : known.verdict === given.verdict ? 'same' : 'changed';
    await audited(deps, tx, viewer, {
      operation: 'manualFeedbackCreate',
      id: answer.id,
      input: { verdict: given.verdict, note },
      outcome: change,
    });
    return { feedback, answer, change };
  });
}

/** Tells those who look after the manuals that a question has no answer in them. Once an answer; a second report is the same one. */
export async function reportGap(
  deps: FeedbackDeps,
  viewer: Viewer,
  answerId: string,
): Promise<{ readonly gap: ManualGap; readonly answer: ManualAnswer; readonly isNew: boolean }> {
  const answer = await answerFor(deps, viewer, answerId);
  return inTransaction(deps.db, async (tx) => {
    await tx.$queryRaw`select pg_advisory_xact_lock(hashtext(${`manual-gap:${answer.id}`}))::text`;
    const known = await tx.manualGap.findUnique({ where: { answerId: answer.id } });
    if (known !== null) return { gap: known, answer, isNew: false };
    const gap = await tx.manualGap.create({
      data: {
        id: newId(),
        answerId: answer.id,
        question: answer.question,
        locale: answer.locale,
        reportedByType: viewer.actor.type,
        reportedById: viewer.actor.id,
        reportedByName: viewer.actor.name,
      },
    });
    await audited(deps, tx, viewer, {
      operation: 'manualGapReport',
      id: answer.id,
      input: { question: answer.question },
      outcome: 'reported',
    });
    return { gap, answer, isNew: true };
  });
}

/** Closes a gap: the manuals say it now, or never will. */
export async function closeGap(deps: FeedbackDeps, viewer: Viewer, id: string): Promise<ManualGap> {
  return inTransaction(deps.db, async (tx) => {
    const data = { closedAt: new Date(), closedById: viewer.actor.id, closedByName: viewer.actor.name };
    const { count } = await tx.manualGap.updateMany({ where: { id, closedAt: null }, data });
    const gap = await tx.manualGap.findUnique({ where: { id } });
    if (gap === null)
      throw new AppError('NOT_FOUND', viewer.locale === 'KO' ? '그런 항목이 없습니다.' : 'There is no such gap.');
    if (count > 0)
      await audited(deps, tx, viewer, {
        operation: 'manualGapClose',
        id: gap.answerId,
        input: { gap: gap.number },
        outcome: 'closed',
      });
    return gap;
  });
}
