import { describe, expect, test } from 'vitest';
import type { ManualAnswerFields } from '../fragments.ts';
import { checkBlocks, TOTAL_TEXT_LIMIT } from '../local-slack/blocks.ts';
import { checkView } from '../local-slack/views.ts';
import { manualAnswerMessage, moreMessage } from './manual-answer.ts';
import { originalModal, wrongModal } from './manual-views.ts';
import { makeScene } from './scene.ts';

const hostile =
  '<!channel> <!here> <@U0APPROVER> <https://evil.example|click> [x](https://evil.example) ```\n*b* _i_ `c` **d** \u202e&\u2066 {{x}} 긴글 '.repeat(
    20,
  );
const scene = (locale: 'EN' | 'KO') =>
  makeScene({
    locale,
    workspace: 'T0LOCAL',
    consoleUrl: 'http://console.example',
    linkHosts: [],
    now: new Date('2026-11-26T00:00:00Z'),
  });
const citation = (ref: number, text: string): ManualAnswerFields['citations'][number] => ({
  ref,
  code: `PAY-OPS-${ref}`,
  title: text.slice(0, 150),
  section: text.slice(0, 150),
  sectionPath: [text.slice(0, 100), text.slice(0, 100)],
  page: 12,
  lineFrom: 3,
  lineTo: 9,
  revision: 2,
  revisedAt: '2024-09-03T00:00:00.000Z',
  stale: true,
  monthsOld: 14,
  outdated: true,
  quote: text.slice(0, 500),
  highlights: [{ start: 1, end: 7 }],
  passage: { id: `TWFudWFsUGFzc2FnZTowMQ${ref}`, position: 4 },
});
function answer(text: string, more: Partial<ManualAnswerFields> = {}): ManualAnswerFields {
  return {
    id: 'TWFudWFsQW5zd2VyOjAx',
    question: text,
    locale: 'KO',
    audience: 'ASKER',
    mode: 'WRITTEN',
    note: null,
    degraded: text,
    droppedClaims: 2,
    moreCount: 4,
    gapReported: false,
    sentences: [1, 2, 3, 4, 5, 6].map((n) => ({ text: text.slice(0, 400), evidenceRefs: [n] })),
    citations: [1, 2, 3, 4, 5, 6].map((n) => citation(n, text)),
    nearest: [],
    ...more,
  };
}
const cases: readonly (readonly [string, Partial<ManualAnswerFields>])[] = [
  ['written', {}],
  ['one sentence', { sentences: [{ text: 'One.', evidenceRefs: [1] }] }],
  ['quoted', { mode: 'PASSAGES', sentences: [], note: 'MODEL_FAILED' }],
  [
    'not found',
    { mode: 'NOT_FOUND', sentences: [], citations: [], nearest: [1, 2, 3].map((n) => citation(n, hostile)) },
  ],
  ['nothing near', { mode: 'NOT_FOUND', sentences: [], citations: [], nearest: [], moreCount: 0 }],
];
const passage = {
  id: 'TWFudWFsUGFzc2FnZTowMQ',
  section: hostile.slice(0, 200),
  sectionPath: [hostile.slice(0, 200)],
  page: 3,
  lineFrom: 1,
  lineTo: 40,
  position: 2,
  text: hostile.repeat(3),
  before: { text: hostile },
  after: { text: hostile },
  manual: {
    code: 'PAY-OPS-12',
    title: hostile,
    version: '3',
    revisedAt: '2024-01-01T00:00:00.000Z',
    stale: true,
    status: 'ARCHIVED' as const,
  },
};

describe.each(['EN', 'KO'] as const)('%s', (locale) => {
  test.each(cases)('an answer with hostile words keeps to the limits of Slack: %s', (_, more) => {
    for (const place of [{ canShare: true }, { canShare: false, asker: hostile }, { canShare: false, isReply: true }]) {
      const message = manualAnswerMessage(scene(locale), answer(hostile, more), place);

      const { messages, totalText } = checkBlocks(message.blocks, 'message', { isFileVisible: () => true });
      expect(messages).toEqual([]);
      expect(totalText).toBeLessThanOrEqual(TOTAL_TEXT_LIMIT);
      expect([...message.text].length).toBeLessThanOrEqual(120);
      inert(message.blocks, message.text);
    }
  });

  test('further results and the original keep to them too', () => {
    const more = moreMessage(scene(locale), {
      ...answer(hostile),
      more: [1, 2, 3, 4, 5, 6].map((n) => citation(n, hostile)),
    });
    expect(checkBlocks(more.blocks, 'message', { isFileVisible: () => true }).messages).toEqual([]);
    inert(more.blocks, more.text);

    for (const view of [originalModal(scene(locale), passage), wrongModal(scene(locale), '{"a":"x"}')]) {
      expect(checkView({ ...view }, () => true)).toEqual([]);
      inert(view.blocks, '');
    }
  });
});

/** Outside words stand in text elements, or escaped: no mention, no link to a foreign host, no mark of direction. */
function inert(blocks: unknown, push: string): void {
  const links: string[] = [];
  const strings: string[] = [push];
  const walk = (value: unknown, key: string, type: string): void => {
    if (typeof value === 'string') {
      if (key === 'url') links.push(value);
      if (type === 'mrkdwn' && key === 'text') strings.push(value);
      expect(value).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/);
      return;
    }
    if (Array.isArray(value)) for (const one of value) walk(one, key, type);
    else if (typeof value === 'object' && value !== null) {
      const own = 'type' in value && typeof value.type === 'string' ? value.type : type;
      expect(['broadcast', 'user', 'usergroup']).not.toContain(own);
      for (const [name, inner] of Object.entries(value)) walk(inner, name, own);
    }
  };
  walk(blocks, '', '');
  for (const link of links) expect(new URL(link).host).toBe('console.example');
  for (const text of strings) {
    expect(text).not.toMatch(/<!|<@|<#/);
    for (const [, target] of text.matchAll(/<([^>|]+)[|>]/g))
      expect(new URL(target ?? '').host).toBe('console.example');
  }
}

test('the answer shows each sentence with its number, and each source with page, revision and age', () => {
  const message = manualAnswerMessage(
    scene('KO'),
    answer('결제 재시도', {
      degraded: null,
      sentences: [
        { text: '`pay_retry_queue` 적체를 확인합니다', evidenceRefs: [1] },
        { text: '승인 후 재처리를 시작합니다', evidenceRefs: [2] },
      ],
      citations: [citation(1, '적체'), { ...citation(2, '재처리'), stale: false, outdated: false, page: null }],
    }),
    { canShare: true },
  );
  const shown = JSON.stringify(message.blocks);

  expect(shown).toContain('"text":"[1]"');
  expect(shown).toContain('{"type":"text","text":"pay_retry_queue","style":{"code":true}}');
  expect(shown).toContain('PAY-OPS-1 §적체> · 12쪽 · 2024-09-03 개정 · 2판 · ⚠ 새 개정판이 있습니다 · ⚠ 14개월 전');
  expect(shown).toContain('PAY-OPS-2 §재처리> · 2024-09-03 개정 · 2판"');
  for (const label of ['원문 보기…', '다른 결과 4건', '공유', '맞아요', '틀려요']) expect(shown).toContain(label);
});
