import { newId } from '../../lib/ids.ts';
import { storedJson, storedObject } from '../audit/stored-json.ts';
import type { Actor, Core } from '../context.ts';
import { type Approval, databaseNow, inTransaction, type ProposedAction, type Task, type Tx } from '../db.ts';
import { approvalDigest } from './digest.ts';
import { decidePolicy, type PolicyAnswer } from './policy.ts';
import { tellApproval } from './tell.ts';
import { approvalNumber, say } from './texts.ts';

/** How long an approval waits when the task does not say. */
const defaultExpiryMs = 20 * 60_000;
const shortestExpiryMs = 10_000;
const longestExpiryMs = 24 * 3_600_000;

/** What asks for a decision. The card is made from `action` alone: no model and no alert writes on it. */
export interface ApprovalRequestInput {
  readonly taskId: string;
  /** One approval per step of a task; asking again under the same key answers the same row. */
  readonly stepKey: string;
  readonly action: {
    readonly tool: string;
    readonly risk: string;
    /** Parsed and normalised by the tool's own schema. */
    readonly arguments: unknown;
    readonly title: string;
    readonly target: string;
    readonly command: string;
    readonly effect: string;
    readonly undo: string | null;
    readonly diff: string | null;
    readonly estimatedMs: number | null;
    readonly findingId?: string | null;
  };
  readonly precondition: unknown;
  /** A named shorter path and what names it, for example a runbook's code and revision. */
  readonly named?: { readonly policy: string; readonly namedBy: string } | null;
  readonly expiresInMs?: number;
  readonly correlationId: string;
  /** Further writes of the same transaction, made when the approval is new (the task starts to wait). */
  readonly within?: (tx: Tx, approval: Approval) => Promise<void>;
}

/** What became of the request. */
export type ApprovalRequestResult =
  | { readonly outcome: 'asked'; readonly approval: Approval; readonly action: ProposedAction }
  /** An equal request of another step is open; nobody is asked twice and this step must not run. */
  | { readonly outcome: 'joined'; readonly approval: Approval; readonly reason: string }
  | { readonly outcome: 'refused'; readonly reason: string };

/**
 * Asks the people policy demands, in one transaction: action, approval, card, timeline and audit. Policy that says no, or says
 * nothing, is a refusal.
 */
export async function requestApproval(core: Core, input: ApprovalRequestInput): Promise<ApprovalRequestResult> {
  const result = await inTransaction(core.db, async (tx): Promise<ApprovalRequestResult> => {
    const task = await tx.task.findUniqueOrThrow({ where: { id: input.taskId } });
    // One asker at a time per target, so that equal requests see each other.
    await tx.$queryRaw`select pg_advisory_xact_lock(hashtext(${`approval:${input.action.target}`}))::text`;
    const known = await tx.approval.findUnique({ where: { stepKey: input.stepKey }, include: { action: true } });
    if (known !== null) return { outcome: 'asked', approval: known, action: known.action };
    const policy = decidePolicy({
      risk: input.action.risk,
      tool: input.action.tool,
      begunBy: task.requestedByType === 'user' ? 'person' : 'automation',
      named: input.named ?? null,
    });
    if (policy.decision !== 'ask') return refuse(core, tx, task, input, policy);
    const equal = await findEqual(tx, input, await databaseNow(tx));
    if (equal !== null) {
      const reason = say(task.locale, 'joined', { number: approvalNumber(equal.number) });
      await core.audit(tx, { ...record(task, input), outcome: 'joined', reason });
      return { outcome: 'joined', approval: equal, reason };
    }
    return ask(core, tx, task, input, policy);
  });
  if (result.outcome === 'asked') {
    core.wake('notifications');
    core.wake('approval', result.approval.id);
    if (result.approval.incidentId !== null) core.wake('incident', result.approval.incidentId);
  }
  return result;
}

const agentActor = (task: Task): Actor => ({ type: 'automation', id: null, name: `agent:${task.agentId}` });

const record = (task: Task, input: ApprovalRequestInput) => ({
  actor: agentActor(task),
  onBehalfOf: `${task.requestedByType}:${task.requestedById ?? task.requestedByName}`,
  operation: 'approvalRequest',
  subject: { type: 'Task', id: task.id },
  tool: input.action.tool,
  input: { target: input.action.target, arguments: input.action.arguments, precondition: input.precondition },
  correlationId: input.correlationId,
});

