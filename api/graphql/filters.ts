import { GraphQLError } from 'graphql';
import { fromGlobalId, isUuid } from '../../lib/ids.ts';
import type { Prisma } from '../db.ts';
import type { RequestContext } from './request-context.ts';
import type { AlertGroupFilter } from './types/alert-inputs.ts';
import type { ApprovalFilter } from './types/approval-inputs.ts';
import type { TimeRangeInput } from './types/common-inputs.ts';
import type { IncidentFilter } from './types/incident-inputs.ts';
import type { NotificationFilter } from './types/notification-inputs.ts';
import type { TaskFilter } from './types/task-inputs.ts';

const nobody = '00000000-0000-0000-0000-000000000000';
const longestSearch = 200;

/** Filters that were left out filter nothing. */
type Given<T> = T | null | undefined;

const isIn = <T>(values: Given<readonly T[]>): { in: T[] } | undefined => (values ? { in: [...values] } : undefined);

const during = (range: Given<TimeRangeInput>): { gte: Date; lt?: Date } | undefined =>
  range ? { gte: range.from, ...(range.to ? { lt: range.to } : {}) } : undefined;

const idOf = (type: string, globalId: Given<string>): string | undefined => {
  if (!globalId) return undefined;
  const known = fromGlobalId(globalId);
  return known?.type === type && isUuid(known.id) ? known.id : nobody;
};

/** A search word as part of a text, whatever the case. */
export const containing = (words: Given<string>): { contains: string; mode: 'insensitive' } | undefined => {
  const text = words?.trim();
  if (!text) return undefined;
  if (text.length > longestSearch || text.includes('\u0000'))
    throw new GraphQLError(`A search may have ${longestSearch} characters.`, {
      extensions: { code: 'BAD_USER_INPUT' },
    });
  return { contains: text.toWellFormed(), mode: 'insensitive' };
};

/** Drops what is not given, as exact optional types ask for. */
function given<T extends object>(where: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(where).filter(([, value]) => value !== undefined)) as T;
}

/** A filter of tasks as a condition. */
export function tasksWhere(ctx: RequestContext, filter: Given<TaskFilter>): Prisma.TaskWhereInput {
  const { viewer } = ctx;
  return given<Prisma.TaskWhereInput>({
    agentId: isIn(filter?.agentId),
    taskType: isIn(filter?.taskType),
    status: isIn(filter?.status),
    createdAt: during(filter?.created),
    incidentId: idOf('Incident', filter?.incidentId),
    title: containing(filter?.search),
    requestedById: filter?.mine === true ? (viewer.person?.id ?? viewer.actor.id ?? nobody) : undefined,
  });
}

/** A filter of incidents as a condition. */
export function incidentsWhere(ctx: RequestContext, filter: Given<IncidentFilter>): Prisma.IncidentWhereInput {
  const me = ctx.viewer.person?.id ?? nobody;
  return given<Prisma.IncidentWhereInput>({
    kind: isIn(filter?.kind),
    severity: isIn(filter?.severity),
    status: isIn(filter?.status),
    startedAt: during(filter?.started),
    systemId: idOf('System', filter?.systemId),
    title: containing(filter?.search),
    OR: filter?.assignedToMe === true ? [{ assigneeId: me }, { acknowledgedById: me }] : undefined,
  });
}

/** A filter of alert groups as a condition. */
export function alertGroupsWhere(filter: Given<AlertGroupFilter>): Prisma.AlertGroupWhereInput {
  return given<Prisma.AlertGroupWhereInput>({
    incidentId: idOf('Incident', filter?.incidentId),
    systemId: idOf('System', filter?.systemId),
    severity: isIn(filter?.severity),
    status: isIn(filter?.status),
    startedAt: during(filter?.started),
    title: containing(filter?.search),
  });
}

/** A filter of approvals as a condition. What waits for someone is what they may decide and did not ask for. */
export function approvalsWhere(ctx: RequestContext, filter: Given<ApprovalFilter>): Prisma.ApprovalWhereInput {
  const { viewer } = ctx;
  const me = viewer.person?.id ?? nobody;
  const mayDecide = viewer.permissions.has('APPROVAL_DECIDE');
  const waiting: Prisma.ApprovalWhereInput = {
    status: 'PENDING',
    expiresAt: { gt: new Date() },
    OR: [
      { kind: 'CONFIRMATION', requestedById: me },
      ...(mayDecide
        ? [
            {
              kind: 'APPROVAL' as const,
              decisions: { none: { userId: me } },
              OR: [{ requestedById: null }, { requestedById: { not: me } }],
            },
          ]
        : []),
    ],
  };
  return given<Prisma.ApprovalWhereInput>({
    kind: isIn(filter?.kind),
    status: isIn(filter?.status),
    createdAt: during(filter?.created),
    action: filter?.risk ? { risk: { in: [...filter.risk] } } : undefined,
    AND: filter?.waitingForMe === true ? [waiting] : undefined,
  });
}

/** A filter of messages as a condition. */
export function notificationsWhere(filter: Given<NotificationFilter>): Prisma.NotificationWhereInput {
  const incidentId = idOf('Incident', filter?.incidentId);
  return given<Prisma.NotificationWhereInput>({
    channel: isIn(filter?.channel),
    kind: isIn(filter?.kind),
    status: isIn(filter?.status),
    createdAt: during(filter?.created),
    OR: incidentId ? [{ threadIncidentId: incidentId }, { subjectType: 'Incident', subjectId: incidentId }] : undefined,
  });
}
