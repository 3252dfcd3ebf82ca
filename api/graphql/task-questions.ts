import { z } from 'zod';
import { toGlobalId } from '../../lib/ids.ts';
import type { Db, TaskQuestion } from '../db.ts';
import { fieldSchema } from '../orchestrator/question-rules.ts';
import type { AwaitedThread, TaskQuestionsView } from './types/task-question.ts';

const answersSchema = z.record(z.string(), z.unknown());
const mostThreads = 200;

/** A stored question as callers read it. */
export function questionsOf(row: TaskQuestion): TaskQuestionsView {
  const answers = answersSchema.catch({}).parse(row.answers);
  return {
    answeredAt: row.answeredAt,
    answeredBy: row.answeredByName,
    expiresAt: row.expiresAt,
    known: row.known,
    fields: z
      .array(fieldSchema)
      .catch([])
      .parse(row.fields)
      .map((field) => ({ ...field, answer: answers[field.name] ?? null })),
  };
}

/**
 * Threads of one workspace in which a task waits for an answer: its own, its incident's, and those under its own messages. The bot asks
 * before it keeps what people write to each other.
 */
export async function awaitedThreads(db: Db, workspace: string): Promise<AwaitedThread[]> {
  const tasks = await db.task.findMany({
    where: { status: 'WAITING_INPUT', OR: [{ workspace }, { incident: { workspace } }] },
    orderBy: { createdAt: 'desc' },
    take: mostThreads,
    select: {
      id: true,
      workspace: true,
      channel: true,
      threadTs: true,
      incident: { select: { workspace: true, channel: true, threadTs: true } },
    },
  });
  const messages = await db.notification.findMany({
    where: { subjectType: 'Task', subjectId: { in: tasks.map((task) => task.id) }, messageTs: { not: null } },
    select: { subjectId: true, workspace: true, chatChannel: true, threadTs: true, messageTs: true },
  });
  const found: AwaitedThread[] = [];
  const add = (taskId: string, at: string | null, channel: string | null, thread: string | null) => {
    if (at === workspace && channel !== null && thread !== null)
      found.push({ taskId: toGlobalId('Task', taskId), channel, thread });
  };
  for (const task of tasks) {
    add(task.id, task.workspace, task.channel, task.threadTs);
    if (task.incident !== null) add(task.id, task.incident.workspace, task.incident.channel, task.incident.threadTs);
  }
  for (const one of messages) add(one.subjectId, one.workspace, one.chatChannel, one.threadTs ?? one.messageTs);
  return found;
}