async function refuse(
  core: Core,
  tx: Tx,
  task: Task,
  input: ApprovalRequestInput,
  policy: Exclude<PolicyAnswer, { decision: 'ask' }>,
): Promise<ApprovalRequestResult> {
  const keys = {
    'forbidden-risk': 'refusedForbiddenRisk',
    'unknown-risk': 'refusedUnknownRisk',
    'unknown-policy': 'refusedUnknownPolicy',
    'policy-does-not-apply': 'refusedPolicyLimits',
  } as const;
  // Reading never asks, and nothing that only reads comes this way.
  const reason = say(task.locale, keys[policy.decision === 'refused' ? policy.reason : 'unknown-risk']);
  await core.audit(tx, { ...record(task, input), outcome: 'refused', reason });
  return { outcome: 'refused', reason };
}

async function findEqual(tx: Tx, input: ApprovalRequestInput, now: Date): Promise<Approval | null> {
  return tx.approval.findFirst({
    where: {
      status: 'PENDING',
      expiresAt: { gt: now },
      precondition: { equals: storedObject(input.precondition) },
      action: {
        tool: input.action.tool,
        target: input.action.target,
        arguments: { equals: storedObject(input.action.arguments) },
      },
    },
    orderBy: { createdAt: 'asc' },
  });
}

async function ask(
  core: Core,
  tx: Tx,
  task: Task,
  input: ApprovalRequestInput,
  policy: Extract<PolicyAnswer, { decision: 'ask' }>,
): Promise<ApprovalRequestResult> {
  const action = await storeAction(tx, task, input);
  const now = await databaseNow(tx);
  const waitMs = Math.min(longestExpiryMs, Math.max(shortestExpiryMs, input.expiresInMs ?? defaultExpiryMs));
  const expiresAt = new Date(now.getTime() + waitMs);
  const requester = { type: task.requestedByType, id: task.requestedById, name: task.requestedByName };
  const approval = await tx.approval.create({
    data: {
      id: newId(),
      kind: policy.kind,
      actionId: action.id,
      taskId: task.id,
      incidentId: task.incidentId,
      stepKey: input.stepKey,
      requestedByType: requester.type,
      requestedById: requester.id,
      requestedByName: requester.name,
      required: policy.required,
      policy: policy.policy,
      skipped: [...policy.skipped],
      typedConfirmation: policy.typedConfirmation ? action.target : null,
      precondition: storedObject(input.precondition),
      digest: approvalDigest(
        {
          tool: action.tool,
          target: action.target,
          arguments: storedJson(action.arguments),
          precondition: storedObject(input.precondition),
        },
        requester,
        expiresAt,
      ),
      expiresAt,
      createdAt: now,
    },
  });
  await input.within?.(tx, approval);
  const number = approvalNumber(approval.number);
  await tellApproval(tx, approval, task, {
    actor: agentActor(task),
    key: 'timelineRequested',
    words: { number, title: action.title },
    once: 'requested',
  });
  await core.audit(tx, {
    ...record(task, input),
    subject: { type: 'Approval', id: approval.id },
    input: {
      ...record(task, input).input,
      number,
      digest: approval.digest,
      policy: policy.policy,
      skipped: policy.skipped,
    },
    outcome: 'asked',
  });
  return { outcome: 'asked', approval, action };
}

async function storeAction(tx: Tx, task: Task, input: ApprovalRequestInput): Promise<ProposedAction> {
  const { action } = input;
  const risks = { low: 'LOW', medium: 'MEDIUM', high: 'HIGH' } as const;
  const risk =
    action.risk === 'low' || action.risk === 'medium' || action.risk === 'high' ? risks[action.risk] : 'FORBIDDEN';
  return tx.proposedAction.upsert({
    where: { stepKey: input.stepKey },
    update: {},
    create: {
      id: newId(),
      taskId: task.id,
      findingId: action.findingId ?? null,
      incidentId: task.incidentId,
      stepKey: input.stepKey,
      title: action.title,
      tool: action.tool,
      target: action.target,
      arguments: storedObject(action.arguments),
      risk,
      command: action.command,
      diff: action.diff,
      effect: action.effect,
      undo: action.undo,
      estimatedMs: action.estimatedMs,
    },
  });
}
