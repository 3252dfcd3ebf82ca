import { GraphQLError } from 'graphql';
import { Arg, Ctx, ID, Query, Resolver } from 'type-graphql';
import { fromGlobalId } from '../../../lib/ids.ts';
import { readOutbox } from '../../notifications/outbox.ts';
import { parseNumber } from '../find-one.ts';
import { need, type RequestContext } from '../request-context.ts';
import { AlertGroupView } from '../types/alert.ts';
import { ApprovalView } from '../types/approval.ts';
import { mayRead } from '../types/field-rights.ts';
import { AuditHead, Health } from '../types/health.ts';
import { IncidentView } from '../types/incident.ts';
import { NodeView } from '../types/payload.ts';
import { readNode } from '../types/read-node.ts';
import { ScheduleView } from '../types/schedule.ts';
import { SilenceView } from '../types/silence.ts';
import { TaskView } from '../types/task.ts';
import { viewOrNull } from '../types/view.ts';
import { WorkflowView } from '../types/workflow.ts';

const mostNodes = 100;

/** Anything by id or number, and how the product itself is. */
@Resolver()
export class RecordResolver {
  @Query(() => NodeView, { nullable: true })
  async node(@Ctx() ctx: RequestContext, @Arg('id', () => ID) id: string): Promise<NodeView | null> {
    const known = fromGlobalId(id);
    return known === null ? null : readNode(ctx, known.type, known.id);
  }

  @Query(() => [NodeView], {
    nullable: 'items',
    description: 'At most 100 ids; unknown or hidden ones are null, in place.',
  })
  async nodes(
    @Ctx() ctx: RequestContext,
    @Arg('ids', () => [ID]) ids: readonly string[],
  ): Promise<readonly (NodeView | null)[]> {
    if (ids.length > mostNodes)
      throw new GraphQLError(`At most ${mostNodes} ids at once.`, { extensions: { code: 'BAD_USER_INPUT' } });
    return Promise.all(ids.map((id) => this.node(ctx, id)));
  }

  @Query(() => NodeView, {
    nullable: true,
    description: 'Any human number or id: T-1042, INC-31, AG-218, APR-7, W-12, CHG-5, SCH-3, INC0012345.',
  })
  async lookup(@Ctx() ctx: RequestContext, @Arg('number', () => String) number: string): Promise<NodeView | null> {
    const parsed = parseNumber(number);
    if (parsed === null) return this.node(ctx, number.trim());
    if (!mayRead(ctx.viewer, parsed.type)) return null;
    const where = { number: parsed.number };
    const { db } = ctx.deps;
    switch (parsed.type) {
      case 'Task':
        return viewOrNull(await db.task.findUnique({ where }), TaskView);
      case 'Incident':
        return viewOrNull(await db.incident.findUnique({ where }), IncidentView);
      case 'AlertGroup':
        return viewOrNull(await db.alertGroup.findUnique({ where }), AlertGroupView);
      case 'Approval':
        return viewOrNull(await db.approval.findUnique({ where }), ApprovalView);
      case 'Silence':
        return viewOrNull(await db.silence.findUnique({ where }), SilenceView);
      case 'Workflow':
        return viewOrNull(await db.workflow.findUnique({ where }), WorkflowView);
      case 'Schedule':
        return viewOrNull(await db.schedule.findUnique({ where }), ScheduleView);
      default:
        return parsed.type satisfies never;
    }
  }

  @Query(() => AuditHead)
  async auditHead(@Ctx() ctx: RequestContext): Promise<AuditHead> {
    need(ctx, 'AUDIT_READ');
    const [head, anchor] = await Promise.all([
      ctx.deps.db.auditHead.findUnique({ where: { id: 1 } }),
      ctx.deps.lastAnchor(),
    ]);
    return {
      sequence: head?.seq ?? 0,
      hash: head?.hash ?? '',
      anchorSequence: anchor?.seq ?? null,
      anchoredAt: anchor === null ? null : new Date(anchor.at),
    };
  }

  @Query(() => Health)
  async health(@Ctx() ctx: RequestContext): Promise<Health> {
    const { deps } = ctx;
    const [dependencies, ready, outbox, queueDepth] = await Promise.all([
      deps.dependencies(),
      deps.isReady(),
      readOutbox(deps.db),
      deps.db.task.count({ where: { status: 'QUEUED' } }),
    ]);
    return {
      commit: deps.commit,
      dependencies,
      outboxOldest: outbox.oldestAt === null ? null : Math.round(outbox.oldestSeconds) * 1_000,
      outboxPending: outbox.pending,
      queueDepth,
      ready,
      startedAt: deps.startedAt,
      version: deps.version,
    };
  }
}
