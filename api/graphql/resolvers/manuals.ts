import { Arg, Ctx, ID, Int, Mutation, Query, Resolver } from 'type-graphql';
import { fromGlobalId, isUuid } from '../../../lib/ids.ts';
import type { ManualIngest as IngestRow } from '../../db.ts';
import type { ManualMetadata } from '../../knowledge/front-matter.ts';
import { parseMetadata } from '../../knowledge/front-matter.ts';
import { manualRefusal } from '../../knowledge/texts.ts';
import { createUpload, queueIngest, removeManual } from '../../knowledge/uploads.ts';
import { once } from '../idempotency.ts';
import { listManuals, manualsWhere } from '../list-manuals.ts';
import { keySchema, mutate, parseInput, rowId, userErrorsOf, words } from '../mutate.ts';
import { need, type RequestContext } from '../request-context.ts';
import { ManualConnection } from '../types/connections.ts';
import { ManualView } from '../types/manual.ts';
import { ManualIngestView, ManualUploadView } from '../types/manual-ingest.ts';
import {
  ManualFilter,
  ManualIngestInput,
  ManualRemoveInput,
  ManualUploadCreateInput,
} from '../types/manual-ingest-inputs.ts';
import {
  ManualIngestPayload,
  ManualRemovePayload,
  ManualUploadCreatePayload,
} from '../types/manual-ingest-payloads.ts';
import { visibleIngest } from '../types/read-ingest.ts';
import { visibleManual, visibleManualByCode } from '../types/read-passage.ts';
import { viewOrNull } from '../types/view.ts';

/** The manuals themselves: which there are, taking them in and out. The functions of knowledge/ check rights and write the audit entries. */
@Resolver()
export class ManualResolver {
  @Query(() => ManualView, {
    nullable: true,
    description: 'By id, or by code: the revision asked for, else the newest.',
  })
  async manual(
    @Ctx() ctx: RequestContext,
    @Arg('code', () => String, { nullable: true }) code: string | null,
    @Arg('id', () => ID, { nullable: true }) id: string | null,
    @Arg('revision', () => Int, { nullable: true }) revision: number | null,
  ): Promise<ManualView | null> {
    need(ctx, 'MANUAL_READ');
    if (id) {
      const known = fromGlobalId(id);
      return known?.type === 'Manual' && isUuid(known.id)
        ? viewOrNull(await visibleManual(ctx, known.id), ManualView)
        : null;
    }
    if (!code) return null;
    if (!revision) return visibleManualByCode(ctx, code);
    const where = { code_revision: { code, revision } };
    const row = await ctx.deps.db.manual.findUnique({ where, select: { id: true } });
    return row === null ? null : viewOrNull(await visibleManual(ctx, row.id), ManualView);
  }

  @Query(() => ManualConnection)
  async manuals(
    @Ctx() ctx: RequestContext,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Arg('filter', () => ManualFilter, { nullable: true }) filter: ManualFilter | null,
    @Arg('first', () => Int, { nullable: true, defaultValue: 20 }) first: number | null,
  ): Promise<ManualConnection> {
    need(ctx, 'MANUAL_READ');
    const system = filter?.systemId
      ? await ctx.load.system.load(rowId('System', filter.systemId, ['filter', 'systemId']))
      : null;
    return listManuals(ctx, { after, first }, manualsWhere(ctx, filter, system?.name ?? null));
  }

  @Query(() => ManualIngestView, { nullable: true })
  async manualIngest(@Ctx() ctx: RequestContext, @Arg('id', () => ID) id: string): Promise<ManualIngestView | null> {
    need(ctx, 'MANUAL_READ');
    const known = fromGlobalId(id);
    return known?.type === 'ManualIngest' && isUuid(known.id)
      ? viewOrNull(await visibleIngest(ctx, known.id), ManualIngestView)
      : null;
  }

