import type { KnownBlock } from '@slack/types';
import type { TaskFields } from '../fragments.ts';
import { spoken } from '../texts.ts';
import {
  actions,
  at,
  button,
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
import { code, line, richText, safe } from './rich-text.ts';
import { consoleUrl, namesOf, type Scene } from './scene.ts';
import { taskLine } from './task-messages.ts';

type Action = TaskFields['actions'][number];

/** The action a message is about: the one that was tried last. */
const triedLast = (task: TaskFields): Action | undefined =>
  task.actions.findLast(({ outcome }) => outcome !== 'NOT_RUN') ?? task.actions.at(-1);

/** What became of an approved action: approval, execution and the fresh check. An exit code alone is no success. */
export function actionResult(scene: Scene, task: TaskFields): Message {
  const { t } = scene;
  const action = triedLast(task);
  if (action === undefined) return { text: pushText(t.done(task.title)), blocks: [paragraph(t.done(task.title))] };
  const title = titleOf(scene, action);
  const effect = task.effects.find((one) => one.action.id === action.id);
  const approvers = action.approval?.decisions.filter(({ approved }) => approved).map(({ by }) => by) ?? [];
  const verification = task.steps.nodes.findLast(({ title: step, status }) => isCheck(step) && status !== 'PENDING');
  const verified = action.outcome === 'VERIFIED';
  const ran = action.outcome !== 'NOT_RUN' && action.outcome !== 'FAILED';
  const took = effect?.doneAt == null ? '' : ` · ${spoken(Date.parse(effect.doneAt) - Date.parse(effect.intentAt), t)}`;
  return {
    text: pushText(title),
    blocks: [
      plan(`${title}${took}`, [
        taskCard(
          'approved',
          approvers.length === 0 ? t.stepByPolicy : t.stepApproved(namesOf(approvers)),
          'complete',
          action.approval?.number ?? null,
        ),
        taskCard('executed', t.stepExecuted, ran ? 'complete' : 'error', effect?.answer ?? action.target),
        taskCard(
          'verified',
          t.stepVerify,
          verified ? 'complete' : action.outcome === 'RUNNING' ? 'in_progress' : 'error',
          verification?.summary ?? (verified ? null : title),
        ),
      ]),
      code(action.command),
      actions(linkButton('task', t.openConsole, consoleUrl(scene, 'tasks', task.number))),
      context([...(action.approval === null ? [] : [action.approval.number]), taskLine(task)].join(' · ')),
    ],
  };
}

const isCheck = (title: string): boolean => /verif|check|검증|점검/i.test(title);

function titleOf(scene: Scene, action: Action): string {
  const { t } = scene;
  const title = safe(action.title, 150);
  switch (action.outcome) {
    case 'VERIFIED':
      return t.actionVerified(title);
    case 'EXECUTED_UNVERIFIED':
      return t.actionUnverified(title);
    case 'FAILED':
      return t.actionFailed(title);
    case 'NOT_RUN':
      return t.actionNotRun(title);
    case 'RUNNING':
      return t.actionRunning(title);
    case 'ROLLED_BACK':
      return t.actionRolledBack(title);
    case 'UNKNOWN':
      return t.actionUnknown(title);
    default:
      return title;
  }
}

/** The answer of a change was lost: the facts, and three buttons for a person who looks. */
export function outcomeUnknown(scene: Scene, task: TaskFields): Message {
  const { t } = scene;
  const effect = task.effects.find(({ status }) => status === 'UNKNOWN') ?? task.effects.at(-1);
  const action = task.actions.find(({ id }) => id === effect?.action.id) ?? triedLast(task);
  const title = safe(action?.title ?? task.title, 120);
  const seen = task.steps.nodes.findLast(({ status, summary }) => status === 'SUCCEEDED' && summary !== null);
  const waiting = effect?.observed == null && task.taskStatus === 'OUTCOME_UNKNOWN';
  const blocks: KnownBlock[] = [
    header(t.unknownHeader(title)),
    richText([
      line(t.unknownText(effect === undefined ? '–' : `${effect.intentAt.slice(11, 19)} UTC`)),
      ...(seen === undefined ? [] : [line(`${t.whatISee}: ${safe(seen.summary ?? '', 300)}`)]),
    ]),
    ...(action === undefined ? [] : [code(action.command)]),
  ];
  const asked = task.steps.nodes.findLast(({ status }) => status === 'OUTCOME_UNKNOWN');
  const step = asked === undefined ? null : { t: task.id, s: asked.id };
  if (waiting && step !== null)
    blocks.push(
      actions(
        button('task.itRan', t.itRan, step),
        button('task.itDidNotRun', t.itDidNotRun, step),
        button('task.abandon', t.leaveIt, step),
      ),
    );
  else if (effect?.observed != null)
    blocks.push(context(`${t.observed[effect.observed]}${effect.note === null ? '' : ` · ${escaped(effect.note)}`}`));
  blocks.push(
    context(
      [
        ...(action?.approval == null ? [] : [action.approval.number]),
        taskLine(task),
        ...(effect === undefined ? [] : [at(effect.intentAt, '{time_secs}')]),
      ].join(' · '),
    ),
  );
  return { text: pushText(t.unknownPush(action?.approval?.number ?? task.number, title)), blocks };
}
