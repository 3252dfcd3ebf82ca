import type {
  AlertGroup as AlertGroupRow,
  Approval as ApprovalRow,
  InboxEvent as InboxEventRow,
  Incident as IncidentRow,
  Notification as NotificationRow,
  Prisma,
  Schedule as ScheduleRow,
  Silence as SilenceRow,
  System as SystemRow,
  Task as TaskRow,
  User as UserRow,
  Workflow as WorkflowRow,
} from '../db.ts';
import { type Page, type PageArgs, readPage } from './connection.ts';
import type { RequestContext } from './request-context.ts';
import { AlertGroupView } from './types/alert.ts';
import { ApprovalView } from './types/approval.ts';
import { IncidentView } from './types/incident.ts';
import { NotificationView } from './types/notification.ts';
import { QuarantinedAlertView } from './types/quarantined-alert.ts';
import { ScheduleView } from './types/schedule.ts';
import { SilenceView } from './types/silence.ts';
import { SystemView } from './types/system.ts';
import { TaskView } from './types/task.ts';
import { UserView } from './types/user.ts';
import { WorkflowView } from './types/workflow.ts';

/** Tasks, by number. */
export function listTasks(
  ctx: RequestContext,
  args: PageArgs,
  where: Prisma.TaskWhereInput,
  order: 'asc' | 'desc' = 'desc',
): Promise<Page<TaskView>> {
  const { task } = ctx.deps.db;
  return readPage(args, {
    key: (row: TaskRow) => row.number,
    keyType: 'number',
    order,
    find: (range, direction, take) =>
      task.findMany({ where: { AND: [where, { number: range }] }, orderBy: { number: direction }, take }),
    count: (most) => task.count({ where, take: most }),
    node: (row) => new TaskView(row),
  });
}

/** Incidents, newest first. */
export function listIncidents(
  ctx: RequestContext,
  args: PageArgs,
  where: Prisma.IncidentWhereInput,
): Promise<Page<IncidentView>> {
  const { incident } = ctx.deps.db;
  return readPage(args, {
    key: (row: IncidentRow) => row.number,
    keyType: 'number',
    order: 'desc',
    find: (range, direction, take) =>
      incident.findMany({ where: { AND: [where, { number: range }] }, orderBy: { number: direction }, take }),
    count: (most) => incident.count({ where, take: most }),
    node: (row) => new IncidentView(row),
  });
}

/** Alert groups, newest first. */
export function listAlertGroups(
  ctx: RequestContext,
  args: PageArgs,
  where: Prisma.AlertGroupWhereInput,
): Promise<Page<AlertGroupView>> {
  const { alertGroup } = ctx.deps.db;
  return readPage(args, {
    key: (row: AlertGroupRow) => row.number,
    keyType: 'number',
    order: 'desc',
    find: (range, direction, take) =>
      alertGroup.findMany({ where: { AND: [where, { number: range }] }, orderBy: { number: direction }, take }),
    count: (most) => alertGroup.count({ where, take: most }),
    node: (row) => new AlertGroupView(row),
  });
}

/** Alerts that were kept aside, newest first. */
export function listQuarantined(ctx: RequestContext, args: PageArgs): Promise<Page<QuarantinedAlertView>> {
  const { inboxEvent } = ctx.deps.db;
  const where: Prisma.InboxEventWhereInput = { source: 'ALERT', status: 'QUARANTINED' };
  return readPage(args, {
    key: (row: InboxEventRow) => row.id,
    keyType: 'string',
    order: 'desc',
    find: (range, direction, take) =>
      inboxEvent.findMany({ where: { AND: [where, { id: range }] }, orderBy: { id: direction }, take }),
    count: (most) => inboxEvent.count({ where, take: most }),
    node: (row) => new QuarantinedAlertView(row),
  });
}

