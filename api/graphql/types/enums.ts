import { registerEnumType } from 'type-graphql';
import {
  ActionOutcome,
  AlertGroupStatus,
  AlertStatus,
  ApprovalKind,
  ApprovalStatus,
  Confidence,
  EffectStatus,
  Environment,
  HealthState,
  InboxSource,
  InboxStatus,
  IncidentKind,
  IncidentStatus,
  Locale,
  ManualIngestFileStatus,
  ManualIngestStatus,
  ManualStatus,
  ManualVisibility,
  NotificationChannel,
  NotificationKind,
  NotificationPriority,
  NotificationStatus,
  RiskLevel,
  Role,
  Severity,
  SilenceKind,
  SilenceStatus,
  StepMode,
  StepStatus,
  TaskStatus,
  TaskTrigger,
  TimelineKind,
  Verdict,
  WorkflowStatus,
} from '../../db.ts';

registerEnumType(ActionOutcome, {
  name: 'ActionOutcome',
  description: 'VERIFIED only after a fresh check; an exit code is not a verification.',
});
registerEnumType(AlertGroupStatus, { name: 'AlertGroupStatus' });
registerEnumType(AlertStatus, { name: 'AlertStatus' });
registerEnumType(ApprovalKind, {
  name: 'ApprovalKind',
  description: "CONFIRMATION: the requester's own yes. APPROVAL: someone else's.",
});
registerEnumType(ApprovalStatus, { name: 'ApprovalStatus' });
registerEnumType(Confidence, { name: 'Confidence' });
/** DeliveryResult */
export const DeliveryResult = {
  DELIVERED: 'DELIVERED',
  REFUSED: 'REFUSED',
  RETRY_LATER: 'RETRY_LATER',
  UNCERTAIN: 'UNCERTAIN',
} as const;
export type DeliveryResult = (typeof DeliveryResult)[keyof typeof DeliveryResult];
registerEnumType(DeliveryResult, {
  name: 'DeliveryResult',
  valuesConfig: {
    UNCERTAIN: { description: 'The answer was lost; the bot must look the message up before sending again.' },
  },
});
/** DependencyState */
export const DependencyState = {
  DEGRADED: 'DEGRADED',
  DOWN: 'DOWN',
  NOT_CONFIGURED: 'NOT_CONFIGURED',
  UP: 'UP',
} as const;
export type DependencyState = (typeof DependencyState)[keyof typeof DependencyState];
registerEnumType(DependencyState, { name: 'DependencyState' });
registerEnumType(EffectStatus, { name: 'EffectStatus' });
registerEnumType(Environment, { name: 'Environment' });
registerEnumType(HealthState, { name: 'HealthState' });
registerEnumType(InboxSource, { name: 'InboxSource' });
registerEnumType(InboxStatus, { name: 'InboxStatus' });
registerEnumType(IncidentKind, {
  name: 'IncidentKind',
  description: 'STORM gathers many alert groups under one thread.',
});
registerEnumType(IncidentStatus, { name: 'IncidentStatus' });
registerEnumType(Locale, { name: 'Locale', description: "The language of texts. The API answers in the viewer's." });
registerEnumType(ManualIngestFileStatus, { name: 'ManualIngestFileStatus' });
registerEnumType(ManualIngestStatus, {
  name: 'ManualIngestStatus',
  description: 'FAILED: none of its files could be used.',
});
registerEnumType(ManualStatus, { name: 'ManualStatus' });
registerEnumType(ManualVisibility, {
  name: 'ManualVisibility',
  description: 'OPERATORS: operators, approvers and administrators. TEAM: people of its team and administrators.',
});
registerEnumType(NotificationChannel, { name: 'NotificationChannel' });
registerEnumType(NotificationKind, { name: 'NotificationKind' });
registerEnumType(NotificationPriority, {
  name: 'NotificationPriority',
  description: 'APPROVAL first, then RESULT, NEW_CRITICAL, FINDING, PROGRESS.',
});
registerEnumType(NotificationStatus, { name: 'NotificationStatus' });
/** ObservedOutcome */
export const ObservedOutcome = { ABANDON: 'ABANDON', IT_DID_NOT_RUN: 'IT_DID_NOT_RUN', IT_RAN: 'IT_RAN' } as const;
export type ObservedOutcome = (typeof ObservedOutcome)[keyof typeof ObservedOutcome];
registerEnumType(ObservedOutcome, { name: 'ObservedOutcome' });
/** OrderDirection */
export const OrderDirection = { ASC: 'ASC', DESC: 'DESC' } as const;
export type OrderDirection = (typeof OrderDirection)[keyof typeof OrderDirection];
registerEnumType(OrderDirection, { name: 'OrderDirection' });
/** Written task:write in keys and documents. */
export const Permission = {
  ACT_AS: 'ACT_AS',
  ALERT_INGEST: 'ALERT_INGEST',
  APPROVAL_DECIDE: 'APPROVAL_DECIDE',
  AUDIT_READ: 'AUDIT_READ',
  CHANGE_WRITE: 'CHANGE_WRITE',
  CONTACT_READ: 'CONTACT_READ',
  CONTACT_WRITE: 'CONTACT_WRITE',
  DATA_QUERY: 'DATA_QUERY',
  INBOX_WRITE: 'INBOX_WRITE',
  INCIDENT_READ: 'INCIDENT_READ',
  INCIDENT_WRITE: 'INCIDENT_WRITE',
  MANUAL_READ: 'MANUAL_READ',
  MANUAL_WRITE: 'MANUAL_WRITE',
  NOTIFICATION_DELIVER: 'NOTIFICATION_DELIVER',
  SCHEDULE_WRITE: 'SCHEDULE_WRITE',
  SILENCE_WRITE: 'SILENCE_WRITE',
  SYSTEM_WRITE: 'SYSTEM_WRITE',
  TASK_READ: 'TASK_READ',
  TASK_WRITE: 'TASK_WRITE',
  TICKET_WRITE: 'TICKET_WRITE',
  USER_ADMIN: 'USER_ADMIN',
  WORKFLOW_WRITE: 'WORKFLOW_WRITE',
} as const;
export type Permission = (typeof Permission)[keyof typeof Permission];
registerEnumType(Permission, { name: 'Permission', description: 'Written task:write in keys and documents.' });
registerEnumType(RiskLevel, {
  name: 'RiskLevel',
  description: 'How dangerous an action is. READ_ONLY never asks; FORBIDDEN never runs.',
});
registerEnumType(Role, { name: 'Role' });
registerEnumType(Severity, { name: 'Severity' });
registerEnumType(SilenceKind, {
  name: 'SilenceKind',
  description:
    'ACKNOWLEDGEMENT: short, renewed while its incident is owned. MAINTENANCE: planned. EXTERNAL: made elsewhere.',
});
registerEnumType(SilenceStatus, { name: 'SilenceStatus' });
registerEnumType(StepMode, { name: 'StepMode' });
registerEnumType(StepStatus, { name: 'StepStatus' });
registerEnumType(WorkflowStatus, { name: 'WorkflowStatus' });
/** TaskOrderField */
export const TaskOrderField = { CREATED_AT: 'CREATED_AT', NUMBER: 'NUMBER', UPDATED_AT: 'UPDATED_AT' } as const;
export type TaskOrderField = (typeof TaskOrderField)[keyof typeof TaskOrderField];
registerEnumType(TaskOrderField, { name: 'TaskOrderField' });
registerEnumType(TaskStatus, { name: 'TaskStatus' });
registerEnumType(TaskTrigger, { name: 'TaskTrigger' });
registerEnumType(TimelineKind, { name: 'TimelineKind' });
/** Closed list; clients must show an unknown value's message and carry on. */
export const UserErrorCode = {
  APPROVAL_MISMATCH: 'APPROVAL_MISMATCH',
  APPROVAL_REQUIRED: 'APPROVAL_REQUIRED',
  BUDGET_EXCEEDED: 'BUDGET_EXCEEDED',
  CONFLICT: 'CONFLICT',
  EXPIRED: 'EXPIRED',
  FORBIDDEN: 'FORBIDDEN',
  IDEMPOTENCY_MISMATCH: 'IDEMPOTENCY_MISMATCH',
  INVALID_INPUT: 'INVALID_INPUT',
  INVALID_STATE: 'INVALID_STATE',
  MISSING_INPUT: 'MISSING_INPUT',
  NOT_CONFIGURED: 'NOT_CONFIGURED',
  NOT_FOUND: 'NOT_FOUND',
  POLICY_REFUSED: 'POLICY_REFUSED',
  SELF_APPROVAL: 'SELF_APPROVAL',
  UPSTREAM_REJECTED: 'UPSTREAM_REJECTED',
  UPSTREAM_UNAVAILABLE: 'UPSTREAM_UNAVAILABLE',
} as const;
export type UserErrorCode = (typeof UserErrorCode)[keyof typeof UserErrorCode];
registerEnumType(UserErrorCode, {
  name: 'UserErrorCode',
  description: "Closed list; clients must show an unknown value's message and carry on.",
  valuesConfig: {
    APPROVAL_MISMATCH: {
      description: 'The digest sent is not the digest stored: what was shown is not what would run.',
    },
    APPROVAL_REQUIRED: { description: 'This needs an approval; the payload names it.' },
    BUDGET_EXCEEDED: { description: 'The token or cost budget of this incident, person or day is spent.' },
    CONFLICT: { description: 'Someone else changed it since the version the caller read.' },
    EXPIRED: { description: 'Too late: the request or link has expired.' },
    FORBIDDEN: { description: 'The viewer lacks the permission named in the message.' },
    IDEMPOTENCY_MISMATCH: { description: 'The idempotencyKey was used before with another input.' },
    INVALID_INPUT: { description: 'A value breaks the schema or a rule of the field.' },
    INVALID_STATE: {
      description: 'The thing moved on: the payload carries its present state so that the caller can redraw.',
    },
    MISSING_INPUT: { description: 'Facts are missing; one error a fact. The bot asks for them in the thread.' },
    NOT_CONFIGURED: { description: 'The needed connection (for example ServiceNow) is not set up.' },
    NOT_FOUND: { description: 'No such thing, or not for this viewer.' },
    POLICY_REFUSED: { description: 'A policy refuses it: beyond a limit, in a freeze, forbidden risk.' },
    SELF_APPROVAL: { description: 'The requester may not approve their own request.' },
    UPSTREAM_REJECTED: { description: 'The other system said no; its words are in the message.' },
    UPSTREAM_UNAVAILABLE: { description: 'The other system did not answer.' },
  },
});
registerEnumType(Verdict, { name: 'Verdict', description: 'INCONCLUSIVE is a result, not a failure.' });
