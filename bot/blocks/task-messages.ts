import type { KnownBlock, RichTextBlockElement, TaskCardBlock } from '@slack/types';
import { parseDuration } from '../../lib/duration.ts';
import { clip } from '../../lib/text.ts';
import type { TaskFields } from '../fragments.ts';
import { spoken } from '../texts.ts';
import { workTexts } from '../work-texts.ts';
import {
  actions,
  button,
  confirmDialog,
  context,
  escaped,
  header,
  linkButton,
  type Message,
  paragraph,
  plan,
  pushText,
  taskCard,
} from './elements.ts';
import { bullets, code, line, literal, richText, safe } from './rich-text.ts';
import { consoleUrl, evidenceUrl, type Scene } from './scene.ts';

type Finding = NonNullable<TaskFields['finding']>;
type Claim = Finding['reasons'][number];

const stepStates: Readonly<Record<TaskFields['steps']['nodes'][number]['status'], TaskCardBlock['status']>> = {
  PENDING: 'pending',
  RUNNING: 'in_progress',
  WAITING_APPROVAL: 'in_progress',
  SUCCEEDED: 'complete',
  SKIPPED: 'complete',
  FAILED: 'error',
  CANCELLED: 'error',
  OUTCOME_UNKNOWN: 'error',
};
const over = new Set<TaskFields['taskStatus']>(['SUCCEEDED', 'FAILED', 'CANCELLED', 'EXPIRED']);
const mostReasons = 5;
const longestClaim = 350;
const listedEvidence = 8;

/** The one message of a task: its plan while it works, its answer once there is one. */
export function taskProgress(scene: Scene, task: TaskFields): Message {
  return task.finding === null ? planMessage(scene, task) : answerMessage(scene, task, task.finding);
}

/** "T-1042 · sop → monitoring, infra". */
export function taskLine(task: Pick<TaskFields, 'number' | 'agentId'> & Partial<Pick<TaskFields, 'children'>>): string {
  const helpers = [...new Set((task.children?.nodes ?? []).map(({ agentId }) => agentId))];
  return `${task.number} · ${escaped(task.agentId, 40)}${helpers.length === 0 ? '' : ` → ${helpers.map((one) => escaped(one, 40)).join(', ')}`}`;
}

/** What of the task's budget the model has used; nothing when none was asked. */
function modelLine(scene: Scene, { usage }: TaskFields): string[] {
  if (usage.calls === 0) return [];
  const limit = usage.costLimitUsd === null ? '' : ` / $${usage.costLimitUsd.toFixed(2)}`;
  const cost = usage.costUsd === null ? '' : `, $${usage.costUsd.toFixed(3)}${limit}`;
  const tokens = usage.promptTokens + usage.completionTokens;
  return [workTexts[scene.locale].modelUsed(usage.calls, tokens, usage.tokenLimit, cost)];
}

function planMessage(scene: Scene, task: TaskFields): Message {
  const { t } = scene;
  const steps = task.steps.nodes;
  const done = steps.filter(({ status }) => stepStates[status] === 'complete').length;
  const since = task.taskStartedAt ?? task.createdAt;
  const time = spoken(Date.parse(task.finishedAt ?? scene.now.toISOString()) - Date.parse(since), t);
  const ended = over.has(task.taskStatus);
  const title = ended
    ? task.taskStatus === 'SUCCEEDED'
      ? t.done(task.title)
      : t.stopped(task.title)
    : steps.length === 0
      ? t.working(task.title)
      : t.investigating(done, task.steps.totalCount, time);
  const cards =
    steps.length === 0
      ? [taskCard('start', ended ? t.taskStatus[task.taskStatus] : t.waitingToStart, ended ? 'complete' : 'pending')]
      : steps.map((step, index) =>
          taskCard(`s${index}`, step.title, stepStates[step.status], withRefs(step.summary, step.evidence)),
        );
  const hidden = task.steps.totalCount - steps.length;
  return {
    text: pushText(
      ended ? title : t.investigatingPush(task.incident?.number ?? task.number, done, task.steps.totalCount),
    ),
    blocks: [
      plan(title, cards),
      ...(ended
        ? [actions(linkButton('task', t.openConsole, consoleUrl(scene, 'tasks', task.number)))]
        : [actions(stopButton(scene, task))]),
      context([taskLine(task), ...(hidden > 0 ? [t.more(hidden)] : []), ...modelLine(scene, task)].join(' · ')),
    ],
  };
}

