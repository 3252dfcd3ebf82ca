import { afterEach, beforeEach, expect, test } from 'vitest';
import { type RecordCore, recordCore, viewerOf } from '../../test/support/record-core.ts';
import { verifyChain } from '../audit/verify.ts';
import { type Approval, inTransaction, type Task, type User } from '../db.ts';
import { cancelApproval, cancelApprovalsOf } from './cancel.ts';
import { decideApproval } from './decide.ts';
import { digestNow } from './digest.ts';
import { eligibleWords, viewerCanDecide } from './eligible.ts';
import { expireApprovals } from './expire.ts';
import { type ApprovalRequestInput, requestApproval } from './request.ts';
import { useApproval } from './use.ts';

let core: RecordCore;
let jin: User;
let mina: User;
let task: Task;

beforeEach(async () => {
  core = await recordCore(25);
  jin = await core.person('Jin', 'OPERATOR', 'APPROVER');
  mina = await core.person('Mina', 'APPROVER');
  const incident = await core.incident({ severity: 'CRITICAL' });
  task = await core.task({
    incidentId: incident.id,
    requestedByType: 'user',
    requestedById: jin.id,
    requestedByName: 'Jin',
  });
});
afterEach(() => core.close());

const call = { tool: 'restart_process', target: 'process payment-api', arguments: { name: 'payment-api' } };
const precondition = { status: 'stopped', generation: 3 };
const asking = (over: Partial<ApprovalRequestInput> = {}, risk = 'medium'): ApprovalRequestInput => ({
  taskId: task.id,
  stepKey: `${task.id}:restart`,
  action: {
    ...call,
    risk,
    title: 'Restart payment-api',
    command: 'agentic restart payment-api',
    effect: 'about 2 s without answers',
    undo: null,
    diff: null,
    estimatedMs: 2_000,
  },
  precondition,
  correlationId: 'test',
  ...over,
});
const asked = async (over: Partial<ApprovalRequestInput> = {}, risk?: string): Promise<Approval> => {
  const result = await requestApproval(core, asking(over, risk));
  if (result.outcome !== 'asked') throw new Error(result.reason);
  return result.approval;
};
const decide = (approval: Approval, by: User, approve = true, over: object = {}) =>
  decideApproval(core, viewerOf(by), { id: approval.id, approve, digest: approval.digest, ...over });
const use = (approval: Approval, change: object = {}) =>
  inTransaction(core.db, (tx) =>
    useApproval(tx, { approvalId: approval.id, digestNow: digestNow(approval, { ...call, precondition, ...change }) }),
  );
const codes = (result: { readonly userErrors: readonly { readonly code: string }[] }) =>
  result.userErrors.map((one) => one.code);
const makeOld = (approval: Approval) =>
  core.database.pool.query(`update "Approval" set "expiresAt" = clock_timestamp() - interval '1 ms' where id = $1`, [
    approval.id,
  ]);
const operations = async () =>
  (await core.db.auditEntry.findMany({ orderBy: { seq: 'asc' } })).map((row) => `${row.operation} ${row.outcome}`);

test('asking stores the exact call, a card in the thread, a line and an audit entry, once per step', async () => {
  const approval = await asked();
  const again = await asked();

  expect(again.id).toBe(approval.id);
  expect(approval).toMatchObject({ kind: 'APPROVAL', required: 1, status: 'PENDING', policy: 'one-other-person' });
  expect(approval.expiresAt.getTime() - approval.createdAt.getTime()).toBe(20 * 60_000);
  expect(approval.digest).toBe(digestNow(approval, { ...call, precondition }));
  expect(await core.db.notification.findMany()).toMatchObject([
    {
      kind: 'APPROVAL_REQUEST',
      priority: 'APPROVAL',
      subjectId: approval.id,
      threadIncidentId: task.incidentId,
      broadcast: true,
    },
  ]);
  expect(await core.db.timelineEntry.findMany()).toMatchObject([
    { kind: 'APPROVAL', text: 'Approval APR-1 asked: Restart payment-api' },
  ]);
  expect(await operations()).toEqual(['approvalRequest asked']);
  expect(core.woken).toContain('notifications');
});

