import { expect, test } from 'vitest';
import {
  type CitableEvidence,
  type FindingToJudge,
  judgeFinding,
  type MachineCheck,
  runCheck,
} from './finding-rules.ts';
import { fitReply } from './size-rules.ts';
import { evidenceTexts } from './texts.ts';

const evidence = new Map<number, CitableEvidence>([
  [
    1,
    {
      tool: 'probe',
      outcome: 'success',
      reply: { cpu: 97, pods: [{ name: 'a' }, { name: 'b' }], log: 'out of memory' },
    },
  ],
  [2, { tool: 'metrics', outcome: 'success', reply: {} }],
  [3, { tool: 'process', outcome: 'error', reply: null }],
]);
const claim = (text: string, ...evidenceRefs: number[]) => ({ text, evidenceRefs });
const judge = (over: Partial<FindingToJudge>) =>
  judgeFinding({ verdict: 'FOUND', confidence: 'HIGH', situation: [], reasons: [], against: [], ...over }, evidence);

test.each<[string, Partial<FindingToJudge>, object]>([
  ['two tools that agree', { reasons: [claim('a', 1), claim('b', 2)] }, { confidence: 'HIGH', verdict: 'FOUND' }],
  ['one tool only', { reasons: [claim('a', 1), claim('b', 1)] }, { confidence: 'MEDIUM', verdict: 'FOUND' }],
  ['a second tool that failed', { reasons: [claim('a', 1, 3)] }, { confidence: 'MEDIUM', verdict: 'FOUND' }],
  [
    'something against it',
    { reasons: [claim('a', 1, 2)], against: [claim('c', 1)] },
    { confidence: 'MEDIUM', verdict: 'FOUND' },
  ],
  ['a situation without a reason', { situation: [claim('s', 1)] }, { confidence: 'LOW', verdict: 'INCONCLUSIVE' }],
  ['nothing at all', {}, { confidence: 'NONE', verdict: 'INCONCLUSIVE', droppedClaims: 0 }],
  [
    'claims without evidence',
    { situation: [claim('s')], reasons: [claim('a', 9), claim('b', 1, 9), claim(' ', 1)] },
    { confidence: 'NONE', verdict: 'INCONCLUSIVE', droppedClaims: 4 },
  ],
  [
    'less confidence than allowed',
    { confidence: 'LOW', reasons: [claim('a', 1, 2)] },
    { confidence: 'LOW', verdict: 'FOUND' },
  ],
  [
    'no confidence of its own',
    { confidence: 'NONE', reasons: [claim('a', 1, 2)] },
    { confidence: 'NONE', verdict: 'INCONCLUSIVE' },
  ],
  ['an inconclusive verdict', { verdict: 'INCONCLUSIVE', reasons: [claim('a', 1)] }, { verdict: 'INCONCLUSIVE' }],
])('a finding with %s is judged', (_title, draft, answer) => {
  expect(judge(draft)).toMatchObject(answer);
});

test.each<[MachineCheck, boolean]>([
  [{ kind: 'above', ref: 1, path: ['cpu'], limit: 85 }, true],
  [{ kind: 'above', ref: 1, path: ['cpu'], limit: 97 }, false],
  [{ kind: 'below', ref: 1, path: ['cpu'], limit: 98 }, true],
  [{ kind: 'below', ref: 1, path: ['missing'], limit: 98 }, false],
  [{ kind: 'equals', ref: 1, path: ['pods', 1, 'name'], value: 'b' }, true],
  [{ kind: 'equals', ref: 1, path: ['pods', 5, 'name'], value: 'b' }, false],
  [{ kind: 'contains', ref: 1, path: ['log'], text: 'memory' }, true],
  [{ kind: 'contains', ref: 1, path: ['cpu'], text: '97' }, false],
  [{ kind: 'count', ref: 1, path: ['pods'], atLeast: 2 }, true],
  [{ kind: 'count', ref: 1, path: ['pods', 'constructor'], atLeast: 0 }, false],
])('the check %j on a stored reply answers %s', (check, passed) => {
  expect(runCheck(check, evidence.get(1)?.reply ?? null)).toBe(passed);
});

test('a claim whose check fails, or looks at evidence it does not cite, is dropped', () => {
  const check = { kind: 'above', ref: 1, path: ['cpu'], limit: 85 } as const;
  expect(judge({ reasons: [{ ...claim('a', 1), check }] })).toMatchObject({ confidence: 'HIGH', droppedClaims: 0 });
  expect(judge({ reasons: [{ ...claim('a', 2), check }] })).toMatchObject({ droppedClaims: 1 });
  expect(judge({ reasons: [{ ...claim('a', 1), check: { ...check, limit: 99 } }] })).toMatchObject({
    droppedClaims: 1,
  });
});

test('no random finding keeps a claim without existing evidence', () => {
  let seed = 3;
  const random = (below: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return (seed >> 8) % below;
  };
  const claims = () =>
    Array.from({ length: random(5) }, () => claim('t', ...Array.from({ length: random(4) }, () => random(6))));
  for (let run = 0; run < 1_000; run++) {
    const draft = { situation: claims(), reasons: claims(), against: claims() };
    const judged = judge(draft);
    const kept = [...judged.situation, ...judged.reasons, ...judged.against];
    expect(kept.every((one) => one.evidenceRefs.length > 0 && one.evidenceRefs.every((ref) => evidence.has(ref)))).toBe(
      true,
    );
    expect(kept.length + judged.droppedClaims).toBe(
      draft.situation.length + draft.reasons.length + draft.against.length,
    );
    if (kept.length === 0) expect(judged.confidence).toBe('NONE');
    if (judged.verdict === 'FOUND') expect(judged.reasons.length).toBeGreaterThan(0);
  }
});

test('a reply that fits is kept whole', () => {
  const whole = { a: ['b', 1, null, true] };
  expect(fitReply(whole)).toEqual({ data: whole, cut: null });
});

test('every text exists in both languages', () => {
  for (const text of Object.values(evidenceTexts)) {
    expect(text.ko).toMatch(/[가-힣]/);
    expect(text.en).not.toMatch(/[가-힣]/);
  }
});
