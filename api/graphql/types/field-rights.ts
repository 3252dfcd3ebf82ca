import type { Permission, Viewer } from '../../context.ts';
import { may } from '../request-context.ts';

const task = ['TASK_READ', 'TASK_WRITE'] as const;
const incident = ['INCIDENT_READ', 'INCIDENT_WRITE'] as const;
const approval = ['TASK_READ', 'INCIDENT_READ', 'APPROVAL_DECIDE'] as const;

/** Any one of these lets the viewer see fields of the type, wherever it stands. Types that are not listed need a known caller only. */
const rights: Readonly<Record<string, readonly Permission[]>> = {
  Task: task,
  TaskStep: task,
  TaskError: task,
  Effect: task,
  Workflow: task,
  WorkflowStep: task,
  Schedule: task,
  Finding: [...task, ...incident],
  Claim: [...task, ...incident, 'MANUAL_READ'],
  HealthEvidence: [...task, ...incident],
  ManualEvidence: [...task, ...incident],
  MetricEvidence: [...task, ...incident],
  OtherEvidence: [...task, ...incident],
  ProposedAction: approval,
  Approval: approval,
  ApprovalDecision: approval,
  Incident: incident,
  TimelineEntry: incident,
  AlertGroup: [...incident, 'ALERT_INGEST'],
  Alert: [...incident, 'ALERT_INGEST'],
  Silence: incident,
  QuarantinedAlert: [...incident, 'ALERT_INGEST'],
  System: [...incident, 'TASK_READ', 'SYSTEM_WRITE'],
  HealthCheck: [...incident, 'TASK_READ', 'SYSTEM_WRITE'],
  Manual: ['MANUAL_READ', ...task, ...incident],
  ManualHit: ['MANUAL_READ', ...task, ...incident],
  ManualIngest: ['MANUAL_READ', 'MANUAL_WRITE'],
  ManualIngestFile: ['MANUAL_READ', 'MANUAL_WRITE'],
  ManualUpload: ['MANUAL_WRITE'],
  ManualPassage: ['MANUAL_READ'],
  ManualCitation: ['MANUAL_READ'],
  ManualAnswer: ['MANUAL_READ'],
  ManualGap: ['MANUAL_WRITE', 'MANUAL_READ'],
  Notification: ['NOTIFICATION_DELIVER', ...incident, ...task],
};

/** Rights that open the fields of a type; none for a type anyone with a key may see. */
export function rightsOfType(type: string): readonly Permission[] {
  return Object.hasOwn(rights, type) ? (rights[type] ?? []) : [];
}

/** Whether the viewer may see this type at all. */
export function mayRead(viewer: Viewer, type: string): boolean {
  const needed = rightsOfType(type);
  return needed.length === 0 || may(viewer, ...needed);
}