function withRefs(summary: string | null, evidence: readonly { readonly ref: number }[]): string | null {
  const refs = evidence.map(({ ref }) => `[${ref}]`).join('');
  if (summary === null) return refs === '' ? null : refs;
  return refs === '' || /\[\d+\]/.test(summary) ? summary : `${clip(summary, 250)} ${refs}`;
}

function stopButton(scene: Scene, task: TaskFields) {
  const { t } = scene;
  return button(
    'task.cancel',
    t.stop,
    { t: task.id },
    { style: 'danger', confirm: confirmDialog(t.stopTitle(task.number), t.stopText, t.stop, t.keepGoing) },
  );
}

function answerMessage(scene: Scene, task: TaskFields, finding: Finding): Message {
  const { t } = scene;
  const found = finding.verdict === 'FOUND';
  const headline = safe(finding.headline, 200);
  const title = !task.analysisWritten
    ? t.factsHeader
    : found
      ? t.likelyCause(headline, t.confidence[finding.confidence])
      : t.noCause;
  const push = !task.analysisWritten
    ? t.factsPush(headline)
    : found
      ? t.findingPush(headline)
      : t.noCausePush(headline);
  const running = !over.has(task.taskStatus);
  const sources = citedEvidence(task).length;
  return {
    text: pushText(task.incident === null ? push : `${task.incident.number} · ${push}`),
    blocks: [
      header(title),
      richText(answerBody(scene, task, finding, found)),
      ...citations(scene, task),
      actions(
        ...(running ? [stopButton(scene, task)] : []),
        ...(!running && !found ? [button('task.retry', t.tryAgain, { t: task.id })] : []),
        linkButton('evidence', t.evidence(sources), consoleUrl(scene, 'tasks', task.number)),
      ),
      context(
        [
          task.analysisWritten ? t.aiLine(sources) : t.rulesLine(sources),
          taskLine(task),
          ...modelLine(scene, task),
        ].join(' · '),
      ),
    ],
  };
}

/** Five headings, always in this order, empty ones left out. */
function answerBody(scene: Scene, task: TaskFields, finding: Finding, found: boolean): RichTextBlockElement[] {
  const { t } = scene;
  const link = { evidenceUrl: evidenceUrl(scene, task) };
  const heading = (title: string): RichTextBlockElement => ({
    type: 'rich_text_section',
    elements: [literal(title, { bold: true })],
  });
  const claim = ({ text, evidenceRefs }: Claim): string => {
    const refs = evidenceRefs.map((ref) => `[${ref}]`).filter((ref) => !text.includes(ref));
    return `${safe(text, longestClaim)}${refs.length === 0 ? '' : ` ${refs.slice(0, 4).join('')}`}`;
  };
  const part = (title: string, lines: readonly string[]): RichTextBlockElement[] =>
    lines.length === 0 ? [] : [heading(title), bullets(lines.slice(0, mostReasons), link)];
  const proposals = finding.proposedActions
    .slice(0, 3)
    .map((action) =>
      t.proposal(
        safe(action.title, 200),
        t.risk[action.risk],
        durationText(scene, action.estimatedDuration),
        safe(action.undo ?? '', 150),
      ),
    );
  return [
    ...(task.analysisWritten ? [] : [line(t.factsWhy)]),
    ...(found && task.analysisWritten
      ? []
      : [
          heading(found ? safe(finding.headline, 300) : t.hLead),
          ...(found ? [] : [line(safe(finding.headline, 300))]),
        ]),
    ...part(t.hSituation, finding.situation.map(claim)),
    ...part(t.hReasons, finding.reasons.map(claim)),
    ...part(t.hAgainst, finding.against.map(claim)),
    ...part(
      t.hNotChecked,
      finding.notChecked.map((text) => safe(text, longestClaim)),
    ),
    ...part(
      t.hNeeded,
      finding.needed.map((text) => safe(text, longestClaim)),
    ),
    ...part(t.hProposal, proposals),
  ];
}

