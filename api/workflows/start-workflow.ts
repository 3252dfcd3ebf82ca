import { z } from 'zod';
import { canonicalJson } from '../../lib/canonical-json.ts';
import { AppError } from '../../lib/errors.ts';
import { derivedId, newId } from '../../lib/ids.ts';
import { redactSecrets } from '../../lib/redact.ts';
import { clip } from '../../lib/text.ts';
import { storedJson, storedObject } from '../audit/stored-json.ts';
import type { Actor, Core } from '../context.ts';
import { databaseNow, inTransaction, type Tx, type Workflow } from '../db.ts';
import { refusePlan, type WorkflowRegistry } from './load-workflows.ts';
import type { Plan } from './plan-rules.ts';
import { sayWorkflow } from './say.ts';
import { inLanguage, words } from './words.ts';

/** A request for one workflow: a definition by name, or a plan as data. The key makes a repeated request the same workflow. */
export interface StartWorkflow {
  readonly definition: string | null;
  readonly plan: unknown;
  readonly params: unknown;
  readonly requestedBy: Actor;
  readonly locale: 'KO' | 'EN';
  readonly incidentId?: string | null;
  readonly scheduledFor?: Date | null;
  readonly conversation?: {
    readonly workspace: string;
    readonly channel: string;
    readonly thread?: string | null;
  } | null;
  readonly idempotencyKey: string;
  readonly correlationId: string;
}

export interface WorkflowStarter extends Core {
  readonly workflows: WorkflowRegistry;
}

const inputSchema = z.record(z.string(), z.unknown());

/** What would run: checked, nothing is written. Throws INVALID_INPUT with every problem named. */
export function planOf(
  deps: Pick<WorkflowStarter, 'workflows'>,
  request: Pick<StartWorkflow, 'definition' | 'plan' | 'params' | 'locale'>,
): { readonly name: string; readonly title: string; readonly plan: Plan; readonly params: Record<string, unknown> } {
  const { definition, locale } = request;
  const hasPlan = request.plan !== null && request.plan !== undefined;
  if ((definition === null) !== hasPlan)
    throw new AppError('INVALID_INPUT', inLanguage(words.oneOf, locale), { path: ['input', 'definition'] });
  const given = inputSchema.safeParse(request.params ?? {});
  if (!given.success) throw new AppError('INVALID_INPUT', 'must be an object', { path: ['input', 'params'] });
  if (definition === null) {
    const read = deps.workflows.read(request.plan);
    if ('problems' in read) return refusePlan(read.problems);
    return { name: 'plan', title: read.plan.title, plan: read.plan, params: given.data };
  }
  const known = deps.workflows.get(definition);
  if (known === null)
    throw new AppError('NOT_FOUND', inLanguage(words.noDefinition(definition), locale), {
      path: ['input', 'definition'],
    });
  const input = known.input.safeParse(given.data);
  if (!input.success)
    throw new AppError('INVALID_INPUT', z.prettifyError(input.error), {
      path: ['input', 'params', ...(input.error.issues[0]?.path ?? []).map(String)],
    });
  return { name: known.name, title: inLanguage(known.title, locale), plan: known.plan, params: input.data };
}

/** Accepts a workflow: row, steps, first message and audit entry in one transaction. The sweep hands it to the engine when it is due. */
export async function startWorkflow(
  deps: WorkflowStarter,
  request: StartWorkflow,
): Promise<{ readonly workflow: Workflow; readonly repeated: boolean }> {
  const started = await inTransaction(deps.db, (tx) => startWorkflowIn(deps, tx, request));
  if (!started.repeated) {
    deps.wake('tasks', started.workflow.id);
    deps.wake('notifications');
  }
  return started;
}

/** The same in the caller's transaction; the caller wakes 'tasks' and 'notifications' after its commit. */
export async function startWorkflowIn(
  deps: WorkflowStarter,
  tx: Tx,
  request: StartWorkflow,
): Promise<{ readonly workflow: Workflow; readonly repeated: boolean }> {
  const { name, title, plan, params } = planOf(deps, request);
  const id = newId();
  const now = await databaseNow(tx);
  const later = request.scheduledFor && request.scheduledFor.getTime() > now.getTime() ? request.scheduledFor : null;
  const kept = storedObject(redactSecrets(params));
  const created = await tx.workflow.createMany({
    data: [
      {
        id,
        definition: name,
        title: clip(title, 150),
        status: later === null ? 'QUEUED' : 'SCHEDULED',
        params: kept,
        plan: storedObject(redactSecrets(storedObject({ ...plan, steps: [...plan.steps] }))),
        incidentId: request.incidentId ?? null,
        requestedByType: request.requestedBy.type,
        requestedById: request.requestedBy.id,
        requestedByName: request.requestedBy.name,
        locale: request.locale,
        correlationId: request.correlationId,
        workspace: request.conversation?.workspace ?? null,
        channel: request.conversation?.channel ?? null,
        threadTs: request.conversation?.thread ?? null,
        scheduledFor: later,
        idempotencyKey: request.idempotencyKey,
      },
    ],
    skipDuplicates: true,
  });
  const workflow = await tx.workflow.findUniqueOrThrow({ where: { idempotencyKey: request.idempotencyKey } });
  if (created.count === 0) {
    if (workflow.definition !== name || canonicalJson(workflow.params) !== canonicalJson(kept))
      throw new AppError('IDEMPOTENCY_MISMATCH', 'This key was used before for another workflow.', {
        path: ['input', 'idempotencyKey'],
      });
    return { workflow, repeated: true };
  }
  await tx.workflowStep.createMany({
    data: plan.steps.map((step, seq) => ({
      id: derivedId('workflow-step', `${id}:${step.name}`),
      workflowId: id,
      seq,
      name: step.name,
      title: clip(inLanguage(step.title, request.locale), 150),
      mode: step.mode,
    })),
  });
  await sayWorkflow(tx, workflow);
  await deps.audit(tx, {
    actor: request.requestedBy,
    operation: 'workflowStart',
    subject: { type: 'Workflow', id },
    input: {
      definition: name,
      params: kept,
      steps: storedJson(plan.steps.map((step) => `${step.agentId}.${step.taskType}`)),
    },
    outcome: 'accepted',
    correlationId: request.correlationId,
  });
  return { workflow, repeated: false };
}
