import type { TaskCardBlock } from '@slack/types';
import type { WorkflowFields } from '../fragments.ts';
import { workTexts } from '../work-texts.ts';
import {
  actions,
  at,
  button,
  confirmDialog,
  context,
  escaped,
  linkButton,
  type Message,
  paragraph,
  plan,
  pushText,
  taskCard,
} from './elements.ts';
import { safe } from './rich-text.ts';
import { consoleUrl, type Scene } from './scene.ts';

const states: Readonly<Record<WorkflowFields['workflowSteps'][number]['status'], TaskCardBlock['status']>> = {
  PENDING: 'pending',
  RUNNING: 'in_progress',
  WAITING_APPROVAL: 'in_progress',
  SUCCEEDED: 'complete',
  SKIPPED: 'complete',
  FAILED: 'error',
  CANCELLED: 'error',
  OUTCOME_UNKNOWN: 'error',
};

/** The one message of a workflow: its steps with their agents, edited as they go. */
export function workflowProgress(scene: Scene, workflow: WorkflowFields): Message {
  const { t } = scene;
  const w = workTexts[scene.locale];
  const steps = workflow.workflowSteps;
  const done = steps.filter(({ status }) => states[status] === 'complete').length;
  const name = `${workflow.number} · ${workflow.title}`;
  const over = workflow.finishedAt !== null;
  const title = !over
    ? w.workflowRunning(name, done, steps.length)
    : workflow.workflowStatus === 'SUCCEEDED'
      ? w.workflowDone(name)
      : w.workflowEnded(name, w.workflowStatus[workflow.workflowStatus]);
  const cards = steps
    .slice(0, 30)
    .map((step, index) =>
      taskCard(
        `w${index}`,
        step.title,
        states[step.status],
        step.summary ?? (step.task === null ? null : step.task.number),
      ),
    );
  const state = w.workflowStatus[workflow.workflowStatus];
  const later = workflow.scheduledFor === null || over ? [] : [w.workflowWaitsUntil(at(workflow.scheduledFor))];
  return {
    text: pushText(title),
    blocks: [
      plan(title, cards),
      ...(workflow.errorMessage === null ? [] : [paragraph(safe(workflow.errorMessage, 500))]),
      actions(
        ...(over
          ? []
          : [
              button(
                'workflow.cancel',
                w.workflowCancel,
                { w: workflow.id },
                {
                  style: 'danger',
                  confirm: confirmDialog(
                    w.workflowCancelTitle(workflow.number),
                    w.workflowCancelText,
                    w.cancel,
                    t.keepGoing,
                  ),
                },
              ),
            ]),
        linkButton('workflow', t.openConsole, consoleUrl(scene, 'workflows', workflow.number)),
      ),
      context([escaped(workflow.number, 20), state, ...later].join(' · ')),
    ],
  };
}
