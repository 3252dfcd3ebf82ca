import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { assignIncident, linkTicket, snoozeIncident } from '../../incidents/amend.ts';
import type { IncidentAnswer } from '../../incidents/by.ts';
import { mergeIncident, splitIncident } from '../../incidents/merge.ts';
import { mutate, parseInput, refuse, rowId, userErrorsOf, words } from '../mutate.ts';
import type { RequestContext } from '../request-context.ts';
import { UserErrorCode } from '../types/enums.ts';
import { IncidentView } from '../types/incident.ts';
import {
  IncidentAssignInput,
  IncidentMergeInput,
  IncidentSnoozeInput,
  IncidentSplitInput,
  IncidentTicketLinkInput,
} from '../types/incident-inputs.ts';
import {
  IncidentAssignPayload,
  IncidentMergePayload,
  IncidentSnoozePayload,
  IncidentSplitPayload,
  IncidentTicketLinkPayload,
} from '../types/incident-payloads.ts';
import { viewOrNull } from '../types/view.ts';

type IncidentPayload = IncidentAssignPayload;

/** What people do with incidents besides taking and closing them. */
@Resolver()
export class IncidentHandlingResolver {
  @Mutation(() => IncidentAssignPayload)
  incidentAssign(
    @Ctx() ctx: RequestContext,
    @Arg('input', () => IncidentAssignInput) input: IncidentAssignInput,
  ): Promise<IncidentAssignPayload> {
    return handle(ctx, 'incidentAssign', input, async (id) =>
      assignIncident(ctx.deps, ctx.viewer, id, await assigneeOf(ctx, input)),
    );
  }

  @Mutation(() => IncidentMergePayload)
  incidentMerge(
    @Ctx() ctx: RequestContext,
    @Arg('input', () => IncidentMergeInput) input: IncidentMergeInput,
  ): Promise<IncidentMergePayload> {
    return handle(ctx, 'incidentMerge', input, (id) =>
      mergeIncident(ctx.deps, ctx.viewer, id, rowId('Incident', input.intoId, ['input', 'intoId'])),
    );
  }

  @Mutation(() => IncidentSplitPayload)
  incidentSplit(
    @Ctx() ctx: RequestContext,
    @Arg('input', () => IncidentSplitInput) input: IncidentSplitInput,
  ): Promise<IncidentSplitPayload> {
    return handle(ctx, 'incidentSplit', input, (id) =>
      splitIncident(
        ctx.deps,
        ctx.viewer,
        id,
        input.alertGroupIds.slice(0, 100).map((one) => rowId('AlertGroup', one, ['input', 'alertGroupIds'])),
      ),
    );
  }

  @Mutation(() => IncidentSnoozePayload)
  incidentSnooze(
    @Ctx() ctx: RequestContext,
    @Arg('input', () => IncidentSnoozeInput) input: IncidentSnoozeInput,
  ): Promise<IncidentSnoozePayload> {
    return handle(ctx, 'incidentSnooze', input, (id) => snoozeIncident(ctx.deps, ctx.viewer, id, input.duration));
  }

  @Mutation(() => IncidentTicketLinkPayload)
  incidentTicketLink(
    @Ctx() ctx: RequestContext,
    @Arg('input', () => IncidentTicketLinkInput) input: IncidentTicketLinkInput,
  ): Promise<IncidentTicketLinkPayload> {
    return handle(ctx, 'incidentTicketLink', input, (id) =>
      linkTicket(ctx.deps, ctx.viewer, id, { number: parseInput(words(60), input.number), url: input.url ?? null }),
    );
  }
}

async function assigneeOf(ctx: RequestContext, input: IncidentAssignInput): Promise<string | null> {
  if (input.assigneeId) return rowId('User', input.assigneeId, ['input', 'assigneeId']);
  const chat = input.chatUser;
  if (!chat) return null;
  const found = await ctx.deps.db.chatIdentity.findUnique({
    where: { workspace_chatUserId: { workspace: chat.workspace, chatUserId: chat.user } },
  });
  return (
    found?.userId ?? refuse(UserErrorCode.NOT_FOUND, 'This account is not linked to anybody.', ['input', 'chatUser'])
  );
}

function handle(
  ctx: RequestContext,
  operation: string,
  input: { readonly id: string },
  act: (id: string) => Promise<IncidentAnswer>,
): Promise<IncidentPayload> {
  return mutate<IncidentPayload>(ctx, { operation, input, empty: { incident: null } }, async () => {
    const { incident, userErrors } = await act(rowId('Incident', input.id));
    return { incident: viewOrNull(incident, IncidentView), userErrors: userErrorsOf(userErrors) };
  });
}
