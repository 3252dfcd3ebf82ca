import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLogger } from '../../lib/log.ts';
import { Secret } from '../../lib/secret.ts';
import { type GraphqlStandIn, startGraphqlStandIn } from '../../test/servers/graphql/stand-in.ts';
import { subjects } from '../../test/servers/graphql/subjects.ts';
import { createApi } from '../api.ts';
import { checkBlocks } from '../local-slack/blocks.ts';
import { notificationClaim } from '../operations.ts';
import type { Locale } from '../texts.ts';
import { approvalCard, detailsModal, rejectModal, typeNameModal } from './approval-card.ts';
import { draw, type Notification } from './draw.ts';
import { planAsLines } from './elements.ts';
import { makeScene } from './scene.ts';

const hostile = (what: string) =>
  `${what} <!channel> <!here> <@U0APPROVER> <https://evil.example|click> \`\`\` *b* \u202e&\u2066 {{x}} ${'긴'.repeat(40)}`;

type Case = readonly [name: string, kind: Notification['kind'], subject: object];

/** Every message the product sends in this version, in each of its states. */
function cases(words?: (what: string) => string): Case[] {
  const s = subjects(words);
  const text = words?.('note') ?? 'note';
  return [
    ['card, triggered', 'INCIDENT_CARD', s.incident],
    ['card, acknowledged', 'INCIDENT_CARD', { ...s.incident, status: 'ACKNOWLEDGED' }],
    ['card, resolved', 'INCIDENT_CARD', { ...s.incident, status: 'RESOLVED', resolvedAt: '2026-11-24T05:16:00.000Z' }],
    ['storm', 'STORM_DIGEST', { ...s.incident, kind: 'STORM', storm: s.storm }],
    [
      'storm over, by system',
      'STORM_DIGEST',
      {
        ...s.incident,
        kind: 'STORM',
        status: 'ACKNOWLEDGED',
        storm: {
          ...s.storm,
          endedAt: '2026-11-24T05:09:00.000Z',
          cause: { ...s.storm.cause, kind: 'system' },
          lines: [],
        },
      },
    ],
    [
      'storm without a shared label',
      'STORM_DIGEST',
      { ...s.incident, kind: 'STORM', storm: { ...s.storm, cause: { ...s.storm.cause, kind: 'first' } } },
    ],
    [
      'flapping',
      'INCIDENT_CARD',
      {
        ...s.incident,
        alertGroups: {
          totalCount: 1,
          nodes: [
            {
              ...s.incident.alertGroups.nodes[0],
              status: 'FLAPPING',
              heldUntil: '2026-11-24T05:30:00.000Z',
              restarts: 3,
            },
          ],
        },
      },
    ],
    ['moved', 'INCIDENT_CARD', { ...s.incident, status: 'RESOLVED', mergedInto: { number: 'INC-40' } }],
    ['silence', 'SILENCE_NOTICE', s.silence],
    ['silence that waits', 'SILENCE_NOTICE', { ...s.silence, status: 'PENDING' }],
    ['silence that failed', 'SILENCE_NOTICE', { ...s.silence, status: 'PENDING', error: text }],
    ['silence made elsewhere', 'SILENCE_NOTICE', { ...s.silence, external: true }],
    ['silence over', 'SILENCE_NOTICE', { ...s.silence, status: 'EXPIRED' }],
    ['report', 'REPORT', s.incident],
    ['notice', 'INCIDENT_NOTICE', { ...s.incident, text }],
    ['plan', 'TASK_PROGRESS', s.task],
    ['plan without steps', 'TASK_PROGRESS', { ...s.task, steps: { totalCount: 0, nodes: [] } }],
    ['finding', 'TASK_PROGRESS', { ...s.task, status: 'SUCCEEDED', finding: s.finding }],
    [
      'inconclusive',
      'TASK_PROGRESS',
      { ...s.task, status: 'SUCCEEDED', finding: { ...s.finding, verdict: 'INCONCLUSIVE' } },
    ],
    ['facts only', 'TASK_PROGRESS', { ...s.task, status: 'SUCCEEDED', analysisWritten: false, finding: s.finding }],
    ['question', 'TASK_QUESTION', { ...s.task, status: 'WAITING_INPUT' }],
    [
      'question, answered',
      'TASK_QUESTION',
      { ...s.task, questions: { ...s.task.questions, answeredAt: '2026-11-24T05:00:00.000Z', answeredBy: text } },
    ],
    ['question, over', 'TASK_QUESTION', { ...s.task, status: 'EXPIRED' }],
    ['workflow', 'WORKFLOW_PROGRESS', s.workflow],
    ['workflow, later', 'WORKFLOW_PROGRESS', { ...s.workflow, scheduledFor: '2026-11-25T05:00:00.000Z' }],
    [
      'workflow, failed',
      'WORKFLOW_PROGRESS',
      { ...s.workflow, status: 'FAILED', errorMessage: text, finishedAt: '2026-11-24T05:10:00.000Z' },
    ],
    ['result', 'TASK_RESULT', { ...s.task, status: 'SUCCEEDED' }],
    [
      'failed',
      'TASK_FAILED',
      {
        ...s.task,
        status: 'FAILED',
        error: { message: text, kept: text, nextStep: text, requestId: 'r1', retryable: true },
      },
    ],
    ...(['VERIFIED', 'EXECUTED_UNVERIFIED', 'FAILED', 'ROLLED_BACK', 'NOT_RUN', 'RUNNING'] as const).map(
      (outcome): Case => [
        `action ${outcome}`,
        'ACTION_RESULT',
        { ...s.task, actions: [{ ...s.task.actions[0], outcome }] },
      ],
    ),
    [
      'unknown',
      'OUTCOME_UNKNOWN',
      {
        ...s.task,
        status: 'OUTCOME_UNKNOWN',
        steps: { totalCount: 1, nodes: [{ ...s.task.steps.nodes[0], status: 'OUTCOME_UNKNOWN' }] },
        effects: [{ ...s.task.effects[0], status: 'UNKNOWN', doneAt: null }],
      },
    ],
    ...(['PENDING', 'APPROVED', 'REJECTED', 'EXPIRED', 'CANCELLED', 'SUPERSEDED'] as const).map(
      (status): Case => [`approval ${status}`, 'APPROVAL_REQUEST', { ...s.approval, status }],
    ),
    ['confirmation', 'APPROVAL_REQUEST', { ...s.approval, kind: 'CONFIRMATION' }],
    ['high risk', 'APPROVAL_REQUEST', { ...s.approval, typedConfirmation: text }],
  ];
}

