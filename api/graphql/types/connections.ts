import { connectionType, type Page } from '../connection.ts';
import { AlertGroupView, AlertView } from './alert.ts';
import { ApprovalView } from './approval.ts';
import { EvidenceView } from './evidence.ts';
import { IncidentView, TimelineEntryView } from './incident.ts';
import { ManualView } from './manual.ts';
import { ManualGapView } from './manual-gap.ts';
import { NotificationView } from './notification.ts';
import { QuarantinedAlertView } from './quarantined-alert.ts';
import { ScheduleView } from './schedule.ts';
import { SilenceView } from './silence.ts';
import { SystemView } from './system.ts';
import { TaskStepView, TaskView } from './task.ts';
import { UserView } from './user.ts';
import { WorkflowView } from './workflow.ts';

/** A list of these. */
export const AlertConnection = connectionType('Alert', () => AlertView);
export type AlertConnection = Page<AlertView>;

/** A list of these. */
export const AlertGroupConnection = connectionType('AlertGroup', () => AlertGroupView);
export type AlertGroupConnection = Page<AlertGroupView>;

/** A list of these. */
export const ApprovalConnection = connectionType('Approval', () => ApprovalView);
export type ApprovalConnection = Page<ApprovalView>;

/** A list of these. */
export const EvidenceConnection = connectionType('Evidence', () => EvidenceView);
export type EvidenceConnection = Page<EvidenceView>;

/** A list of these. */
export const IncidentConnection = connectionType('Incident', () => IncidentView);
export type IncidentConnection = Page<IncidentView>;

/** A list of these. */
export const ManualGapConnection = connectionType('ManualGap', () => ManualGapView);
export type ManualGapConnection = Page<ManualGapView>;

/** A list of these. */
export const TimelineEntryConnection = connectionType('TimelineEntry', () => TimelineEntryView);
export type TimelineEntryConnection = Page<TimelineEntryView>;

/** A list of these. */
export const NotificationConnection = connectionType('Notification', () => NotificationView);
export type NotificationConnection = Page<NotificationView>;

/** A list of these. */
export const ManualConnection = connectionType('Manual', () => ManualView);
export type ManualConnection = Page<ManualView>;

/** A list of these. */
export const QuarantinedAlertConnection = connectionType('QuarantinedAlert', () => QuarantinedAlertView);
export type QuarantinedAlertConnection = Page<QuarantinedAlertView>;

/** A list of these. */
export const SilenceConnection = connectionType('Silence', () => SilenceView);
export type SilenceConnection = Page<SilenceView>;

/** A list of these. */
export const SystemConnection = connectionType('System', () => SystemView);
export type SystemConnection = Page<SystemView>;

/** A list of these. */
export const TaskConnection = connectionType('Task', () => TaskView);
export type TaskConnection = Page<TaskView>;

/** A list of these. */
export const TaskStepConnection = connectionType('TaskStep', () => TaskStepView);
export type TaskStepConnection = Page<TaskStepView>;

/** A list of these. */
export const UserConnection = connectionType('User', () => UserView);
export type UserConnection = Page<UserView>;

/** A list of these. */
export const WorkflowConnection = connectionType('Workflow', () => WorkflowView);
export type WorkflowConnection = Page<WorkflowView>;

/** A list of these. */
export const ScheduleConnection = connectionType('Schedule', () => ScheduleView);
export type ScheduleConnection = Page<ScheduleView>;