test('an equal open request of another step is joined, another call is asked for itself', async () => {
  const approval = await asked();

  const equal = await requestApproval(core, asking({ stepKey: 'other' }));
  const different = await requestApproval(core, asking({ stepKey: 'third', precondition: { status: 'running' } }));

  expect(equal).toMatchObject({ outcome: 'joined', approval: { id: approval.id } });
  expect(different).toMatchObject({ outcome: 'asked' });
});

test('a forbidden risk, an unknown risk and an unknown policy are refused and recorded', async () => {
  for (const risk of ['forbidden', 'harmless'])
    expect(await requestApproval(core, asking({}, risk))).toMatchObject({ outcome: 'refused' });
  expect(await requestApproval(core, asking({ named: { policy: 'x', namedBy: 'y' } }))).toMatchObject({
    outcome: 'refused',
  });

  expect(await core.db.approval.count()).toBe(0);
  expect(await operations()).toEqual(Array(3).fill('approvalRequest refused'));
});

test('another person approves: the card is edited, the task is to be told, and the call may run once', async () => {
  const approval = await asked();

  const result = await decide(approval, mina);

  expect(result).toMatchObject({ approval: { status: 'APPROVED', signalledAt: null }, userErrors: [] });
  expect(await core.db.approvalDecision.findMany()).toMatchObject([{ userId: mina.id, approved: true, via: 'CHAT' }]);
  expect(await core.db.notification.findMany()).toMatchObject([{ revision: 2 }]);
  expect((await core.db.timelineEntry.findMany({ orderBy: { seq: 'asc' } })).map((one) => one.text)[1]).toBe(
    'APR-1 approved by Mina: Restart payment-api',
  );
  expect(core.woken).toContain('decisions');
  const claims = await Promise.all(Array.from({ length: 8 }, () => use(approval)));
  expect(claims.filter((reason) => reason === null)).toHaveLength(1);
  expect(claims.filter((reason) => reason?.includes('already used'))).toHaveLength(7);
});

test('what drifted since, was not approved or has expired may not run', async () => {
  const approval = await asked();
  expect(await use(approval)).toMatch(/not approved/);
  await decide(approval, mina);

  expect(await use(approval, { arguments: { name: 'other' } })).toMatch(/no longer what/);
  expect(await use(approval, { target: 'process other' })).toMatch(/no longer what/);
  expect(await use(approval, { precondition: { status: 'stopped', generation: 4 } })).toMatch(/no longer what/);
  await core.database.pool.query(`update "Approval" set "requestedByName" = 'X', "requestedById" = $1`, [mina.id]);
  expect(await use(await core.db.approval.findUniqueOrThrow({ where: { id: approval.id } }))).toMatch(/no longer what/);
  await core.database.pool.query(`update "Approval" set "requestedByName" = 'Jin', "requestedById" = $1`, [jin.id]);
  await makeOld(approval);
  expect(await use(approval)).toMatch(/expired/);
});

test('the requester cannot decide, whoever lost the role cannot, a stranger cannot, and each refusal is recorded', async () => {
  const approval = await asked();
  const viewer = viewerOf(mina);
  await core.db.user.update({ where: { id: mina.id }, data: { roles: ['VIEWER'] } });

  expect(codes(await decide(approval, jin))).toEqual(['SELF_APPROVAL']);
  expect(
    codes(await decideApproval(core, viewer, { id: approval.id, approve: true, digest: approval.digest })),
  ).toEqual(['FORBIDDEN']);
  expect(
    codes(
      await decideApproval(
        core,
        { ...viewer, person: null },
        { id: approval.id, approve: true, digest: approval.digest },
      ),
    ),
  ).toEqual(['FORBIDDEN']);
  await core.db.user.update({ where: { id: mina.id }, data: { roles: ['APPROVER'], active: false } });
  expect(codes(await decide(approval, mina))).toEqual(['FORBIDDEN']);
  await core.db.user.update({ where: { id: mina.id }, data: { active: true } });
  expect(
    codes(
      await decideApproval(core, viewerOf(mina, ['TASK_READ']), {
        id: approval.id,
        approve: true,
        digest: approval.digest,
      }),
    ),
  ).toEqual(['FORBIDDEN']);
  expect(codes(await decide(approval, mina, true, { digest: 'stale' }))).toEqual(['APPROVAL_MISMATCH']);
  expect(codes(await decide(approval, mina, false))).toEqual(['MISSING_INPUT']);

  expect(await core.db.approval.findUnique({ where: { id: approval.id } })).toMatchObject({ status: 'PENDING' });
  expect((await operations()).filter((one) => one === 'approvalDecide refused')).toHaveLength(7);
});

