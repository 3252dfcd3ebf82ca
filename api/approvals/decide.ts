import { AppError } from '../../lib/errors.ts';
import { newId } from '../../lib/ids.ts';
import type { Actor, Core, Person, Viewer } from '../context.ts';
import {
  type Approval,
  type ApprovalDecision,
  databaseNow,
  inTransaction,
  Prisma,
  type ProposedAction,
  type Task,
  type Tx,
} from '../db.ts';
import { permissionsOf } from '../users/roles.ts';
import { type DecisionAnswer, type DecisionRefusal, judgeDecision } from './approval-state.ts';
import { endApproval } from './end.ts';
import { tellApproval } from './tell.ts';
import { type ApprovalTextKey, approvalNumber, say, timeOfDay } from './texts.ts';

/** One click, with the digest the person was shown. */
export interface DecideInput {
  readonly id: string;
  readonly approve: boolean;
  readonly digest: string;
  readonly reason?: string | null;
  readonly typedConfirmation?: string | null;
}

/** A refusal the caller can act on. */
export interface ApprovalUserError {
  readonly code:
    | 'NOT_FOUND'
    | 'INVALID_STATE'
    | 'EXPIRED'
    | 'APPROVAL_MISMATCH'
    | 'SELF_APPROVAL'
    | 'FORBIDDEN'
    | 'MISSING_INPUT'
    | 'INVALID_INPUT';
  readonly message: string;
  readonly path: readonly string[] | null;
}

/** The approval as it stands now, also when the click was refused. */
export interface ApprovalResult {
  readonly approval: Approval | null;
  readonly userErrors: readonly ApprovalUserError[];
}

/** An approval with what it is judged and told by. */
export type OpenApproval = Approval & {
  readonly task: Task;
  readonly action: ProposedAction;
  readonly decisions: readonly ApprovalDecision[];
};

/** Locks one approval for the rest of the transaction: of many clicks, one is judged at a time. */
export async function lockApproval(tx: Tx, id: string): Promise<OpenApproval | null> {
  const rows = await tx.$queryRaw<{ id: string }[]>`select "id" from "Approval" where "id" = ${id}::uuid for update`;
  if (rows.length === 0) return null;
  return tx.approval.findUnique({
    where: { id },
    include: { task: true, action: true, decisions: { orderBy: { at: 'asc' } } },
  });
}

/**
 * Decides on one exact call. Rights are read from our own record inside the transaction, time is the database's, and the first
 * decision wins; everyone after it reads who was first and when.
 */
export async function decideApproval(core: Core, viewer: Viewer, input: DecideInput): Promise<ApprovalResult> {
  const result = await inTransaction(core.db, (tx) => decide(core, tx, viewer, input));
  if (result.approval !== null) wakeAfter(core, result.approval);
  return result;
}

/** Tells whoever waits that an approval has changed; after the commit. */
export function wakeAfter(core: Core, approval: Approval): void {
  core.wake('decisions');
  core.wake('notifications');
  core.wake('approval', approval.id);
  core.wake('task', approval.taskId);
  if (approval.incidentId !== null) core.wake('incident', approval.incidentId);
}

async function decide(core: Core, tx: Tx, viewer: Viewer, input: DecideInput): Promise<ApprovalResult> {
  const approval = await lockApproval(tx, input.id);
  const person = viewer.person;
  if (approval === null || person === null) {
    const key = approval === null ? 'notFound' : 'noPerson';
    return refuse(core, tx, viewer, input, approval, key, key === 'notFound' ? 'NOT_FOUND' : 'FORBIDDEN', null);
  }
  const now = await databaseNow(tx);
  const answer = judgeDecision(
    { ...approval, requesterId: await requesterOf(tx, approval) },
    {
      userId: person.id,
      mayDecide: await mayDecideNow(tx, viewer, person),
      approve: input.approve,
      digest: input.digest,
      reason: input.reason ?? null,
      typedConfirmation: input.typedConfirmation ?? null,
    },
    now,
  );
  if (answer.kind === 'refused') {
    const ended =
      answer.why === 'expired' && approval.status === 'PENDING'
        ? await endApproval(core, tx, approval, { status: 'EXPIRED' })
        : approval;
    const { key, code, path } = refusals(answer.why, approval);
    return refuse(core, tx, viewer, input, { ...approval, ...ended }, key, code, path);
  }
  return keep(core, tx, viewer, person, approval, input, answer);
}

/** The role as it is at this moment, not as it was when the request began; cut by what the key may pass on. */
async function mayDecideNow(tx: Tx, viewer: Viewer, person: Person): Promise<boolean> {
  const user = await tx.user.findUnique({ where: { id: person.id } });
  if (user === null || !user.active) return false;
  return permissionsOf(user.roles).has('APPROVAL_DECIDE') && viewer.permissions.has('APPROVAL_DECIDE');
}

/** Who counts as the requester: the person, or whoever made the key that asked. */
export async function requesterOf(
  tx: Tx,
  approval: Pick<Approval, 'requestedByType' | 'requestedById'>,
): Promise<string | null> {
  if (approval.requestedByType === 'user') return approval.requestedById;
  if (approval.requestedByType !== 'api_key' || approval.requestedById === null) return null;
  const key = await tx.apiKey.findUnique({ where: { id: approval.requestedById } });
  return key?.createdById ?? null;
}

