import { Arg, ID, Resolver, Root, Subscription } from 'type-graphql';
import { fromGlobalId, isUuid } from '../../../lib/ids.ts';
import { NotificationChannel } from '../../db.ts';
import { readOutbox } from '../../notifications/outbox.ts';
import { streamEvents } from '../events.ts';
import { approvalsWhere, incidentsWhere } from '../filters.ts';
import { need, needKey, type RequestContext } from '../request-context.ts';
import { ApprovalView } from '../types/approval.ts';
import { ApprovalFilter } from '../types/approval-inputs.ts';
import { IncidentView } from '../types/incident.ts';
import { IncidentFilter } from '../types/incident-inputs.ts';
import { NotificationSignal } from '../types/notification.ts';
import { TaskView } from '../types/task.ts';
import { viewOrNull } from '../types/view.ts';

interface Subscribing {
  readonly context: RequestContext;
  readonly args: Readonly<Record<string, unknown>>;
}

const nobody = '00000000-0000-0000-0000-000000000000';

/** The row's id of an argument; an id of another type never hears anything. */
function argId(args: Subscribing['args'], name: string, type: string): string | null {
  const given = args[name];
  if (typeof given !== 'string') return null;
  const known = fromGlobalId(given);
  return known?.type === type && isUuid(known.id) ? known.id : nobody;
}

function argObject<T extends object>(args: Subscribing['args'], name: string, type: new () => T): T | null {
  const given = args[name];
  return typeof given === 'object' && given !== null ? Object.assign(new type(), given) : null;
}

/** Hints that something changed, with its present state. */
@Resolver()
export class SubscriptionResolver {
  @Subscription(() => TaskView, {
    description: 'One task, or all tasks of an incident or a workflow.',
    subscribe: ({ context, args }: Subscribing) => {
      need(context, 'TASK_READ');
      const incidentId = argId(args, 'incidentId', 'Incident');
      return streamEvents(context, {
        topic: 'task',
        id: argId(args, 'id', 'Task'),
        read: async (ctx, id) => {
          need(ctx, 'TASK_READ');
          const task = id === null ? null : await ctx.load.task.load(id);
          return task === null || (incidentId !== null && task.incidentId !== incidentId) ? null : new TaskView(task);
        },
      });
    },
  })
  taskUpdated(
    @Root() task: TaskView,
    @Arg('id', () => ID, { nullable: true }) _id: string | null,
    @Arg('incidentId', () => ID, { nullable: true }) _incidentId: string | null,
  ): TaskView {
    return task;
  }

  @Subscription(() => IncidentView, {
    subscribe: ({ context, args }: Subscribing) => {
      need(context, 'INCIDENT_READ');
      const filter = argObject(args, 'filter', IncidentFilter);
      return streamEvents(context, {
        topic: 'incident',
        id: argId(args, 'id', 'Incident'),
        read: async (ctx, id) => {
          need(ctx, 'INCIDENT_READ');
          const where = { AND: [incidentsWhere(ctx, filter), { id: id ?? nobody }] };
          return viewOrNull(await ctx.deps.db.incident.findFirst({ where }), IncidentView);
        },
      });
    },
  })
  incidentUpdated(
    @Root() incident: IncidentView,
    @Arg('filter', () => IncidentFilter, { nullable: true }) _filter: IncidentFilter | null,
    @Arg('id', () => ID, { nullable: true }) _id: string | null,
  ): IncidentView {
    return incident;
  }

  @Subscription(() => ApprovalView, {
    subscribe: ({ context, args }: Subscribing) => {
      need(context, 'TASK_READ', 'APPROVAL_DECIDE');
      const filter = argObject(args, 'filter', ApprovalFilter);
      return streamEvents(context, {
        topic: 'approval',
        id: argId(args, 'id', 'Approval'),
        read: async (ctx, id) => {
          need(ctx, 'TASK_READ', 'APPROVAL_DECIDE');
          const where = { AND: [approvalsWhere(ctx, filter), { id: id ?? nobody }] };
          return viewOrNull(await ctx.deps.db.approval.findFirst({ where }), ApprovalView);
        },
      });
    },
  })
  approvalUpdated(
    @Root() approval: ApprovalView,
    @Arg('filter', () => ApprovalFilter, { nullable: true }) _filter: ApprovalFilter | null,
    @Arg('id', () => ID, { nullable: true }) _id: string | null,
  ): ApprovalView {
    return approval;
  }

  @Subscription(() => NotificationSignal, {
    description: 'For deliverers: something waits to be claimed.',
    subscribe: ({ context, args }: Subscribing) => {
      needKey(context, 'NOTIFICATION_DELIVER');
      const asked: unknown[] = Array.isArray(args.channels) ? args.channels : [];
      const channels = Object.values(NotificationChannel).filter((channel) => asked.includes(channel));
      return streamEvents<NotificationSignal>(context, {
        topic: 'notifications',
        // A new card must not wait a second because an edit was signalled before it.
        quietMs: 100,
        id: 'outbox',
        atOnce: true,
        read: async (ctx) => {
          needKey(ctx, 'NOTIFICATION_DELIVER');
          if (channels.length === 0) return null;
          const { pending, oldestAt, highestPriority } = await readOutbox(ctx.deps.db, channels);
          if (pending === 0 || oldestAt === null || highestPriority === null) return null;
          return Object.assign(new NotificationSignal(), { pending, oldestAt, highestPriority });
        },
      });
    },
  })
  notificationReady(
    @Root() signal: NotificationSignal,
    @Arg('channels', () => [NotificationChannel]) _channels: readonly NotificationChannel[],
  ): NotificationSignal {
    return signal;
  }
}