test('whoever made a key cannot approve what it asked for', async () => {
  const key = await core.db.apiKey.create({
    data: { id: jin.id, name: 'ci', prefix: 'p', hash: 'h', permissions: [], createdById: mina.id },
  });
  task = await core.task({ requestedByType: 'api_key', requestedById: key.id, requestedByName: 'ci' });
  const approval = await asked();

  expect(codes(await decide(approval, mina))).toEqual(['SELF_APPROVAL']);
});

test('of 20 people who click at once exactly one decides, and the others read who and when', async () => {
  const approval = await asked();
  const people = await Promise.all(Array.from({ length: 20 }, (_, n) => core.person(`P${n}`, 'APPROVER')));

  const results = await Promise.all(people.map((one, n) => decide(approval, one, n % 2 === 0, { reason: 'because' })));

  const winners = results.filter((one) => one.userErrors.length === 0);
  expect(winners).toHaveLength(1);
  const decisions = await core.db.approvalDecision.findMany();
  expect(decisions).toHaveLength(1);
  const message = new RegExp(
    `^APR-1 was already (approved|rejected) by ${decisions[0]?.userName} at \\d\\d:\\d\\d:\\d\\d UTC\\.$`,
  );
  for (const loser of results.filter((one) => one.userErrors.length > 0)) {
    expect(codes(loser)).toEqual(['INVALID_STATE']);
    expect(loser.userErrors[0]?.message).toMatch(message);
    expect(loser.approval?.status).toBe(winners[0]?.approval?.status);
  }
  expect(await verifyChain(core.db, core.key)).toMatchObject({ ok: true, entries: 21 });
});

test('high risk needs two different people and the typed name', async () => {
  const approval = await asked({}, 'high');
  const lee = await core.person('Lee', 'ADMIN');
  const typed = { typedConfirmation: call.target };

  expect(codes(await decide(approval, mina))).toEqual(['INVALID_INPUT']);
  expect(await decide(approval, mina, true, typed)).toMatchObject({ approval: { status: 'PENDING' }, userErrors: [] });
  expect(codes(await decide(approval, mina, true, typed))).toEqual(['INVALID_STATE']);
  expect(await decide(approval, lee, true, typed)).toMatchObject({ approval: { status: 'APPROVED' }, userErrors: [] });

  expect((await core.db.timelineEntry.findMany({ orderBy: { seq: 'asc' } })).map((one) => one.text)).toEqual([
    'Approval APR-1 asked: Restart payment-api',
    'APR-1: Mina approved, 1 more needed',
    'APR-1 approved by Mina, Lee: Restart payment-api',
  ]);
});

test('what an alert began needs two people, unless its runbook names the restart: then the record says what was left out', async () => {
  task = await core.task();
  expect(await asked({ stepKey: 'a' })).toMatchObject({ required: 2, policy: 'two-people-unattended' });
  task = await core.task();
  const named = { policy: 'single-approver-restart', namedBy: 'runbook PAY-OPS-12' };
  expect(await asked({ stepKey: 'b', named, precondition: {} })).toMatchObject({
    required: 1,
    policy: 'single-approver-restart',
    skipped: ['second approver (runbook PAY-OPS-12 names this restart)'],
  });
});

