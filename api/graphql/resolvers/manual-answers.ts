import { Arg, Ctx, ID, Int, Mutation, Query, Resolver } from 'type-graphql';
import { fromGlobalId, isUuid } from '../../../lib/ids.ts';
import { Locale, type ManualGap as ManualGapRow } from '../../db.ts';
import { closeGap, giveFeedback, reportGap } from '../../knowledge/answer-feedback.ts';
import { askManuals, mayReadAnswer, shareAnswer } from '../../knowledge/ask-manuals.ts';
import { questionTerms, quoteOf } from '../../knowledge/quote-rules.ts';
import { readerOf } from '../../knowledge/visibility-rules.ts';
import { readPage } from '../connection.ts';
import { once } from '../idempotency.ts';
import { keySchema, mutate, parseInput, rowId, words } from '../mutate.ts';
import { need, type RequestContext } from '../request-context.ts';
import { ManualGapConnection } from '../types/connections.ts';
import { ManualHit, ManualSearchResult, ManualView } from '../types/manual.ts';
import { ManualAnswerView, ManualFeedbackView } from '../types/manual-answer.ts';
import {
  ManualAnswerShareInput,
  ManualAskInput,
  ManualFeedbackCreateInput,
  ManualGapCloseInput,
  ManualGapFilter,
  ManualGapReportInput,
} from '../types/manual-answer-inputs.ts';
import {
  ManualAnswerSharePayload,
  ManualAskPayload,
  ManualFeedbackCreatePayload,
  ManualGapClosePayload,
  ManualGapReportPayload,
} from '../types/manual-answer-payloads.ts';
import { ManualGapView } from '../types/manual-gap.ts';
import { ManualPassageView } from '../types/manual-passage.ts';
import { visiblePassage } from '../types/read-passage.ts';

const longestQuestion = 1_000;
const mostHits = 50;
const quoteLength = 300;

/** Searching the manuals, answers from them, and what people think of the answers. */
@Resolver()
export class ManualAnswerResolver {
  @Query(() => ManualSearchResult)
  async manualSearch(
    @Ctx() ctx: RequestContext,
    @Arg('first', () => Int, { nullable: true, defaultValue: 5 }) first: number | null,
    @Arg('locale', () => Locale, { nullable: true }) locale: Locale | null,
    @Arg('query', () => String) query: string,
    @Arg('systemId', () => ID, { nullable: true }) systemId: string | null,
  ): Promise<ManualSearchResult> {
    need(ctx, 'MANUAL_READ');
    const text = query.trim().slice(0, longestQuestion);
    const limit = Math.min(mostHits, Math.max(0, first ?? 5));
    const system = systemId ? await ctx.load.system.load(rowId('System', systemId, ['systemId'])) : null;
    if (text === '' || limit === 0) return { hits: [], answered: false, semantic: false, degraded: null, tookMs: 0 };
    const found = await ctx.deps.findPassages({
      words: text,
      limit,
      reader: readerOf(ctx.viewer),
      locale,
      system: system?.name ?? null,
    });
    const terms = questionTerms(text);
    const hits = await Promise.all(
      found.passages.map(async (passage): Promise<ManualHit | null> => {
        const shown = await visiblePassage(ctx, passage.chunkId);
        if (shown === null) return null;
        const quote = quoteOf(passage.text, terms, quoteLength);
        return Object.assign(new ManualHit(), {
          manual: new ManualView(shown.source),
          passage: shown,
          section: passage.section,
          page: passage.page,
          quote: quote.text,
          highlights: quote.highlights,
          score: passage.score,
        });
      }),
    );
    const { answered, semantic, degraded, tookMs } = found;
    return { hits: hits.filter((hit) => hit !== null), answered, semantic, degraded, tookMs };
  }

  @Query(() => ManualAnswerView, { nullable: true })
  async manualAnswer(@Ctx() ctx: RequestContext, @Arg('id', () => ID) id: string): Promise<ManualAnswerView | null> {
    need(ctx, 'MANUAL_READ');
    const known = fromGlobalId(id);
    if (known?.type !== 'ManualAnswer' || !isUuid(known.id)) return null;
    const row = await ctx.load.manualAnswer.load(known.id);
    return row !== null && mayReadAnswer(ctx.viewer, row) ? new ManualAnswerView(row) : null;
  }

  @Query(() => ManualPassageView, { nullable: true })
  async manualPassage(@Ctx() ctx: RequestContext, @Arg('id', () => ID) id: string): Promise<ManualPassageView | null> {
    need(ctx, 'MANUAL_READ');
    const known = fromGlobalId(id);
    return known?.type === 'ManualPassage' && isUuid(known.id) ? visiblePassage(ctx, known.id) : null;
  }

  @Query(() => ManualGapConnection, { description: 'What people missed in the manuals, newest first.' })
  async manualGaps(
    @Ctx() ctx: RequestContext,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Arg('filter', () => ManualGapFilter, { nullable: true }) filter: ManualGapFilter | null,
    @Arg('first', () => Int, { nullable: true, defaultValue: 20 }) first: number | null,
  ): Promise<ManualGapConnection> {
    need(ctx, 'MANUAL_WRITE');
    const { manualGap } = ctx.deps.db;
    const where = { closedAt: filter?.closed === true ? { not: null } : null };
    return readPage(
      { after, first },
      {
        key: (row: ManualGapRow) => row.number,
        keyType: 'number',
        order: 'desc',
        find: (range, direction, take) =>
          manualGap.findMany({ where: { AND: [where, { number: range }] }, orderBy: { number: direction }, take }),
        count: (most) => manualGap.count({ where, take: most }),
        node: (row) => new ManualGapView(row),
      },
    );
  }

