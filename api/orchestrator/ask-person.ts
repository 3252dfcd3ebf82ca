import { z } from 'zod';
import { derivedId } from '../../lib/ids.ts';
import { redactText } from '../../lib/redact.ts';
import type { Bilingual } from '../agents/agent.ts';
import type { Answered, QuestionRequest } from '../agents/question.ts';
import type { Json } from '../agents/task.ts';
import { storedJson } from '../audit/stored-json.ts';
import { databaseNow, inTransaction } from '../db.ts';
import { moveTask } from './move-task.ts';
import type { QuestionField } from './question-rules.ts';
import { sayTask } from './say-task.ts';
import { beginStep, endStepIn, type PlanStep, wakeTask } from './step.ts';
import { TaskCancelled, TaskExpired, type TaskRun } from './task-run.ts';
import { inLanguage, words } from './words.ts';

type Asked =
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'asked'; readonly questionId: string; readonly waitMs: number };
type Reading =
  | { readonly kind: 'waiting' | 'cancelled' | 'expired' }
  | { readonly kind: 'answered'; readonly answered: Answered };

const dayMs = 86_400_000;
const waitsUsuallyMs = 7 * dayMs;
const lookAgainMs = 3_600_000;

/** Asks a person and waits, through restarts. The answers are always read from the row, never from the message. */
export async function askPerson(
  run: TaskRun,
  name: string,
  title: Bilingual,
  request: QuestionRequest,
): Promise<Answered> {
  const step: PlanStep = { name, title, seq: run.nextSeq() };
  const asked = await run.deps.durable.step(`${name}:ask`, () => ask(run, step, request));
  if (asked.kind === 'cancelled') throw new TaskCancelled();
  for (let round = 0; ; round++) {
    await run.deps.durable.receive(`question:${asked.questionId}`, Math.min(asked.waitMs, lookAgainMs));
    const now = await run.deps.durable.step(`${name}:answer:${round}`, () => readAnswers(run, step, asked.questionId));
    switch (now.kind) {
      case 'waiting':
        break;
      case 'cancelled':
        throw new TaskCancelled();
      case 'expired':
        throw new TaskExpired();
      case 'answered':
        return now.answered;
      default:
        return now satisfies never;
    }
  }
}

async function ask(run: TaskRun, step: PlanStep, request: QuestionRequest): Promise<Asked> {
  const { deps, task } = run;
  if (!(await beginStep(run, step))) return { kind: 'cancelled' };
  const say = (text: Bilingual) => inLanguage(text, task.locale);
  const fields: QuestionField[] = request.questions.map(({ name, label, reason, schema }) => ({
    name,
    label: say(label),
    reason: say(reason),
    schema: z.record(z.string(), z.unknown()).parse(z.toJSONSchema(schema, { io: 'input' })),
  }));
  const stepKey = `${task.id}:${step.name}`;
  const id = derivedId('question', stepKey);
  const waitMs = request.expiresInMs ?? waitsUsuallyMs;
  await inTransaction(deps.db, async (tx) => {
    const now = await databaseNow(tx);
    const { count } = await tx.taskQuestion.createMany({
      data: [
        {
          id,
          taskId: task.id,
          stepKey,
          fields: storedJson(fields) ?? [],
          known: request.known === undefined ? null : redactText(say(request.known)),
          answers: {},
          askedAt: now,
          expiresAt: new Date(now.getTime() + waitMs),
        },
      ],
      skipDuplicates: true,
    });
    if (count === 0) return;
    await moveTask(tx, task.id, 'WAITING_INPUT');
    await endStepIn(tx, run, step, { status: 'RUNNING', summary: say(words.waitsForAnswer) });
    await sayTask(tx, task, 'TASK_QUESTION', { fresh: true });
  });
  wakeTask(run);
  return { kind: 'asked', questionId: id, waitMs };
}

async function readAnswers(run: TaskRun, step: PlanStep, questionId: string): Promise<Reading> {
  const { deps, task } = run;
  const reading = await inTransaction(deps.db, async (tx): Promise<Reading> => {
    const question = await tx.taskQuestion.findUniqueOrThrow({
      where: { id: questionId },
      include: { task: { select: { cancelRequested: true } } },
    });
    if (question.task.cancelRequested) return { kind: 'cancelled' };
    const now = await databaseNow(tx);
    if (question.answeredAt === null) {
      if (question.expiresAt === null || question.expiresAt.getTime() > now.getTime()) return { kind: 'waiting' };
      await endStepIn(tx, run, step, { status: 'SKIPPED', summary: inLanguage(words.notAnswered, task.locale) });
      return { kind: 'expired' };
    }
    await moveTask(tx, task.id, 'RUNNING');
    await tx.taskQuestion.updateMany({ where: { id: questionId, signalledAt: null }, data: { signalledAt: now } });
    const by = question.answeredByName ?? '';
    await endStepIn(tx, run, step, { status: 'SUCCEEDED', summary: inLanguage(words.answeredBy(by), task.locale) });
    return { kind: 'answered', answered: { answers: asAnswers(question.answers), by } };
  });
  if (reading.kind !== 'waiting') wakeTask(run);
  return reading;
}

function asAnswers(value: unknown): { readonly [name: string]: Json } {
  return JSON.parse(JSON.stringify(value ?? {}));
}
