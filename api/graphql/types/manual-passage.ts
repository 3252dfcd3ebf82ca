import { Arg, Ctx, Field, ID, Int, ObjectType } from 'type-graphql';
import { toGlobalId } from '../../../lib/ids.ts';
import type { ManualChunk } from '../../db.ts';
import { readerOf } from '../../knowledge/visibility-rules.ts';
import type { RequestContext } from '../request-context.ts';
import { ManualView } from './manual.ts';
import { NodeView } from './payload.ts';
import type { ManualFacts } from './read-evidence.ts';
import { visiblePassage } from './read-passage.ts';

/** A chunk without its vectors. */
export type PassageRow = Omit<ManualChunk, 'dense' | 'sparse'>;

const mostRelated = 10;

/** A range of a text. */
@ObjectType('TextRange', {
  description: 'A range of a text in UTF-16 units, as JavaScript counts; `end` is exclusive.',
})
export class TextRange {
  @Field(() => Int)
  end!: number;

  @Field(() => Int)
  start!: number;
}

/** A piece of a manual. Whoever may not see its manual is told that there is no such passage. */
@ObjectType('ManualPassage', {
  description: 'A piece of a manual as it is indexed, with its place in the document.',
  implements: NodeView,
})
export class ManualPassageView {
  constructor(
    readonly row: PassageRow,
    readonly source: ManualFacts,
  ) {}

  @Field(() => ManualPassageView, { nullable: true, description: 'The passage behind it in the same revision.' })
  async after(@Ctx() ctx: RequestContext): Promise<ManualPassageView | null> {
    return this.neighbour(ctx, 1);
  }

  @Field(() => ManualPassageView, { nullable: true, description: 'The passage before it in the same revision.' })
  async before(@Ctx() ctx: RequestContext): Promise<ManualPassageView | null> {
    return this.neighbour(ctx, -1);
  }

  @Field(() => ID)
  get id(): string {
    return toGlobalId('ManualPassage', this.row.id);
  }

  @Field(() => String, { description: 'text, table or code.' })
  get kind(): string {
    return this.row.kind;
  }

  @Field(() => Int, { description: 'First line in the file.' })
  get lineFrom(): number {
    return this.row.lineFrom;
  }

  @Field(() => Int)
  get lineTo(): number {
    return this.row.lineTo;
  }

  @Field(() => ManualView)
  get manual(): ManualView {
    return new ManualView(this.source);
  }

  @Field(() => Int, { nullable: true })
  get page(): number | null {
    return this.row.page;
  }

  @Field(() => Int, { description: 'Place in the document, from 0.' })
  get position(): number {
    return this.row.seq;
  }

  @Field(() => [ManualPassageView], { description: 'Passages of all manuals that speak of the same, best first.' })
  async related(
    @Ctx() ctx: RequestContext,
    @Arg('first', () => Int, { nullable: true, defaultValue: 5 }) first: number | null,
  ): Promise<readonly ManualPassageView[]> {
    const wanted = Math.min(mostRelated, Math.max(0, first ?? 5));
    if (wanted === 0) return [];
    const words = `${this.source.title} ${this.row.section} ${this.row.text}`.replace(/\s+/g, ' ').slice(0, 600);
    const found = await ctx.deps.findPassages({ words, limit: wanted + 4, reader: readerOf(ctx.viewer) });
    const own = (one: (typeof found.passages)[number]): boolean =>
      one.manualId === this.row.manualId && one.lineFrom <= this.row.lineTo && one.lineTo >= this.row.lineFrom;
    const others = found.passages.filter((one) => !own(one)).slice(0, wanted);
    const views = await Promise.all(others.map((one) => visiblePassage(ctx, one.chunkId)));
    return views.filter((view) => view !== null);
  }

  @Field(() => String)
  get section(): string {
    return this.row.section;
  }

  @Field(() => [String], { description: 'Headings from the first below the title down to this one.' })
  get sectionPath(): readonly string[] {
    return this.row.sectionPath.length === 0 ? [this.row.section] : this.row.sectionPath;
  }

  @Field(() => String)
  get text(): string {
    return this.row.text;
  }

  private async neighbour(ctx: RequestContext, step: 1 | -1): Promise<ManualPassageView | null> {
    const row = await ctx.load.passageAt.load(`${this.row.manualId}:${this.row.seq + step}`);
    return row === null ? null : new ManualPassageView(row, this.source);
  }
}