  @Mutation(() => ManualUploadCreatePayload)
  manualUploadCreate(
    @Ctx() ctx: RequestContext,
    @Arg('input', () => ManualUploadCreateInput) input: ManualUploadCreateInput,
  ): Promise<ManualUploadCreatePayload> {
    const mutation = { operation: 'manualUploadCreate', input, empty: { upload: null } };
    return mutate<ManualUploadCreatePayload>(ctx, mutation, async () =>
      once<ManualUploadCreatePayload>(ctx, {
        operation: 'manualUploadCreate',
        key: parseInput(keySchema, input.idempotencyKey),
        input,
        repeatable: false,
        first: async () => {
          const { upload, userErrors } = await createUpload(ctx.deps, ctx.viewer, {
            fileName: parseInput(words(500), input.fileName),
            mediaType: input.mediaType ?? '',
            byteSize: input.byteSize,
            sha256: input.sha256,
          });
          return {
            payload: { upload: viewOrNull(upload, ManualUploadView), userErrors: userErrorsOf(userErrors) },
            kept: upload === null ? null : { upload: upload.id },
          };
        },
        again: async (kept) => ({
          upload: viewOrNull(
            await ctx.deps.db.manualUpload.findUnique({ where: { id: kept.upload ?? '' }, omit: { bytes: true } }),
            ManualUploadView,
          ),
          userErrors: [],
        }),
      }),
    );
  }

  @Mutation(() => ManualIngestPayload, { name: 'manualIngest' })
  manualIngestQueue(
    @Ctx() ctx: RequestContext,
    @Arg('input', () => ManualIngestInput) input: ManualIngestInput,
  ): Promise<ManualIngestPayload> {
    const mutation = { operation: 'manualIngest', input, empty: { ingest: null } };
    return mutate<ManualIngestPayload>(ctx, mutation, async () => {
      const metadata = await metadataOf(ctx, input);
      if (metadata === null)
        return {
          ingest: null,
          userErrors: userErrorsOf([manualRefusal(ctx.viewer.locale, 'INVALID_INPUT', 'metadataInvalid', 'code')]),
        };
      const { ingest, userErrors } = await queueIngest(ctx.deps, ctx.viewer, {
        uploadIds: input.uploadIds.map((id) => rowId('ManualUpload', id, ['input', 'uploadIds'])),
        metadata,
        idempotencyKey: parseInput(keySchema, input.idempotencyKey),
      });
      return {
        ingest: viewOrNull<IngestRow, ManualIngestView>(ingest, ManualIngestView),
        userErrors: userErrorsOf(userErrors),
      };
    });
  }

  @Mutation(() => ManualRemovePayload)
  manualRemove(
    @Ctx() ctx: RequestContext,
    @Arg('input', () => ManualRemoveInput) input: ManualRemoveInput,
  ): Promise<ManualRemovePayload> {
    const mutation = { operation: 'manualRemove', input, empty: { manual: null } };
    return mutate<ManualRemovePayload>(ctx, mutation, async () => {
      const { manualId, userErrors } = await removeManual(ctx.deps, ctx.viewer, {
        id: rowId('Manual', input.id),
        reason: input.reason ? parseInput(words(500), input.reason) : null,
      });
      const row =
        manualId === null
          ? null
          : await ctx.deps.db.manual.findUnique({ where: { id: manualId }, omit: { bytes: true } });
      return { manual: viewOrNull(row, ManualView), userErrors: userErrorsOf(userErrors) };
    });
  }
}

/** What the sender says about the files, in the words of front matter; null when it cannot be used. */
async function metadataOf(ctx: RequestContext, input: ManualIngestInput): Promise<ManualMetadata | null> {
  const systems = await Promise.all(
    (input.systemIds ?? []).map((id) => ctx.load.system.load(rowId('System', id, ['input', 'systemIds']))),
  );
  const said = {
    code: input.code,
    title: input.title,
    locale: input.locale?.toLowerCase(),
    team: input.team,
    owner: input.owner,
    visibility: input.visibility?.toLowerCase(),
    revised: input.revisedAt?.toISOString().slice(0, 10),
    systems: input.systemIds ? systems.flatMap((system) => (system === null ? [] : [system.name])) : null,
  };
  try {
    return parseMetadata(
      Object.fromEntries(Object.entries(said).filter(([, value]) => value !== null && value !== undefined)),
    );
  } catch {
    return null;
  }
}
