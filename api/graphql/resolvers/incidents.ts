import { Arg, Ctx, ID, Int, Mutation, Query, Resolver } from 'type-graphql';
import { acknowledgeIncident, releaseIncident } from '../../incidents/acknowledge.ts';
import type { IncidentAnswer } from '../../incidents/by.ts';
import { addNote } from '../../incidents/note.ts';
import { reopenIncident } from '../../incidents/reopen.ts';
import { resolveIncident } from '../../incidents/resolve.ts';
import { incidentsWhere } from '../filters.ts';
import { oneWhere } from '../find-one.ts';
import { once } from '../idempotency.ts';
import { listIncidents } from '../lists.ts';
import { keySchema, mutate, parseInput, rowId, userErrorsOf, words } from '../mutate.ts';
import { need, type RequestContext } from '../request-context.ts';
import { IncidentConnection } from '../types/connections.ts';
import { IncidentView, TimelineEntryView } from '../types/incident.ts';
import {
  IncidentAcknowledgeInput,
  IncidentFilter,
  IncidentNoteAddInput,
  IncidentReleaseInput,
  IncidentReopenInput,
  IncidentResolveInput,
} from '../types/incident-inputs.ts';
import {
  IncidentAcknowledgePayload,
  IncidentNoteAddPayload,
  IncidentReleasePayload,
  IncidentReopenPayload,
  IncidentResolvePayload,
} from '../types/incident-payloads.ts';
import { viewOrNull } from '../types/view.ts';

type IncidentPayload = IncidentAcknowledgePayload;

/** Incidents and what people do with them. */
@Resolver()
export class IncidentResolver {
  @Query(() => IncidentView, { nullable: true })
  async incident(
    @Ctx() ctx: RequestContext,
    @Arg('id', () => ID, { nullable: true }) id: string | null,
    @Arg('number', () => String, { nullable: true }) number: string | null,
  ): Promise<IncidentView | null> {
    need(ctx, 'INCIDENT_READ');
    const where = oneWhere('Incident', id, number);
    return viewOrNull(where === null ? null : await ctx.deps.db.incident.findUnique({ where }), IncidentView);
  }

  @Query(() => IncidentConnection)
  async incidents(
    @Ctx() ctx: RequestContext,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Arg('before', () => String, { nullable: true }) before: string | null,
    @Arg('filter', () => IncidentFilter, { nullable: true }) filter: IncidentFilter | null,
    @Arg('first', () => Int, { nullable: true, defaultValue: 20 }) first: number | null,
    @Arg('last', () => Int, { nullable: true }) last: number | null,
  ): Promise<IncidentConnection> {
    need(ctx, 'INCIDENT_READ');
    return listIncidents(ctx, { after, before, first, last }, incidentsWhere(ctx, filter));
  }

  @Mutation(() => IncidentAcknowledgePayload)
  incidentAcknowledge(
    @Ctx() ctx: RequestContext,
    @Arg('input', () => IncidentAcknowledgeInput) input: IncidentAcknowledgeInput,
  ): Promise<IncidentAcknowledgePayload> {
    return change(ctx, 'incidentAcknowledge', input, (id) =>
      acknowledgeIncident(ctx.deps, ctx.viewer, id, input.duration ?? undefined),
    );
  }

  @Mutation(() => IncidentReleasePayload)
  incidentRelease(
    @Ctx() ctx: RequestContext,
    @Arg('input', () => IncidentReleaseInput) input: IncidentReleaseInput,
  ): Promise<IncidentReleasePayload> {
    return change(ctx, 'incidentRelease', input, (id) =>
      releaseIncident(ctx.deps, ctx.viewer, id, parseInput(words(500).nullish(), input.reason) ?? null),
    );
  }

  @Mutation(() => IncidentReopenPayload)
  incidentReopen(
    @Ctx() ctx: RequestContext,
    @Arg('input', () => IncidentReopenInput) input: IncidentReopenInput,
  ): Promise<IncidentReopenPayload> {
    return change(ctx, 'incidentReopen', input, (id) =>
      reopenIncident(ctx.deps, ctx.viewer, id, parseInput(words(500), input.reason)),
    );
  }

  @Mutation(() => IncidentResolvePayload)
  incidentResolve(
    @Ctx() ctx: RequestContext,
    @Arg('input', () => IncidentResolveInput) input: IncidentResolveInput,
  ): Promise<IncidentResolvePayload> {
    return change(ctx, 'incidentResolve', input, (id) =>
      resolveIncident(ctx.deps, ctx.viewer, id, {
        cause: parseInput(words(2_000).nullish(), input.cause) ?? null,
        fix: parseInput(words(2_000).nullish(), input.fix) ?? null,
      }),
    );
  }

  @Mutation(() => IncidentNoteAddPayload)
  incidentNoteAdd(
    @Ctx() ctx: RequestContext,
    @Arg('input', () => IncidentNoteAddInput) input: IncidentNoteAddInput,
  ): Promise<IncidentNoteAddPayload> {
    return mutate<IncidentNoteAddPayload>(
      ctx,
      { operation: 'incidentNoteAdd', input, empty: { entry: null } },
      async () => {
        const id = rowId('Incident', input.id);
        const text = parseInput(words(4_000), input.text);
        const idempotencyKey = parseInput(keySchema, input.idempotencyKey);
        return once<IncidentNoteAddPayload>(ctx, {
          operation: 'incidentNoteAdd',
          key: idempotencyKey,
          input,
          repeatable: true,
          first: async () => {
            const answer = await addNote(ctx.deps, ctx.viewer, { id, text, idempotencyKey });
            return {
              payload: {
                entry: viewOrNull(answer.entry, TimelineEntryView),
                userErrors: userErrorsOf(answer.userErrors),
              },
              kept: answer.entry === null ? null : { entry: answer.entry.id },
            };
          },
          again: async (kept) => ({
            entry: viewOrNull(await ctx.load.timelineEntry.load(kept.entry ?? ''), TimelineEntryView),
            userErrors: [],
          }),
        });
      },
    );
  }
}

/** One change of one incident; the payload carries it as it stands, also when nothing was changed. */
function change(
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