function durationText(scene: Scene, duration: string | null): string {
  const ms = duration === null ? null : parseDuration(duration);
  return ms === null ? '' : spoken(ms, scene.t);
}

/** What the claims stand on: the finding's own citations, also of child tasks, beside what this task read itself. */
function citedEvidence(task: TaskFields): readonly { readonly ref: number; readonly title: string }[] {
  const all = [...(task.finding?.evidence ?? []), ...task.evidence.nodes];
  return [...new Map(all.map((one) => [one.ref, one])).values()].sort((one, other) => one.ref - other.ref);
}

/** "[1] CPU by pod  [2] p95", each a link to the stored reply. */
function citations(scene: Scene, task: TaskFields): KnownBlock[] {
  const cited = citedEvidence(task);
  const shown = cited.slice(0, listedEvidence);
  if (shown.length === 0) return [];
  const url = evidenceUrl(scene, task);
  const more = cited.length - shown.length;
  const list = shown.map(
    (one) => `[${one.ref}] <${url(one.ref)}|${escaped(one.title, 60).replaceAll('|', '¦') || '…'}>`,
  );
  return [context([...list, ...(more > 0 ? [scene.t.moreInEvidence(more)] : [])].join('  '))];
}

/** What failed, what was kept, what to do. */
export function taskFailed(scene: Scene, task: TaskFields): Message {
  const { t } = scene;
  const error = task.error;
  const message = safe(error?.message ?? t.taskStatus[task.taskStatus], 500);
  return {
    text: pushText(t.failedPush(task.number, message)),
    blocks: [
      richText([
        {
          type: 'rich_text_section',
          elements: [literal('⚠️ '), literal(message, { bold: true })],
        },
        ...(error?.kept ? [line(t.kept(safe(error.kept, 300)))] : []),
        ...(error?.nextStep ? [line(t.next(safe(error.nextStep, 300)))] : []),
      ]),
      actions(
        ...(error?.retryable === false ? [] : [button('task.retry', t.retry, { t: task.id })]),
        linkButton('task', t.whatWasFound, consoleUrl(scene, 'tasks', task.number)),
      ),
      context([taskLine(task), ...(error === null ? [] : [t.request(escaped(error.requestId, 60))])].join(' · ')),
    ],
  };
}

/** A short result of a task that has no finding, such as a health check: its lines, literally. */
export function taskResult(scene: Scene, task: TaskFields): Message {
  if (task.finding !== null) return taskProgress(scene, task);
  const lines = task.steps.nodes.map((step) => `${step.title}${step.summary === null ? '' : `: ${step.summary}`}`);
  return {
    text: pushText(scene.t.done(task.title)),
    blocks: [
      paragraph(scene.t.done(safe(task.title, 200))),
      ...(lines.length === 0 ? [] : [richText([bullets(lines, { evidenceUrl: evidenceUrl(scene, task) })])]),
      ...citations(scene, task),
      context(taskLine(task)),
    ],
  };
}

/** Rows for the person who asked, as plain text in a box; they were masked before they came here. */
export function taskRows(scene: Scene, task: TaskFields, text: string): Message {
  const [first = '', ...rest] = text.split('\n');
  return {
    text: pushText(first),
    blocks: [
      paragraph(safe(task.title, 200)),
      code(rest.join('\n'), 2_800),
      actions(linkButton('task', scene.t.openConsole, consoleUrl(scene, 'tasks', task.number))),
      context(`${escaped(first)} · ${taskLine(task)}`),
    ],
  };
}
