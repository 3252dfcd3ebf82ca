import { withTimeout } from '../../lib/deadline.ts';
import { isAppError } from '../../lib/errors.ts';
import type { Bilingual } from '../agents/agent.ts';
import type { ActionRequest, EffectOutcome } from '../agents/task.ts';
import { digestNow } from '../approvals/digest.ts';
import { useApproval } from '../approvals/use.ts';
import { storedObject } from '../audit/stored-json.ts';
import { type Approval, inTransaction, type ProposedAction, type Tx } from '../db.ts';
import { type EffectResult, runEffect } from '../durable/effect.ts';
import { addTimeline } from '../incidents/timeline.ts';
import { moveTask } from './move-task.ts';
import { sayTask } from './say-task.ts';
import { beginStep, endStepIn, type PlanStep, type Recorded, wakeTask } from './step.ts';
import { TaskCancelled, type TaskRun } from './task-run.ts';
import { inLanguage, words } from './words.ts';

type Observed = 'IT_RAN' | 'IT_DID_NOT_RUN' | 'ABANDON';
type ApprovedAction = Approval & { readonly action: ProposedAction };

const lookAgainMs = 3_600_000;

/** Runs exactly the approved call, once, through the journal; waits for a person when its outcome cannot be known. */
export async function carryOut<A>(
  run: TaskRun,
  name: string,
  title: Bilingual,
  approvalId: string,
  request: ActionRequest<A>,
): Promise<EffectOutcome> {
  const { durable } = run.deps;
  const step: PlanStep = { name, title, seq: run.nextSeq(), tool: request.tool.name };
  const recorded = await durable.step(name, () => act(run, step, approvalId, request));
  if (recorded.cancelled) throw new TaskCancelled();
  const result = recorded.value;
  if (result.status === 'done') return { status: 'done', accepted: result.accepted, answer: result.answer };
  if (result.status === 'drifted') return { status: 'drifted', reason: result.reason };
  for (let round = 0; ; round++) {
    await durable.receive(`outcome:${result.effectId}`, lookAgainMs);
    const answer = await durable.step(`${name}:outcome:${round}`, () => readAnswer(run, step, result.effectId));
    if (answer !== null) return { status: 'unknown', ...answer };
  }
}

async function act<A>(
  run: TaskRun,
  step: PlanStep,
  approvalId: string,
  request: ActionRequest<A>,
): Promise<Recorded<EffectResult>> {
  const { deps, task } = run;
  const { tool } = request;
  const key = `${approvalId}:${step.name}`;
  // What has begun is settled first, whoever asked for the end meanwhile.
  const begun = (await deps.db.effect.findUnique({ where: { key }, select: { id: true } })) !== null;
  if (!(await beginStep(run, step, !begun))) return { cancelled: true };
  const approval = await deps.db.approval.findUniqueOrThrow({ where: { id: approvalId }, include: { action: true } });
  const args = tool.args.parse(request.args);
  const shown = tool.describe(args, deps.ports);
  const limited = <T>(work: (signal: AbortSignal) => Promise<T>) => withTimeout(work, tool.timeoutMs, shown.target);
  let digest = '';
  const result = await runEffect(
    deps,
    {
      key,
      approvalId,
      actionId: approval.actionId,
      taskId: task.id,
      step: step.name,
      target: shown.target,
      correlationId: task.correlationId,
    },
    {
      precondition: async () => {
        try {
          const precondition = await limited((signal) => tool.precondition(args, deps.ports, signal));
          digest = digestNow(approval, {
            tool: tool.name,
            target: shown.target,
            arguments: storedObject(args),
            precondition: storedObject(precondition),
          });
          return digest === approval.digest ? null : inLanguage(words.targetChanged, task.locale);
        } catch (error) {
          if (!isAppError(error) || error.code === 'UNAVAILABLE') throw error;
          return inLanguage(words.targetSilent(error.message), task.locale);
        }
      },
      guard: async (tx) => {
        const refused = await useApproval(tx, { approvalId, digestNow: digest });
        if (refused !== null) return refused;
        await tx.proposedAction.update({ where: { id: approval.actionId }, data: { outcome: 'RUNNING' } });
        await auditEffect(run, tx, approval, 'intent', null);
        return null;
      },
      perform: (callKey) => limited((signal) => tool.perform(args, callKey, deps.ports, signal)),
      ...(tool.check === undefined
        ? {}
        : {
            check: (callKey: string) =>
              limited(
                (signal) => tool.check?.(args, callKey, deps.ports, signal) ?? Promise.resolve('unknown' as const),
              ),
          }),
      honoursKeys: tool.honoursKey,
    },
  );
  await inTransaction(deps.db, (tx) => record(run, tx, step, approval, result));
  wakeTask(run);
  if (task.incidentId !== null) deps.wake('incident', task.incidentId);
  return { cancelled: false, value: result };
}

