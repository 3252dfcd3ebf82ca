import { expect, test } from 'vitest';
import { type ApprovalState, type DecisionEvent, judgeDecision } from './approval-state.ts';
import { decidePolicy } from './policy.ts';
import { approvalTexts } from './texts.ts';

const now = new Date('2026-11-24T12:00:00Z');
const state = (over: Partial<ApprovalState> = {}): ApprovalState => ({
  kind: 'APPROVAL',
  status: 'PENDING',
  digest: 'd1',
  required: 1,
  typedConfirmation: null,
  expiresAt: new Date(now.getTime() + 1),
  requesterId: 'jin',
  decisions: [],
  ...over,
});
const click = (over: Partial<DecisionEvent> = {}): DecisionEvent => ({
  userId: 'mina',
  mayDecide: true,
  approve: true,
  digest: 'd1',
  reason: null,
  typedConfirmation: null,
  ...over,
});

test.each<[string, Partial<ApprovalState>, Partial<DecisionEvent>, string]>([
  ['approved', { status: 'APPROVED' }, {}, 'already-decided'],
  ['rejected', { status: 'REJECTED' }, {}, 'already-decided'],
  ['cancelled', { status: 'CANCELLED' }, {}, 'already-decided'],
  ['superseded', { status: 'SUPERSEDED' }, {}, 'already-decided'],
  ['expired by the sweep', { status: 'EXPIRED' }, {}, 'expired'],
  ['expired this very moment', { expiresAt: now }, {}, 'expired'],
  ['clicked by the requester', {}, { userId: 'jin' }, 'self-approval'],
  ['rejected by the requester', {}, { userId: 'jin', approve: false, reason: 'no' }, 'self-approval'],
  ['clicked without the role', {}, { mayDecide: false }, 'no-permission'],
  ['shown with another digest', {}, { digest: 'd2' }, 'digest-differs'],
  ['shown without a digest', {}, { digest: '' }, 'digest-differs'],
  ['rejected without a reason', {}, { approve: false, reason: '  ' }, 'reason-missing'],
  ['approved without the typed name', { typedConfirmation: 'prod/pay' }, {}, 'typed-name-differs'],
  [
    'approved with another name',
    { typedConfirmation: 'prod/pay' },
    { typedConfirmation: 'prod/Pay' },
    'typed-name-differs',
  ],
  [
    'clicked twice by one of two',
    { required: 2, decisions: [{ userId: 'mina', approved: true }] },
    {},
    'decided-by-you',
  ],
  ['a confirmation clicked by another', { kind: 'CONFIRMATION' }, {}, 'not-the-requester'],
])('an approval that is %s is not decided', (_title, row, event, why) => {
  expect(judgeDecision(state(row), click(event), now)).toEqual({ kind: 'refused', why });
});

test('one yes approves, two are needed where two are required, one no ends it', () => {
  expect(judgeDecision(state(), click(), now)).toEqual({ kind: 'ended', status: 'APPROVED' });
  expect(judgeDecision(state({ required: 2 }), click(), now)).toEqual({ kind: 'counted', missing: 1 });
  const half = state({ required: 2, decisions: [{ userId: 'lee', approved: true }], typedConfirmation: 'x' });
  expect(judgeDecision(half, click({ typedConfirmation: ' x ' }), now)).toEqual({ kind: 'ended', status: 'APPROVED' });
  expect(judgeDecision(half, click({ approve: false, reason: 'not now' }), now)).toEqual({
    kind: 'ended',
    status: 'REJECTED',
  });
});

test('a confirmation is given by the requester, who needs no approver role', () => {
  const event = click({ userId: 'jin', mayDecide: false });
  expect(judgeDecision(state({ kind: 'CONFIRMATION' }), event, now)).toEqual({ kind: 'ended', status: 'APPROVED' });
});

test('random clicks never approve with fewer people than required, nor with the requester among them', () => {
  let seed = 7;
  const random = (below: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return seed % below;
  };
  const people = ['jin', 'mina', 'lee', 'kim'];
  for (let run = 0; run < 2_000; run++) {
    const required = 1 + random(3);
    let row = state({ required });
    for (let step = 0; step < 8; step++) {
      const userId = people[random(4)] ?? 'jin';
      const event = click({
        userId,
        approve: random(5) > 0,
        reason: 'r',
        mayDecide: random(6) > 0,
        digest: random(5) > 0 ? 'd1' : 'd2',
      });
      const answer = judgeDecision(row, event, now);
      if (answer.kind === 'refused') continue;
      row = { ...row, decisions: [...row.decisions, { userId, approved: event.approve }] };
      if (answer.kind === 'ended') row = { ...row, status: answer.status };
    }
    const yes = new Set(row.decisions.filter((one) => one.approved).map((one) => one.userId));
    if (row.status === 'APPROVED') expect(yes.size).toBeGreaterThanOrEqual(required);
    if (row.status === 'PENDING') expect(yes.size).toBeLessThan(required);
    expect(row.decisions.map((one) => one.userId)).not.toContain('jin');
  }
});

const restart = { tool: 'restart_process', risk: 'medium', begunBy: 'automation' as const };
const runbook = { policy: 'single-approver-restart', namedBy: 'runbook PAY-OPS-12 rev 3' };

test.each([
  [{ ...restart, risk: 'read_only' }, { decision: 'not_asked' }],
  [
    { ...restart, risk: 'low', begunBy: 'person' as const },
    { kind: 'CONFIRMATION', required: 1 },
  ],
  [
    { ...restart, risk: 'low' },
    { kind: 'APPROVAL', required: 1 },
  ],
  [
    { ...restart, begunBy: 'person' as const },
    { kind: 'APPROVAL', required: 1, skipped: [] },
  ],
  [restart, { kind: 'APPROVAL', required: 2, skipped: [] }],
  [
    { ...restart, named: runbook },
    { required: 1, skipped: ['second approver (runbook PAY-OPS-12 rev 3 names this restart)'] },
  ],
  [
    { ...restart, named: runbook, tool: 'scale_deployment' },
    { decision: 'refused', reason: 'policy-does-not-apply' },
  ],
  [
    { ...restart, named: { ...runbook, policy: 'no-approval' } },
    { decision: 'refused', reason: 'unknown-policy' },
  ],
  [
    { ...restart, risk: 'high' },
    { kind: 'APPROVAL', required: 2, typedConfirmation: true },
  ],
  [
    { ...restart, risk: 'high', named: runbook },
    { decision: 'refused', reason: 'policy-does-not-apply' },
  ],
  [
    { ...restart, risk: 'forbidden' },
    { decision: 'refused', reason: 'forbidden-risk' },
  ],
  [
    { ...restart, risk: 'harmless' },
    { decision: 'refused', reason: 'unknown-risk' },
  ],
  [
    { ...restart, risk: '' },
    { decision: 'refused', reason: 'unknown-risk' },
  ],
])('policy answers %j as reliability asks', (question, answer) => {
  expect(decidePolicy(question)).toMatchObject(answer);
});

test('every text exists in both languages and fills in the same words', () => {
  const words = { number: '«1»', who: '«2»', when: '«3»', reason: '«4»', target: '«5»', title: '«6»', missing: 7 };
  const marks = (text: string) => (text.match(/«\d»|7/g) ?? []).sort();
  for (const [key, { en, ko }] of Object.entries(approvalTexts)) {
    expect(marks(ko(words)), key).toEqual(marks(en(words)));
    expect(ko(words), key).toMatch(/[가-힣]/);
    expect(en(words), key).not.toMatch(/[가-힣]/);
  }
});
