import { z } from 'zod';
import { canonicalJson } from '../../lib/canonical-json.ts';
import { AppError } from '../../lib/errors.ts';
import { newId } from '../../lib/ids.ts';
import { redactSecrets, redactText } from '../../lib/redact.ts';
import { clip } from '../../lib/text.ts';
import type { AnyTaskDefinition } from '../agents/task.ts';
import { storedObject } from '../audit/stored-json.ts';
import type { Actor, Core } from '../context.ts';
import { inTransaction, type Task, type TaskTrigger, type Tx } from '../db.ts';
import type { AgentRegistry } from './load-agents.ts';
import { missingInputs } from './missing-inputs.ts';
import { sayTask } from './say-task.ts';
import { inLanguage, type Language, words } from './words.ts';

/** A request for one task. The key makes a repeated request the same task. */
export interface StartTask {
  readonly agentId: string;
  readonly taskType: string;
  readonly params: unknown;
  readonly instruction?: string | null;
  readonly trigger: TaskTrigger;
  readonly requestedBy: Actor;
  readonly locale: Language;
  readonly incidentId?: string | null;
  readonly parentId?: string | null;
  readonly workflowId?: string | null;
  readonly conversation?: {
    readonly workspace: string;
    readonly channel: string;
    readonly thread?: string | null;
  } | null;
  /** Inputs that are not known yet are asked for before the work begins, instead of being refused now. */
  readonly asksForMissing?: boolean;
  /** Higher ones are begun first; by its trigger when left out. */
  readonly priority?: number;
  /** Ends as expired when it could not be begun by then. */
  readonly expiresAt?: Date | null;
  readonly idempotencyKey: string;
  readonly correlationId: string;
}

/** What starting needs: the core, and the agents there are. */
export interface TaskStarter extends Core {
  readonly agents: AgentRegistry;
}

/** The task of that key; `repeated` when it was there already. */
export interface StartedTask {
  readonly task: Task;
  readonly repeated: boolean;
}

/** Accepts a task: row, first message and audit entry in one transaction. The sweep hands it to the engine. */
export async function startTask(deps: TaskStarter, request: StartTask): Promise<StartedTask> {
  const started = await inTransaction(deps.db, (tx) => startTaskIn(deps, tx, request));
  if (!started.repeated) {
    deps.wake('tasks', started.task.id);
    deps.wake('notifications');
  }
  return started;
}

/** The same in the caller's transaction; the caller wakes 'tasks' and 'notifications' after its commit. */
export async function startTaskIn(deps: TaskStarter, tx: Tx, request: StartTask): Promise<StartedTask> {
  const definition = deps.agents.task(request.agentId, request.taskType);
  if (definition === null) {
    throw new AppError('NOT_FOUND', inLanguage(words.notReady(request.agentId, request.taskType), request.locale), {
      path: ['input', 'taskType'],
    });
  }
  const input = checkInput(definition, request);
  const incidentId = await incidentOf(tx, request, input.params);
  const id = newId();
  const params = storedObject(redactSecrets(input.params));
  const created = await tx.task.createMany({
    data: [
      {
        id,
        title: clip(
          inLanguage(input.complete ? definition.describe(input.params) : definition.title, request.locale),
          150,
        ),
        agentId: request.agentId,
        taskType: request.taskType,
        params,
        instruction: request.instruction ? redactText(request.instruction) : null,
        trigger: request.trigger,
        requestedByType: request.requestedBy.type,
        requestedById: request.requestedBy.id,
        requestedByName: request.requestedBy.name,
        locale: request.locale,
        idempotencyKey: request.idempotencyKey,
        correlationId: request.correlationId,
        incidentId,
        parentId: request.parentId ?? null,
        workflowId: request.workflowId ?? null,
        priority: request.priority ?? priorities[request.trigger],
        expiresAt: request.expiresAt ?? null,
        workspace: request.conversation?.workspace ?? null,
        channel: request.conversation?.channel ?? null,
        threadTs: request.conversation?.thread ?? null,
      },
    ],
    skipDuplicates: true,
  });
  const task = await tx.task.findUniqueOrThrow({ where: { idempotencyKey: request.idempotencyKey } });
  if (created.count === 0) {
    const same =
      task.agentId === request.agentId &&
      task.taskType === request.taskType &&
      canonicalJson(task.params) === canonicalJson(params);
    if (!same)
      throw new AppError('IDEMPOTENCY_MISMATCH', 'This key was used before for another task.', {
        path: ['input', 'idempotencyKey'],
      });
    return { task, repeated: true };
  }
  await sayTask(tx, task, 'TASK_PROGRESS');
  await deps.audit(tx, {
    actor: request.requestedBy,
    operation: 'taskCreate',
    subject: { type: 'Task', id: task.id },
    input: {
      agentId: task.agentId,
      taskType: task.taskType,
      params,
      trigger: request.trigger,
      incidentId: task.incidentId,
    },
    outcome: 'accepted',
    correlationId: request.correlationId,
  });
  return { task, repeated: false };
}

/** Alerts before people, people before what the clock starts. */
const priorities: Readonly<Record<TaskTrigger, number>> = {
  ALERT: 30,
  CHAT: 20,
  WEB: 20,
  API: 15,
  AGENT: 15,
  WORKFLOW: 10,
  SCHEDULE: 0,
};

/** The input by the task's own schema. What is only missing may be asked for later, if the request says so; what is wrong may not. */
function checkInput(
  definition: AnyTaskDefinition,
  request: StartTask,
): { readonly params: Record<string, unknown>; readonly complete: boolean } {
  const given = paramsSchema.safeParse(request.params ?? {}).data ?? {};
  const input = definition.input.safeParse(given);
  if (input.success) return { params: paramsSchema.parse(input.data), complete: true };
  const missing = missingInputs(definition, given);
  const wrong = input.error.issues.filter(
    (issue) => issue.path.length !== 1 || !missing.includes(String(issue.path[0])),
  );
  if (request.asksForMissing === true && wrong.length === 0) return { params: given, complete: false };
  const path = (wrong[0] ?? input.error.issues[0])?.path ?? [];
  throw new AppError('INVALID_INPUT', z.prettifyError(input.error), { path: ['input', 'params', ...path.map(String)] });
}
const paramsSchema = z.record(z.string(), z.unknown());

const named = z.object({ incident: z.number().int().positive() });

/** The incident a task works on: the one given, else the one its input names by number. */
async function incidentOf(tx: Tx, request: StartTask, input: unknown): Promise<string | null> {
  if (request.incidentId) return request.incidentId;
  const wanted = named.safeParse(input);
  if (!wanted.success) return null;
  const incident = await tx.incident.findUnique({ where: { number: wanted.data.incident }, select: { id: true } });
  if (incident !== null) return incident.id;
  throw new AppError('NOT_FOUND', inLanguage(words.noIncident(wanted.data.incident), request.locale), {
    path: ['input', 'params', 'incident'],
  });
}
