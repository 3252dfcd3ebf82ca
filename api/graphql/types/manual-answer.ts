import { Ctx, Field, Float, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { toGlobalId } from '../../../lib/ids.ts';
import {
  type ManualFeedback as FeedbackRow,
  FeedbackVerdict,
  Locale,
  ManualAnswerMode,
  type ManualAnswer as ManualAnswerRow,
  ManualAudience,
} from '../../db.ts';
import type { AnswerNote, Citation } from '../../knowledge/answer.ts';
import { type ReadableAnswer, readable, storedAnswer } from '../../knowledge/stored-answer.ts';
import { maySee, readerOf, sharedReader } from '../../knowledge/visibility-rules.ts';
import type { RequestContext } from '../request-context.ts';
import { DateTimeScalar } from '../scalars.ts';
import { Claim } from './finding.ts';
import { ManualView, staleAfterMs } from './manual.ts';
import { ManualPassageView, TextRange } from './manual-passage.ts';
import { NodeView } from './payload.ts';
import type { ManualFacts } from './read-evidence.ts';
import { visiblePassage } from './read-passage.ts';

registerEnumType(ManualAnswerMode, {
  name: 'ManualAnswerMode',
  description:
    'PASSAGES: quoted only. WRITTEN: worded by a model, every sentence checked. NOT_FOUND: the manuals do not say.',
});
registerEnumType(ManualAudience, {
  name: 'ManualAudience',
  description: 'ASKER: made of what the asker may see. EVERYONE: for a place that everybody sees.',
});
registerEnumType(FeedbackVerdict, { name: 'FeedbackVerdict' });
/** ManualAnswerNote */
export const ManualAnswerNote = {
  NO_MODEL: 'NO_MODEL',
  MODEL_FAILED: 'MODEL_FAILED',
  NOTHING_SUPPORTED: 'NOTHING_SUPPORTED',
  MODEL_SILENT: 'MODEL_SILENT',
} as const satisfies Record<AnswerNote, AnswerNote>;
export type ManualAnswerNote = AnswerNote;
registerEnumType(ManualAnswerNote, {
  name: 'ManualAnswerNote',
  description: 'Why passages are quoted and nothing is written.',
  valuesConfig: {
    NO_MODEL: { description: 'No language model is set up.' },
    MODEL_FAILED: { description: 'The model did not answer, or not usably.' },
    NOTHING_SUPPORTED: { description: 'The model answered, and the passages carried none of its sentences.' },
    MODEL_SILENT: { description: 'The model said that the passages do not answer.' },
  },
});

const monthMs = 30.44 * 86_400_000;

/** A passage behind an answer, as it was read then. */
@ObjectType('ManualCitation', { description: 'A passage behind an answer, as it was read when it was answered.' })
export class ManualCitation {
  constructor(
    readonly kept: Citation,
    readonly source: ManualFacts,
  ) {}

  @Field(() => String, { description: 'Code of the manual.' })
  get code(): string {
    return this.kept.code;
  }

  @Field(() => [TextRange], { description: 'Where the quote speaks of what was asked.' })
  get highlights(): readonly TextRange[] {
    return this.kept.highlights;
  }

  @Field(() => Int)
  get lineFrom(): number {
    return this.kept.lineFrom;
  }

  @Field(() => Int)
  get lineTo(): number {
    return this.kept.lineTo;
  }

  @Field(() => ManualView)
  get manual(): ManualView {
    return new ManualView(this.source);
  }

  @Field(() => Int, { nullable: true, description: 'Whole months since the revision; null without a revision date.' })
  get monthsOld(): number | null {
    return this.kept.revisedAt === null
      ? null
      : Math.max(0, Math.floor((Date.now() - Date.parse(this.kept.revisedAt)) / monthMs));
  }

  @Field(() => Boolean, { description: 'The manual has a newer revision by now.' })
  async outdated(@Ctx() ctx: RequestContext): Promise<boolean> {
    const newest = await ctx.load.manualByCode.load(this.kept.code);
    return newest !== null && newest.status === 'READY' && newest.revision > this.kept.revision;
  }

  @Field(() => Int, { nullable: true })
  get page(): number | null {
    return this.kept.page;
  }

  @Field(() => ManualPassageView, {
    nullable: true,
    description: 'The passage itself; null when its revision is not kept.',
  })
  passage(@Ctx() ctx: RequestContext): Promise<ManualPassageView | null> {
    return visiblePassage(ctx, this.kept.chunkId);
  }

  @Field(() => String)
  get quote(): string {
    return this.kept.quote;
  }

  @Field(() => Int, { description: 'The [n] in the sentences.' })
  get ref(): number {
    return this.kept.ref;
  }

  @Field(() => DateTimeScalar, { nullable: true })
  get revisedAt(): Date | null {
    return this.kept.revisedAt === null ? null : new Date(this.kept.revisedAt);
  }

  @Field(() => Int)
  get revision(): number {
    return this.kept.revision;
  }

  @Field(() => Float)
  get score(): number {
    return this.kept.score;
  }

  @Field(() => String)
  get section(): string {
    return this.kept.section;
  }

  @Field(() => [String])
  get sectionPath(): readonly string[] {
    return this.kept.sectionPath.length === 0 ? [this.kept.section] : this.kept.sectionPath;
  }

  @Field(() => Boolean, { description: 'The revision is older than twelve months.' })
  get stale(): boolean {
    return this.kept.revisedAt !== null && Date.now() - Date.parse(this.kept.revisedAt) > staleAfterMs;
  }

  @Field(() => String)
  get title(): string {
    return this.kept.title;
  }
}

/** Who looks after a manual. */
@ObjectType('ManualOwner', {
  description: 'Who looks after the manuals nearest to a question, as they name it themselves.',
})
export class ManualOwner {
  @Field(() => [String], { description: 'Codes of the manuals.' })
  codes!: readonly string[];

  @Field(() => String, { nullable: true })
  owner!: string | null;

  @Field(() => String, { nullable: true })
  team!: string | null;
}

/** A person's verdict on an answer. */
@ObjectType('ManualFeedback')
export class ManualFeedbackView {
  constructor(readonly row: FeedbackRow) {}

  @Field(() => DateTimeScalar)
  get at(): Date {
    return this.row.updatedAt;
  }

  @Field(() => String, { nullable: true })
  get note(): string | null {
    return this.row.note;
  }

  @Field(() => FeedbackVerdict)
  get verdict(): FeedbackVerdict {
    return this.row.verdict;
  }
}

/** An answer from the manuals. */
@ObjectType('ManualAnswer', {
  description:
    'An answer made only of cited sentences or of quoted passages; `answer` is null when nothing was written.',
  implements: NodeView,
})
export class ManualAnswerView {
  #left: Promise<{ readonly answer: ReadableAnswer; readonly manuals: ReadonlyMap<string, ManualFacts> }> | undefined;

  constructor(readonly row: ManualAnswerRow) {}

  @Field(() => Boolean, { description: 'A model worded it; code checked every sentence.' })
  async analysisWritten(@Ctx() ctx: RequestContext): Promise<boolean> {
    return (await this.left(ctx)).answer.sentences.length > 0;
  }

  @Field(() => String, { nullable: true, description: 'The sentences as one text, each with its [n].' })
  async answer(@Ctx() ctx: RequestContext): Promise<string | null> {
    const { sentences } = (await this.left(ctx)).answer;
    if (sentences.length === 0) return null;
    return sentences.map(({ text, refs }) => `${text} ${refs.map((ref) => `[${ref}]`).join('')}`).join('\n');
  }

  @Field(() => ManualAudience)
  get audience(): ManualAudience {
    return this.row.audience;
  }

  @Field(() => [ManualCitation], { description: 'The passages the answer rests on, or that are quoted in its place.' })
  async citations(@Ctx() ctx: RequestContext): Promise<readonly ManualCitation[]> {
    return this.row.mode === 'NOT_FOUND' ? [] : this.cited(ctx, (one) => one.shown);
  }

  @Field(() => DateTimeScalar)
  get createdAt(): Date {
    return this.row.createdAt;
  }

  @Field(() => String, { nullable: true, description: 'Why the index was not whole when it was asked.' })
  get degraded(): string | null {
    return this.row.degraded;
  }

  @Field(() => Int, { description: 'Sentences of the model that were dropped because no passage carries them.' })
  get droppedClaims(): number {
    return this.row.dropped;
  }

  @Field(() => Boolean, { description: 'Somebody told the keepers of the manuals that this is missing.' })
  async gapReported(@Ctx() ctx: RequestContext): Promise<boolean> {
    return (await ctx.load.gapOfAnswer.load(this.row.id)) !== null;
  }

  @Field(() => ID)
  get id(): string {
    return toGlobalId('ManualAnswer', this.row.id);
  }

  @Field(() => Locale)
  get locale(): Locale {
    return this.row.locale;
  }

  @Field(() => ManualAnswerMode)
  get mode(): ManualAnswerMode {
    return this.row.mode;
  }

  @Field(() => [ManualCitation], { description: 'Further results.' })
  async more(@Ctx() ctx: RequestContext): Promise<readonly ManualCitation[]> {
    return this.row.mode === 'NOT_FOUND' ? [] : this.cited(ctx, (one) => !one.shown);
  }

  @Field(() => Int)
  async moreCount(@Ctx() ctx: RequestContext): Promise<number> {
    return (await this.more(ctx)).length;
  }

  @Field(() => [ManualCitation], { description: 'When the manuals do not say: the closest passages, at most three.' })
  async nearest(@Ctx() ctx: RequestContext): Promise<readonly ManualCitation[]> {
    return this.row.mode === 'NOT_FOUND' ? this.cited(ctx, () => true) : [];
  }

  @Field(() => ManualAnswerNote, { nullable: true })
  get note(): ManualAnswerNote | null {
    return Object.values(ManualAnswerNote).find((one) => one === this.row.note) ?? null;
  }

  @Field(() => [ManualOwner], { description: 'Who looks after the manuals of its passages.' })
  async owners(@Ctx() ctx: RequestContext): Promise<readonly ManualOwner[]> {
    const { answer, manuals } = await this.left(ctx);
    const owners = new Map<string, { owner: string | null; team: string | null; codes: string[] }>();
    for (const { manualId, code } of answer.citations) {
      const manual = manuals.get(manualId);
      if (manual === undefined || (manual.owner === null && manual.team === null)) continue;
      const key = `${manual.owner ?? ''}\n${manual.team ?? ''}`;
      const known = owners.get(key) ?? { owner: manual.owner, team: manual.team, codes: [] };
      if (!known.codes.includes(code)) known.codes.push(code);
      owners.set(key, known);
    }
    return [...owners.values()];
  }

  @Field(() => String)
  get question(): string {
    return this.row.question;
  }

  @Field(() => [Claim], { description: 'Empty when nothing was written.' })
  async sentences(@Ctx() ctx: RequestContext): Promise<readonly Claim[]> {
    const { sentences } = (await this.left(ctx)).answer;
    return sentences.map(({ text, refs }) => ({ text, evidenceRefs: refs, checkPassed: true }));
  }

  @Field(() => ManualFeedbackView, { nullable: true, description: 'What the viewer said of it.' })
  async viewerFeedback(@Ctx() ctx: RequestContext): Promise<ManualFeedbackView | null> {
    const { person } = ctx.viewer;
    const row = person === null ? null : await ctx.load.feedback.load(`${this.row.id}:${person.id}`);
    return row === null ? null : new ManualFeedbackView(row);
  }

  private async cited(ctx: RequestContext, wanted: (one: Citation) => boolean): Promise<readonly ManualCitation[]> {
    const { answer, manuals } = await this.left(ctx);
    return answer.citations.filter(wanted).flatMap((one) => {
      const manual = manuals.get(one.manualId);
      return manual === undefined ? [] : [new ManualCitation(one, manual)];
    });
  }

  /** What is left of it for this viewer, by the rights of now. */
  private left(ctx: RequestContext) {
    this.#left ??= this.readLeft(ctx);
    return this.#left;
  }

  private async readLeft(ctx: RequestContext) {
    const stored = storedAnswer(this.row);
    // A shared answer is the same for everybody, also for those who could see more.
    const reader = this.row.audience === 'EVERYONE' ? sharedReader : readerOf(ctx.viewer);
    const rows = await Promise.all(stored.citations.map(({ manualId }) => ctx.load.manual.load(manualId)));
    const manuals = new Map<string, ManualFacts>();
    for (const row of rows) if (row !== null && row.removedAt === null && maySee(reader, row)) manuals.set(row.id, row);
    return { answer: readable(stored, (id) => manuals.has(id)), manuals };
  }
}