/** Silences, newest first. */
export function listSilences(
  ctx: RequestContext,
  args: PageArgs,
  where: Prisma.SilenceWhereInput,
): Promise<Page<SilenceView>> {
  const { silence } = ctx.deps.db;
  return readPage(args, {
    key: (row: SilenceRow) => row.number,
    keyType: 'number',
    order: 'desc',
    find: (range, direction, take) =>
      silence.findMany({ where: { AND: [where, { number: range }] }, orderBy: { number: direction }, take }),
    count: (most) => silence.count({ where, take: most }),
    node: (row) => new SilenceView(row),
  });
}

/** Approvals, newest first. */
export function listApprovals(
  ctx: RequestContext,
  args: PageArgs,
  where: Prisma.ApprovalWhereInput,
): Promise<Page<ApprovalView>> {
  const { approval } = ctx.deps.db;
  return readPage(args, {
    key: (row: ApprovalRow) => row.number,
    keyType: 'number',
    order: 'desc',
    find: (range, direction, take) =>
      approval.findMany({ where: { AND: [where, { number: range }] }, orderBy: { number: direction }, take }),
    count: (most) => approval.count({ where, take: most }),
    node: (row) => new ApprovalView(row),
  });
}

/** Messages, newest first. */
export function listNotifications(
  ctx: RequestContext,
  args: PageArgs,
  where: Prisma.NotificationWhereInput,
): Promise<Page<NotificationView>> {
  const { notification } = ctx.deps.db;
  return readPage(args, {
    key: (row: NotificationRow) => row.id,
    keyType: 'string',
    order: 'desc',
    find: (range, direction, take) =>
      notification.findMany({ where: { AND: [where, { id: range }] }, orderBy: { id: direction }, take }),
    count: (most) => notification.count({ where, take: most }),
    node: (row) => new NotificationView(row),
  });
}

/** Systems, newest first. */
export function listSystems(
  ctx: RequestContext,
  args: PageArgs,
  where: Prisma.SystemWhereInput,
): Promise<Page<SystemView>> {
  const { system } = ctx.deps.db;
  return readPage(args, {
    key: (row: SystemRow) => row.id,
    keyType: 'string',
    order: 'desc',
    find: (range, direction, take) =>
      system.findMany({ where: { AND: [where, { id: range }] }, orderBy: { id: direction }, take }),
    count: (most) => system.count({ where, take: most }),
    node: (row) => new SystemView(row),
  });
}

/** People, newest first. */
export function listUsers(ctx: RequestContext, args: PageArgs, where: Prisma.UserWhereInput): Promise<Page<UserView>> {
  const { user } = ctx.deps.db;
  return readPage(args, {
    key: (row: UserRow) => row.id,
    keyType: 'string',
    order: 'desc',
    find: (range, direction, take) =>
      user.findMany({ where: { AND: [where, { id: range }] }, orderBy: { id: direction }, take }),
    count: (most) => user.count({ where, take: most }),
    node: (row) => new UserView(row),
  });
}

/** Workflows, newest first. */
export function listWorkflows(
  ctx: RequestContext,
  args: PageArgs,
  where: Prisma.WorkflowWhereInput,
): Promise<Page<WorkflowView>> {
  const { workflow } = ctx.deps.db;
  return readPage(args, {
    key: (row: WorkflowRow) => row.number,
    keyType: 'number',
    order: 'desc',
    find: (range, direction, take) =>
      workflow.findMany({ where: { AND: [where, { number: range }] }, orderBy: { number: direction }, take }),
    count: (most) => workflow.count({ where, take: most }),
    node: (row) => new WorkflowView(row),
  });
}

/** Schedules, newest first. */
export function listSchedules(
  ctx: RequestContext,
  args: PageArgs,
  where: Prisma.ScheduleWhereInput,
): Promise<Page<ScheduleView>> {
  const { schedule } = ctx.deps.db;
  return readPage(args, {
    key: (row: ScheduleRow) => row.number,
    keyType: 'number',
    order: 'desc',
    find: (range, direction, take) =>
      schedule.findMany({ where: { AND: [where, { number: range }] }, orderBy: { number: direction }, take }),
    count: (most) => schedule.count({ where, take: most }),
    node: (row) => new ScheduleView(row),
  });
}
