import type { Viewer as Asking } from '../context.ts';
import { approvalsWhere } from './filters.ts';
import { may, type RequestContext } from './request-context.ts';
import { ApiKeyView } from './types/api-key.ts';
import { actorOf } from './types/read-actor.ts';
import { UserView } from './types/user.ts';
import { viewOrNull } from './types/view.ts';
import type { Viewer } from './types/viewer.ts';

/** Who asks, as they see themselves. */
export async function viewerOf(ctx: RequestContext, asking: Asking): Promise<Viewer> {
  const { person, key, actor } = asking;
  const user = person === null ? null : await ctx.deps.db.user.findUnique({ where: { id: person.id } });
  const seen = { ...ctx, viewer: asking };
  return {
    actor: await actorOf(seen, actor.type, actor.id, actor.name),
    locale: user?.locale ?? asking.locale,
    pendingApprovals: may(asking, 'TASK_READ', 'APPROVAL_DECIDE')
      ? await ctx.deps.db.approval.count({ where: approvalsWhere(seen, { waitingForMe: true }), take: 1_000 })
      : 0,
    permissions: [...asking.permissions],
    timeZone: user?.timeZone ?? 'UTC',
    user: viewOrNull(user, UserView),
    via: viewOrNull(key === null ? null : await ctx.load.apiKey.load(key.id), ApiKeyView),
  };
}