test('an approval nobody decided expires by the sweep of any process, or at the click, and nothing runs', async () => {
  const first = await asked();
  const second = await asked({ stepKey: 'second', precondition: { status: 'other' } });
  await makeOld(first);
  await makeOld(second);

  expect(await decide(first, mina)).toMatchObject({
    approval: { status: 'EXPIRED' },
    userErrors: [{ code: 'EXPIRED' }],
  });
  expect((await Promise.all([expireApprovals(core), expireApprovals(core)])).reduce((sum, n) => sum + n)).toBe(1);
  expect(await expireApprovals(core)).toBe(0);

  expect(await core.db.approval.findMany({ select: { status: true } })).toEqual([
    { status: 'EXPIRED' },
    { status: 'EXPIRED' },
  ]);
  expect(await core.db.notification.findMany({ select: { revision: true } })).toEqual([
    { revision: 2 },
    { revision: 2 },
  ]);
  expect(codes(await decide(second, mina))).toEqual(['EXPIRED']);
  expect(await use(first)).toMatch(/not approved/);
});

test('rejecting ends it with the reason the agent reads', async () => {
  const approval = await asked();

  const result = await decide(approval, mina, false, { reason: ' wait for the batch ' });

  expect(result.approval).toMatchObject({ status: 'REJECTED', endReason: 'wait for the batch' });
});

test('the requester or an operator withdraws it, nobody else, and only while it waits', async () => {
  const approval = await asked();
  const kim = await core.person('Kim', 'OPERATOR');

  expect(codes(await cancelApproval(core, viewerOf(mina), { id: approval.id, reason: 'x' }))).toEqual(['FORBIDDEN']);
  expect(codes(await cancelApproval(core, viewerOf(kim), { id: approval.id, reason: ' ' }))).toEqual(['MISSING_INPUT']);
  expect(await cancelApproval(core, viewerOf(jin), { id: approval.id, reason: 'it recovered' })).toMatchObject({
    approval: { status: 'CANCELLED', endReason: 'it recovered' },
    userErrors: [],
  });
  expect(codes(await cancelApproval(core, viewerOf(kim), { id: approval.id, reason: 'x' }))).toEqual(['INVALID_STATE']);
  expect((await decide(approval, mina)).userErrors[0]?.message).toMatch(
    /^APR-1 was cancelled at .* UTC: it recovered$/,
  );
});

test('a resolved incident takes its waiting approvals with it, in the same transaction', async () => {
  const approval = await asked();
  const incidentId = task.incidentId ?? '';
  const failed = inTransaction(core.db, async (tx) => {
    await cancelApprovalsOf(core, tx, { incidentId }, 'resolved');
    throw new Error('rolled back');
  });
  await expect(failed).rejects.toThrow('rolled back');
  expect(await core.db.approval.findUnique({ where: { id: approval.id } })).toMatchObject({ status: 'PENDING' });

  await inTransaction(core.db, (tx) => cancelApprovalsOf(core, tx, { incidentId }, 'resolved'));

  expect(await core.db.approval.findUnique({ where: { id: approval.id } })).toMatchObject({
    status: 'CANCELLED',
    endReason: 'resolved',
  });
  expect(await verifyChain(core.db, core.key)).toMatchObject({ ok: true });
});

test('when the audit entry cannot be written nothing is decided', async () => {
  const approval = await asked();
  await core.database.pool.query(`update "AuditHead" set seq = 0`);

  await expect(decide(approval, mina)).rejects.toThrow();

  expect(await core.db.approval.findUnique({ where: { id: approval.id } })).toMatchObject({
    status: 'PENDING',
    decidedAt: null,
  });
  expect(await core.db.approvalDecision.count()).toBe(0);
});

test('a card offers its buttons to those whose click could count', async () => {
  const approval = await asked({}, 'high');
  const lee = await core.person('Lee', 'VIEWER');
  expect(await viewerCanDecide(core.db, viewerOf(mina), approval)).toBe(true);
  for (const other of [jin, lee]) expect(await viewerCanDecide(core.db, viewerOf(other), approval)).toBe(false);
  expect(eligibleWords(approval, 'EN')).toBe('2 of the approvers, not Jin');

  await decide(approval, mina, true, { typedConfirmation: call.target });

  expect(await viewerCanDecide(core.db, viewerOf(mina), approval)).toBe(false);
});
