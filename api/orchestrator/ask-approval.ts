import { withTimeout } from '../../lib/deadline.ts';
import { isAppError } from '../../lib/errors.ts';
import type { Bilingual } from '../agents/agent.ts';
import type { ActionRequest, ApprovalOutcome } from '../agents/task.ts';
import { expireApprovals } from '../approvals/expire.ts';
import { requestApproval } from '../approvals/request.ts';
import { inTransaction } from '../db.ts';
import { moveTask } from './move-task.ts';
import { beginStep, endStepIn, type PlanStep, type StepEnd, wakeTask } from './step.ts';
import { TaskCancelled, type TaskRun } from './task-run.ts';
import { inLanguage, words } from './words.ts';

type Asked =
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'asked'; readonly approvalId: string; readonly waitMs: number };
type Decided =
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'waiting' }
  | { readonly kind: 'decided'; readonly outcome: ApprovalOutcome };

const lookAgainMs = 15_000;

/** Asks for a decision on one exact call and waits for it, through restarts. The decision is always read from the row, never from the message. */
export async function askApproval<A>(
  run: TaskRun,
  name: string,
  title: Bilingual,
  action: ActionRequest<A>,
): Promise<ApprovalOutcome> {
  const step: PlanStep = { name, title, seq: run.nextSeq(), tool: action.tool.name };
  const asked = await run.deps.durable.step(`${name}:ask`, () => ask(run, step, action));
  if (asked.kind === 'cancelled') throw new TaskCancelled();
  if (asked.kind === 'refused') return { decision: 'refused', reason: asked.reason };
  for (let round = 0; ; round++) {
    await run.deps.durable.receive(`approval:${asked.approvalId}`, round === 0 ? asked.waitMs : lookAgainMs);
    const now = await run.deps.durable.step(`${name}:decision:${round}`, () =>
      readDecision(run, step, asked.approvalId),
    );
    if (now.kind === 'cancelled') throw new TaskCancelled();
    if (now.kind === 'decided') return now.outcome;
  }
}

async function ask<A>(run: TaskRun, step: PlanStep, action: ActionRequest<A>): Promise<Asked> {
  const { deps, task } = run;
  if (!(await beginStep(run, step))) return { kind: 'cancelled' };
  const end = async (how: StepEnd) => {
    await inTransaction(deps.db, (tx) => endStepIn(tx, run, step, how));
    wakeTask(run);
  };
  const args = action.tool.args.parse(action.args);
  const shown = action.tool.describe(args, deps.ports);
  let precondition: Readonly<Record<string, string | number | boolean | null>>;
  try {
    precondition = await withTimeout(
      (signal) => action.tool.precondition(args, deps.ports, signal),
      action.tool.timeoutMs,
      shown.target,
    );
  } catch (error) {
    if (!isAppError(error) || error.code === 'UNAVAILABLE') throw error;
    const reason = inLanguage(words.targetSilent(error.message), task.locale);
    await end({ status: 'FAILED', summary: reason });
    return { kind: 'refused', reason };
  }
  const finding = await deps.db.finding.findFirst({ where: { taskId: task.id }, orderBy: { createdAt: 'desc' } });
  const result = await requestApproval(deps, {
    taskId: task.id,
    stepKey: `${task.id}:${step.name}`,
    action: {
      ...shown,
      tool: action.tool.name,
      risk: action.tool.risk,
      arguments: args,
      findingId: finding?.id ?? null,
    },
    precondition,
    named: action.named ?? null,
    ...(deps.approvalExpiryMs === undefined ? {} : { expiresInMs: deps.approvalExpiryMs }),
    correlationId: task.correlationId,
    within: async (tx, approval) => {
      await moveTask(tx, task.id, 'WAITING_APPROVAL');
      const summary = inLanguage(words.waitsForApproval(`APR-${approval.number}`), task.locale);
      await endStepIn(tx, run, step, { status: 'WAITING_APPROVAL', summary });
    },
  });
  if (result.outcome !== 'asked') {
    await end({ status: 'SKIPPED', summary: result.reason });
    return { kind: 'refused', reason: result.reason };
  }
  wakeTask(run);
  const waitMs = Math.max(1_000, result.approval.expiresAt.getTime() - Date.now() + 1_000);
  return { kind: 'asked', approvalId: result.approval.id, waitMs };
}

async function readDecision(run: TaskRun, step: PlanStep, approvalId: string): Promise<Decided> {
  const { deps, task } = run;
  await expireApprovals(deps);
  const approval = await deps.db.approval.findUniqueOrThrow({
    where: { id: approvalId },
    include: { decisions: { orderBy: { at: 'asc' } }, task: { select: { cancelRequested: true } } },
  });
  if (approval.status === 'PENDING') return { kind: 'waiting' };
  const number = `APR-${approval.number}`;
  const reason = approval.endReason ?? '';
  const approvers = approval.decisions.filter((one) => one.approved).map((one) => one.userName);
  const refuser = approval.decisions.find((one) => !one.approved)?.userName ?? '';
  const outcome = ((): ApprovalOutcome => {
    switch (approval.status) {
      case 'APPROVED':
        return { decision: 'approved', approvalId, number, by: approvers };
      case 'REJECTED':
        return { decision: 'rejected', approvalId, number, by: refuser, reason };
      case 'EXPIRED':
        return { decision: 'expired', approvalId, number, reason };
      case 'CANCELLED':
      case 'SUPERSEDED':
        return { decision: 'cancelled', approvalId, number, reason };
      default:
        return approval.status satisfies never;
    }
  })();
  const told =
    outcome.decision === 'approved'
      ? words.approvedBy(number, approvers.join(', '))
      : outcome.decision === 'rejected'
        ? words.rejectedBy(number, refuser, reason)
        : words.approvalEnded(number, reason);
  await inTransaction(deps.db, async (tx) => {
    await moveTask(tx, task.id, 'RUNNING');
    await tx.approval.updateMany({ where: { id: approvalId, signalledAt: null }, data: { signalledAt: new Date() } });
    await endStepIn(tx, run, step, {
      status: outcome.decision === 'approved' ? 'SUCCEEDED' : 'SKIPPED',
      summary: inLanguage(told, task.locale),
    });
  });
  wakeTask(run);
  return approval.task.cancelRequested ? { kind: 'cancelled' } : { kind: 'decided', outcome };
}