let api: GraphqlStandIn;
let waiting: object[] = [];
beforeAll(async () => {
  api = await startGraphqlStandIn({
    notificationClaim: () => ({
      lease: { token: '1', expiresAt: '2026-11-24T05:00:00.000Z' },
      notifications: waiting,
      userErrors: [],
    }),
  });
});
afterAll(() => api.stop());

async function notificationOf([, kind, subject]: Case, locale: Locale, revision = 3): Promise<Notification> {
  const text = 'text' in subject ? subject.text : null;
  waiting = [
    {
      id: 'Tm90aWZpY2F0aW9uOjAx',
      kind,
      priority: 'FINDING',
      revision,
      attempts: 1,
      uncertain: false,
      broadcast: false,
      locale,
      text,
      leaseToken: '1',
      createdAt: '2026-11-24T05:00:00.000Z',
      address: { workspace: 'T0LOCAL', channel: 'C0OPS', thread: null, message: null },
      privateTo: null,
      subject,
    },
  ];
  const client = createApi({
    url: api.url,
    key: new Secret('x'.repeat(24)),
    log: createLogger({ name: 'test', level: 'silent' }),
  });
  const { notificationClaim: answer } = await client.call(notificationClaim, {
    input: { channels: ['CHAT'], leaseFor: 'PT1M', worker: 'test' },
  });
  const [first] = answer.notifications;
  if (first === undefined) throw new Error('nothing was claimed');
  return first;
}

const sceneOf = (locale: Locale) =>
  makeScene({
    locale,
    workspace: 'T0LOCAL',
    consoleUrl: 'http://localhost:3000',
    linkHosts: [],
    now: new Date('2026-11-24T05:10:00Z'),
  });

type Json = null | string | number | boolean | Json[] | { [key: string]: Json };
const jsonOf = (value: unknown): Json => JSON.parse(JSON.stringify(value));

/** All objects of a payload. */
function* objects(value: Json): Generator<{ [key: string]: Json }> {
  if (value === null || typeof value !== 'object') return;
  if (!Array.isArray(value)) yield value;
  for (const inner of Object.values(value)) yield* objects(inner);
}