  @Mutation(() => ManualAskPayload, { description: 'Answers a question from the manuals and keeps the answer.' })
  manualAsk(
    @Ctx() ctx: RequestContext,
    @Arg('input', () => ManualAskInput) input: ManualAskInput,
  ): Promise<ManualAskPayload> {
    return mutate<ManualAskPayload>(ctx, { operation: 'manualAsk', input, empty: { answer: null } }, async () => {
      need(ctx, 'MANUAL_READ');
      const key = parseInput(keySchema, input.idempotencyKey);
      const question = parseInput(words(longestQuestion), input.question);
      const { systemId } = input;
      const system = systemId ? await ctx.load.system.load(rowId('System', systemId, ['input', 'systemId'])) : null;
      return once<ManualAskPayload>(ctx, {
        operation: 'manualAsk',
        key,
        input,
        repeatable: true,
        first: async () => {
          const row = await askManuals(ctx.deps, ctx.viewer, {
            question,
            key,
            locale: input.locale ?? null,
            audience: input.audience,
            system: system?.name ?? null,
          });
          return { payload: { answer: new ManualAnswerView(row), userErrors: [] }, kept: { answer: row.id } };
        },
        again: async (kept) => ({ answer: await this.keptAnswer(ctx, kept.answer), userErrors: [] }),
      });
    });
  }

  @Mutation(() => ManualAnswerSharePayload, {
    description:
      'Makes the version of an answer that everybody may see. Refused when nothing of it may be shown to everybody.',
  })
  manualAnswerShare(
    @Ctx() ctx: RequestContext,
    @Arg('input', () => ManualAnswerShareInput) input: ManualAnswerShareInput,
  ): Promise<ManualAnswerSharePayload> {
    const mutation = { operation: 'manualAnswerShare', input, empty: { answer: null } };
    return mutate<ManualAnswerSharePayload>(ctx, mutation, async () => {
      need(ctx, 'MANUAL_READ');
      const key = parseInput(keySchema, input.idempotencyKey);
      const answerId = rowId('ManualAnswer', input.id);
      return once<ManualAnswerSharePayload>(ctx, {
        operation: 'manualAnswerShare',
        key,
        input,
        repeatable: true,
        first: async () => {
          const row = await shareAnswer(ctx.deps, ctx.viewer, { answerId, key });
          return { payload: { answer: new ManualAnswerView(row), userErrors: [] }, kept: { answer: row.id } };
        },
        again: async (kept) => ({ answer: await this.keptAnswer(ctx, kept.answer), userErrors: [] }),
      });
    });
  }

  @Mutation(() => ManualFeedbackCreatePayload, {
    description:
      "Keeps the viewer's verdict on an answer. A second one of the same person takes the place of the first.",
  })
  manualFeedbackCreate(
    @Ctx() ctx: RequestContext,
    @Arg('input', () => ManualFeedbackCreateInput) input: ManualFeedbackCreateInput,
  ): Promise<ManualFeedbackCreatePayload> {
    const mutation = { operation: 'manualFeedbackCreate', input, empty: { answer: null, feedback: null } };
    return mutate<ManualFeedbackCreatePayload>(ctx, mutation, async () => {
      need(ctx, 'MANUAL_READ');
      const note = input.note?.trim() ? parseInput(words(1_000), input.note) : null;
      const answerId = rowId('ManualAnswer', input.answerId, ['input', 'answerId']);
      const { feedback, answer, change } = await giveFeedback(ctx.deps, ctx.viewer, {
        answerId,
        verdict: input.verdict,
        note,
      });
      if (change !== 'same') ctx.deps.metrics.onManualFeedback(feedback.verdict);
      return { answer: new ManualAnswerView(answer), feedback: new ManualFeedbackView(feedback), userErrors: [] };
    });
  }

  @Mutation(() => ManualGapReportPayload, {
    description: 'Tells those who look after the manuals that they do not answer this. Once an answer.',
  })
  manualGapReport(
    @Ctx() ctx: RequestContext,
    @Arg('input', () => ManualGapReportInput) input: ManualGapReportInput,
  ): Promise<ManualGapReportPayload> {
    return mutate<ManualGapReportPayload>(
      ctx,
      { operation: 'manualGapReport', input, empty: { gap: null } },
      async () => {
        need(ctx, 'MANUAL_READ');
        const answerId = rowId('ManualAnswer', input.answerId, ['input', 'answerId']);
        const { gap } = await reportGap(ctx.deps, ctx.viewer, answerId);
        return { gap: new ManualGapView(gap), userErrors: [] };
      },
    );
  }

  @Mutation(() => ManualGapClosePayload, { description: 'Closes a gap; a closed one stays closed.' })
  manualGapClose(
    @Ctx() ctx: RequestContext,
    @Arg('input', () => ManualGapCloseInput) input: ManualGapCloseInput,
  ): Promise<ManualGapClosePayload> {
    return mutate<ManualGapClosePayload>(
      ctx,
      { operation: 'manualGapClose', input, empty: { gap: null } },
      async () => {
        need(ctx, 'MANUAL_WRITE');
        return {
          gap: new ManualGapView(await closeGap(ctx.deps, ctx.viewer, rowId('ManualGap', input.id))),
          userErrors: [],
        };
      },
    );
  }

  private async keptAnswer(ctx: RequestContext, id: string | null | undefined): Promise<ManualAnswerView | null> {
    const row = id ? await ctx.load.manualAnswer.load(id) : null;
    return row !== null && mayReadAnswer(ctx.viewer, row) ? new ManualAnswerView(row) : null;
  }
}
