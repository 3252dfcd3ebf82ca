import { AppError } from '../../../lib/errors.ts';
import type { Notification } from '../../db.ts';
import { mayReadAnswer } from '../../knowledge/ask-manuals.ts';
import { may, type RequestContext } from '../request-context.ts';
import { AlertGroupView, AlertView } from './alert.ts';
import { ApiKeyView } from './api-key.ts';
import { ApprovalView, EffectView, ProposedActionView } from './approval.ts';
import { mayRead } from './field-rights.ts';
import { FindingView } from './finding.ts';
import { IncidentView, TimelineEntryView } from './incident.ts';
import { ManualView } from './manual.ts';
import { ManualAnswerView } from './manual-answer.ts';
import { ManualIngestView } from './manual-ingest.ts';
import { type NotificationSubject, NotificationView } from './notification.ts';
import type { NodeView } from './payload.ts';
import { automationOf } from './read-actor.ts';
import { evidenceView } from './read-evidence.ts';
import { visibleIngest } from './read-ingest.ts';
import { visibleManual, visiblePassage } from './read-passage.ts';
import { ScheduleView } from './schedule.ts';
import { SilenceView } from './silence.ts';
import { HealthCheckView, SystemView } from './system.ts';
import { TaskStepView, TaskView } from './task.ts';
import { agentOf, taskTypeOf } from './task-facts.ts';
import { UserView } from './user.ts';
import { viewOrNull } from './view.ts';
import { WorkflowStepView, WorkflowView } from './workflow.ts';

type Reader = (ctx: RequestContext, id: string) => Promise<NodeView | null>;

/** Whether a message may be seen: a private one by its receiver, by deliverers and by admins. */
export function maySeeNotification(ctx: RequestContext, row: Pick<Notification, 'privateToId'>): boolean {
  return (
    row.privateToId === null ||
    row.privateToId === ctx.viewer.person?.id ||
    may(ctx.viewer, 'NOTIFICATION_DELIVER', 'USER_ADMIN')
  );
}

const readers: Readonly<Record<string, Reader>> = {
  Task: async (ctx, id) => viewOrNull(await ctx.load.task.load(id), TaskView),
  Workflow: async (ctx, id) => viewOrNull(await ctx.load.workflow.load(id), WorkflowView),
  WorkflowStep: async (ctx, id) =>
    viewOrNull(await ctx.deps.db.workflowStep.findUnique({ where: { id } }), WorkflowStepView),
  Schedule: async (ctx, id) => viewOrNull(await ctx.deps.db.schedule.findUnique({ where: { id } }), ScheduleView),
  Incident: async (ctx, id) => viewOrNull(await ctx.load.incident.load(id), IncidentView),
  Approval: async (ctx, id) => viewOrNull(await ctx.load.approval.load(id), ApprovalView),
  AlertGroup: async (ctx, id) => viewOrNull(await ctx.load.alertGroup.load(id), AlertGroupView),
  Alert: async (ctx, id) => viewOrNull(await ctx.deps.db.alert.findUnique({ where: { id } }), AlertView),
  Silence: async (ctx, id) => viewOrNull(await ctx.load.silence.load(id), SilenceView),
  System: async (ctx, id) => viewOrNull(await ctx.load.system.load(id), SystemView),
  User: async (ctx, id) => viewOrNull(await ctx.load.user.load(id), UserView),
  ApiKey: async (ctx, id) =>
    ctx.viewer.permissions.has('USER_ADMIN') ? viewOrNull(await ctx.load.apiKey.load(id), ApiKeyView) : null,
  Finding: async (ctx, id) => viewOrNull(await ctx.load.finding.load(id), FindingView),
  ProposedAction: async (ctx, id) => viewOrNull(await ctx.load.action.load(id), ProposedActionView),
  Effect: async (ctx, id) => viewOrNull(await ctx.load.effect.load(id), EffectView),
  TimelineEntry: async (ctx, id) => viewOrNull(await ctx.load.timelineEntry.load(id), TimelineEntryView),
  TaskStep: async (ctx, id) => viewOrNull(await ctx.deps.db.taskStep.findUnique({ where: { id } }), TaskStepView),
  HealthCheck: async (ctx, id) =>
    viewOrNull(await ctx.deps.db.healthCheck.findUnique({ where: { id } }), HealthCheckView),
  Manual: async (ctx, id) => viewOrNull(await visibleManual(ctx, id), ManualView),
  ManualIngest: async (ctx, id) => viewOrNull(await visibleIngest(ctx, id), ManualIngestView),
  ManualPassage: visiblePassage,
  ManualAnswer: async (ctx, id) => {
    const row = await ctx.load.manualAnswer.load(id);
    return row !== null && mayReadAnswer(ctx.viewer, row) ? new ManualAnswerView(row) : null;
  },
  Notification: async (ctx, id) => {
    const row = await ctx.deps.db.notification.findUnique({ where: { id } });
    return row !== null && maySeeNotification(ctx, row) ? new NotificationView(row) : null;
  },
  ...Object.fromEntries(
    ['HealthEvidence', 'ManualEvidence', 'MetricEvidence', 'OtherEvidence'].map((type): [string, Reader] => [
      type,
      async (ctx, id) => {
        const row = await ctx.deps.db.evidence.findUnique({ where: { id } });
        return row === null ? null : evidenceView(ctx, row);
      },
    ]),
  ),
};