async function keep(
  core: Core,
  tx: Tx,
  viewer: Viewer,
  person: Person,
  approval: OpenApproval,
  input: DecideInput,
  answer: Exclude<DecisionAnswer, { kind: 'refused' }>,
): Promise<ApprovalResult> {
  const reason = input.reason?.trim() || null;
  await tx.approvalDecision.create({
    data: {
      id: newId(),
      approvalId: approval.id,
      userId: person.id,
      userName: person.displayName,
      approved: input.approve,
      reason,
      via: viewer.via,
    },
  });
  const actor: Actor = { type: 'user', id: person.id, name: person.displayName };
  if (answer.kind === 'counted') {
    const still = await tx.$executeRaw(Prisma.sql`
      update "Approval" set "signalledAt" = null where "id" = ${approval.id}::uuid and "status" = 'PENDING' and "expiresAt" > clock_timestamp()`);
    if (still === 0)
      throw new AppError(
        'EXPIRED',
        say(viewer.locale, 'expired', { number: approvalNumber(approval.number), when: timeOfDay(approval.expiresAt) }),
      );
    const words = { number: approvalNumber(approval.number), who: person.displayName, missing: answer.missing };
    await tellApproval(tx, approval, approval.task, { actor, key: 'timelineCounted', words, once: `yes:${person.id}` });
    await core.audit(tx, { ...auditOf(viewer, input, approval), outcome: 'counted', reason });
    return { approval: await tx.approval.findUniqueOrThrow({ where: { id: approval.id } }), userErrors: [] };
  }
  const others = approval.decisions.filter((decision) => decision.approved).map((decision) => decision.userName);
  const ended = await endApproval(core, tx, approval, {
    status: answer.status,
    actor,
    who: answer.status === 'APPROVED' ? [...others, person.displayName].join(', ') : person.displayName,
    reason,
    record: auditOf(viewer, input, approval),
  });
  return { approval: ended, userErrors: [] };
}

const auditOf = (viewer: Viewer, input: DecideInput, approval: OpenApproval | null) => ({
  actor: viewer.actor,
  onBehalfOf: viewer.key === null ? null : `key:${viewer.key.name}`,
  operation: 'approvalDecide',
  subject: { type: 'Approval', id: input.id },
  tool: approval?.action.tool ?? null,
  input: {
    approve: input.approve,
    digest: input.digest,
    reason: input.reason ?? null,
    number: approval === null ? null : approvalNumber(approval.number),
    target: approval?.action.target ?? null,
  },
  correlationId: viewer.correlationId,
});

const nowhere = null;

function refusals(
  why: DecisionRefusal,
  approval: OpenApproval,
): {
  readonly key: ApprovalTextKey;
  readonly code: ApprovalUserError['code'];
  readonly path: readonly string[] | null;
} {
  switch (why) {
    case 'already-decided': {
      const key =
        approval.status === 'APPROVED'
          ? 'alreadyApproved'
          : approval.status === 'REJECTED'
            ? 'alreadyRejected'
            : 'alreadyEnded';
      return { key, code: 'INVALID_STATE', path: nowhere };
    }
    case 'expired':
      return { key: 'expired', code: 'EXPIRED', path: nowhere };
    case 'digest-differs':
      return { key: 'digestDiffers', code: 'APPROVAL_MISMATCH', path: ['input', 'digest'] };
    case 'self-approval':
      return { key: 'selfApproval', code: 'SELF_APPROVAL', path: nowhere };
    case 'not-the-requester':
      return { key: 'notTheRequester', code: 'FORBIDDEN', path: nowhere };
    case 'no-permission':
      return { key: 'noPermission', code: 'FORBIDDEN', path: nowhere };
    case 'decided-by-you':
      return { key: 'decidedByYou', code: 'INVALID_STATE', path: nowhere };
    case 'reason-missing':
      return { key: 'reasonMissing', code: 'MISSING_INPUT', path: ['input', 'reason'] };
    case 'typed-name-differs':
      return { key: 'typedNameDiffers', code: 'INVALID_INPUT', path: ['input', 'typedConfirmation'] };
    default:
      return why satisfies never;
  }
}

async function refuse(
  core: Core,
  tx: Tx,
  viewer: Viewer,
  input: DecideInput,
  approval: OpenApproval | null,
  key: ApprovalTextKey,
  code: ApprovalUserError['code'],
  path: readonly string[] | null,
): Promise<ApprovalResult> {
  const by = approval?.decisions.filter((decision) => decision.approved === (approval.status === 'APPROVED')) ?? [];
  const who =
    key === 'notTheRequester' ? (approval?.requestedByName ?? '') : by.map((decision) => decision.userName).join(', ');
  const message = say(viewer.locale, key, {
    number: approval === null ? '' : approvalNumber(approval.number),
    who,
    when: approval === null ? '' : timeOfDay(approval.decidedAt ?? approval.expiresAt),
    reason: approval?.endReason ?? '',
    target: approval?.typedConfirmation ?? '',
  });
  await core.audit(tx, { ...auditOf(viewer, input, approval), outcome: 'refused', reason: `${code}: ${message}` });
  return { approval: approval === null ? null : bare(approval), userErrors: [{ code, message, path }] };
}

const bare = ({ task: _task, action: _action, decisions: _decisions, ...approval }: OpenApproval): Approval => approval;