function problems(payload: { text?: string; blocks: unknown }, surface: 'message' | 'modal'): string[] {
  const { messages, totalText } = checkBlocks(payload.blocks, surface);
  const bad = [...messages];
  if (totalText > 12_000) bad.push(`total text ${totalText}`);
  if (surface === 'message' && (!payload.text?.trim() || [...payload.text].length > 120))
    bad.push(`push text ${payload.text}`);
  if (/[\u202a-\u202e\u2066-\u2069\u200b-\u200f]/.test(JSON.stringify(payload)))
    bad.push('direction or invisible marks');
  if (payload.text !== undefined && /<[!@h]/.test(payload.text)) bad.push('live marks in the push text');
  const controls: string[] = [];
  for (const one of objects(jsonOf(payload.blocks))) {
    if (one.type === 'mrkdwn' && typeof one.text === 'string') {
      if (/<!(?!date)|<https?:\/\/(?!localhost:3000)|```/.test(one.text)) bad.push(`live marks: ${one.text}`);
    }
    if (typeof one.url === 'string' && !one.url.startsWith('http://localhost:3000')) bad.push(`link to ${one.url}`);
    if (one.type === 'button') {
      if (typeof one.url !== 'string' && typeof one.value !== 'string') bad.push('a button without a value');
      if (typeof one.value === 'string')
        for (const carried of Object.values(JSON.parse(one.value)))
          if (String(carried).length > 64) bad.push('a button carries more than ids');
    }
    if (one.type === 'actions' && Array.isArray(one.elements) && one.elements.length > 5)
      bad.push('more than 5 controls');
    if (one.type === 'plan' && /<[@!h]/.test(JSON.stringify(one.title))) bad.push('a live plan title');
    if (one.type === 'task_card' && /<[@!h]/.test(JSON.stringify(one.title))) bad.push('a live title');
    if (typeof one.action_id === 'string') controls.push(one.action_id);
  }
  if (new Set(controls).size !== controls.length) bad.push('an action_id twice');
  return bad;
}

describe.each([
  ['ordinary', undefined],
  ['hostile', hostile],
] as const)('with %s words', (_, words) => {
  describe.each(['EN', 'KO'] as const)('in %s', (locale) => {
    test.each(cases(words))('%s keeps to the limits of Slack and is inert', async (...one) => {
      const message = draw(sceneOf(locale), await notificationOf(one, locale));

      expect(problems(message, 'message')).toEqual([]);
      expect(problems(planAsLines(message), 'message')).toEqual([]);
      expect(message.blocks.every(({ block_id }) => block_id?.startsWith('r3.'))).toBe(true);
      if (words === undefined && one[0] !== 'notice')
        expect(/[가-힣]/.test(JSON.stringify(message))).toBe(locale === 'KO');
    });
  });
});

const shape = (blocks: readonly { type: string }[]) => blocks.map(({ type }) => type).join(' ');

test.each(cases())('%s has the same structure in both languages', async (...one) => {
  const english = draw(sceneOf('EN'), await notificationOf(one, 'EN'));
  const korean = draw(sceneOf('KO'), await notificationOf(one, 'KO'));

  expect(shape(korean.blocks)).toBe(shape(english.blocks));
});

test('a decided approval has no buttons, and a waiting one carries the digest', async () => {
  const pending = cases().find(([name]) => name === 'approval PENDING');
  const decided = cases().find(([name]) => name === 'approval APPROVED');
  if (pending === undefined || decided === undefined) throw new Error('no such case');

  expect(JSON.stringify(draw(sceneOf('EN'), await notificationOf(pending, 'EN')))).toContain('a1b2c3d4'.repeat(8));
  expect(JSON.stringify(draw(sceneOf('EN'), await notificationOf(decided, 'EN')))).not.toContain('approval.');
});

test.each(['EN', 'KO'] as const)('the forms of an approval keep to the limits in %s', async (locale) => {
  const one = cases(hostile).find(([name]) => name === 'high risk');
  const notification = one && (await notificationOf(one, locale));
  if (notification?.subject.__typename !== 'Approval') throw new Error('no approval');
  const { subject } = notification;
  const scene = sceneOf(locale);

  for (const view of [
    rejectModal(scene, subject, '{}'),
    typeNameModal(scene, subject, '{}'),
    detailsModal(scene, subject, { a: hostile('x') }),
  ]) {
    expect(problems({ blocks: view.blocks }, 'modal')).toEqual([]);
    expect([...view.title.text].length).toBeLessThanOrEqual(24);
  }
  expect(JSON.stringify(approvalCard(scene, subject))).not.toContain('"confirm":');
});
