import type { ResultOf } from 'gql.tada';
import type { notificationClaim } from '../operations.ts';
import { actionResult, outcomeUnknown } from './action-messages.ts';
import { said } from './answers.ts';
import { approvalCard } from './approval-card.ts';
import { type Message, withBlockIds } from './elements.ts';
import { incidentCard, incidentNotice, reportMessage } from './incident-card.ts';
import type { Scene } from './scene.ts';
import { acknowledgementEnds, silenceNotice } from './silence-messages.ts';
import { taskFailed, taskProgress, taskResult, taskRows } from './task-messages.ts';
import { taskQuestion } from './task-question.ts';
import { workflowProgress } from './workflow-progress.ts';

/** One claimed notification, as the api gives it. */
export type Notification = ResultOf<typeof notificationClaim>['notificationClaim']['notifications'][number];

/** Draws a notification from its subject as it is now. Its block ids carry the revision. */
export function draw(scene: Scene, notification: Notification): Message {
  return withBlockIds(drawn(scene, notification), `r${notification.revision}`);
}

/** The number people see of what a message is about, for finding the incident of a thread. */
export function subjectNumber(notification: Notification): string | null {
  return 'number' in notification.subject ? notification.subject.number : null;
}

function drawn(scene: Scene, notification: Notification): Message {
  const { kind, subject, text } = notification;
  switch (subject.__typename) {
    case 'Incident':
      if (kind === 'INCIDENT_CARD' || kind === 'STORM_DIGEST') return incidentCard(scene, subject);
      if (kind === 'REPORT') return reportMessage(scene, subject);
      if (kind === 'INCIDENT_NOTICE' && notification.privateTo !== null)
        return acknowledgementEnds(scene, subject, text ?? '');
      return incidentNotice(text ?? scene.t.plainNotice(kind), subject.number);
    case 'Silence':
      return silenceNotice(scene, subject);
    case 'Approval':
      return approvalCard(scene, subject);
    case 'Workflow':
      return workflowProgress(scene, subject);
    case 'Task':
      if (kind === 'TASK_PROGRESS') return taskProgress(scene, subject);
      if (kind === 'TASK_QUESTION') return taskQuestion(scene, subject);
      if (kind === 'TASK_FAILED') return taskFailed(scene, subject);
      if (kind === 'ACTION_RESULT') return actionResult(scene, subject);
      if (kind === 'OUTCOME_UNKNOWN') return outcomeUnknown(scene, subject);
      if (kind === 'TASK_RESULT') return taskResult(scene, subject);
      if (kind === 'REPORT') return taskRows(scene, subject, text ?? '');
      return incidentNotice(text ?? scene.t.plainNotice(kind), subject.number);
    default:
      return said(text ?? scene.t.plainNotice(kind));
  }
}