async function record(
  run: TaskRun,
  tx: Tx,
  step: PlanStep,
  approval: ApprovedAction,
  result: EffectResult,
): Promise<void> {
  const { task } = run;
  const { action } = approval;
  const told = ((): { status: 'SUCCEEDED' | 'FAILED' | 'SKIPPED' | 'OUTCOME_UNKNOWN'; text: string } => {
    switch (result.status) {
      case 'done':
        return { status: result.accepted ? 'SUCCEEDED' : 'FAILED', text: result.answer };
      case 'drifted':
        return { status: 'SKIPPED', text: inLanguage(words.drifted(result.reason), task.locale) };
      case 'unknown':
        return { status: 'OUTCOME_UNKNOWN', text: inLanguage(words.unknown, task.locale) };
      default:
        return result satisfies never;
    }
  })();
  await endStepIn(tx, run, step, { status: told.status, summary: told.text });
  if (task.incidentId !== null) {
    await addTimeline(tx, {
      incidentId: task.incidentId,
      kind: 'ACTION',
      actor: agentActor(run),
      text: `${action.title}: ${told.text}`,
      subject: { type: 'ProposedAction', id: action.id },
      onceKey: `effect:${approval.id}:${step.name}:${result.status}`,
    });
  }
  if (result.status === 'unknown') {
    await moveTask(tx, task.id, 'OUTCOME_UNKNOWN');
    await tx.proposedAction.update({ where: { id: action.id }, data: { outcome: 'UNKNOWN' } });
    await sayTask(tx, task, 'OUTCOME_UNKNOWN', { broadcast: true });
  } else {
    if (result.status === 'done' && !result.accepted) {
      await tx.proposedAction.update({ where: { id: action.id }, data: { outcome: 'FAILED' } });
    }
    await sayTask(tx, task, 'ACTION_RESULT');
  }
  const outcome = result.status === 'done' ? (result.accepted ? 'accepted' : 'refused') : result.status;
  await auditEffect(run, tx, approval, outcome, told.text);
}

async function readAnswer(
  run: TaskRun,
  step: PlanStep,
  effectId: string,
): Promise<{ observed: Observed; note: string } | null> {
  const { deps, task } = run;
  const effect = await deps.db.effect.findUniqueOrThrow({ where: { id: effectId } });
  const observed = effect.observed;
  if (effect.resolvedAt === null || (observed !== 'IT_RAN' && observed !== 'IT_DID_NOT_RUN' && observed !== 'ABANDON'))
    return null;
  const note = effect.note ?? '';
  await inTransaction(deps.db, async (tx) => {
    await moveTask(tx, task.id, 'RUNNING');
    await tx.effect.updateMany({ where: { id: effectId, signalledAt: null }, data: { signalledAt: new Date() } });
    await tx.proposedAction.update({
      where: { id: effect.actionId },
      data: { outcome: observed === 'IT_RAN' ? 'RUNNING' : observed === 'IT_DID_NOT_RUN' ? 'NOT_RUN' : 'UNKNOWN' },
    });
    await endStepIn(tx, run, step, {
      status: observed === 'IT_RAN' ? 'SUCCEEDED' : 'FAILED',
      summary: inLanguage(words.observed(observed, note), task.locale),
    });
    await sayTask(tx, task, 'OUTCOME_UNKNOWN');
  });
  wakeTask(run);
  return { observed, note };
}

/** The agent at work, as the record names it. */
export function agentActor(run: TaskRun): { readonly type: 'automation'; readonly id: null; readonly name: string } {
  return { type: 'automation', id: null, name: `agent:${run.task.agentId}` };
}

function auditEffect(
  run: TaskRun,
  tx: Tx,
  approval: ApprovedAction,
  outcome: string,
  reason: string | null,
): Promise<void> {
  return run.deps.audit(tx, {
    actor: agentActor(run),
    operation: 'effect',
    subject: { type: 'Approval', id: approval.id },
    tool: approval.action.tool,
    input: { target: approval.action.target, arguments: approval.action.arguments, digest: approval.digest },
    outcome,
    reason,
    correlationId: run.task.correlationId,
  });
}