/** Types whose ids are names, not rows. */
const named: Readonly<Record<string, (ctx: RequestContext, name: string) => NodeView | null>> = {
  Agent: (ctx, name) => agentOf(ctx, name),
  TaskType: (ctx, name) => {
    const [agentId = '', type = ''] = name.split('/');
    return ctx.deps.agents.task(agentId, type) === null ? null : taskTypeOf(ctx, agentId, type);
  },
  Automation: (_, name) => automationOf(name),
};

const isUuid = (id: string): boolean => /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(id);

/** Anything by type and id. What the viewer may not see looks exactly like what does not exist. */
export async function readNode(ctx: RequestContext, type: string, id: string): Promise<NodeView | null> {
  if (!mayRead(ctx.viewer, type)) return null;
  const byName = Object.hasOwn(named, type) ? named[type] : undefined;
  if (byName !== undefined) return byName(ctx, id);
  const reader = Object.hasOwn(readers, type) ? readers[type] : undefined;
  return reader === undefined || !isUuid(id) ? null : reader(ctx, id);
}

/** What a message is drawn from: a notice of the timeline belongs to its incident, a journal row to its task. Null when nothing is left of it. */
export async function subjectOf(ctx: RequestContext, row: Notification): Promise<NotificationSubject | null> {
  const { subjectType, subjectId, threadIncidentId } = row;
  const thread = async () =>
    viewOrNull(threadIncidentId === null ? null : await ctx.load.incident.load(threadIncidentId), IncidentView);
  switch (subjectType) {
    case 'Incident':
      return viewOrNull(await ctx.load.incident.load(subjectId), IncidentView);
    case 'Approval':
      return viewOrNull(await ctx.load.approval.load(subjectId), ApprovalView);
    case 'Task':
      return viewOrNull(await ctx.load.task.load(subjectId), TaskView);
    case 'Silence':
      return viewOrNull(await ctx.load.silence.load(subjectId), SilenceView);
    case 'Workflow':
      return viewOrNull(await ctx.load.workflow.load(subjectId), WorkflowView);
    case 'User':
      return viewOrNull(await ctx.load.user.load(subjectId), UserView);
    case 'TimelineEntry': {
      const entry = await ctx.load.timelineEntry.load(subjectId);
      if (entry === null) return thread();
      return viewOrNull(await ctx.load.incident.load(entry.incidentId), IncidentView);
    }
    case 'Effect': {
      const effect = await ctx.load.effect.load(subjectId);
      return effect === null ? thread() : viewOrNull(await ctx.load.task.load(effect.taskId), TaskView);
    }
    default:
      return thread();
  }
}

/** The same for a message that is being shown. */
export async function readSubject(ctx: RequestContext, row: Notification): Promise<NotificationSubject> {
  const subject = await subjectOf(ctx, row);
  if (subject === null) throw new AppError('INTERNAL', 'This message has a subject of an unknown kind.');
  return subject;
}
