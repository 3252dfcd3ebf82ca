import { Arg, Ctx, Field, Float, ID, Int, ObjectType } from 'type-graphql';
import { toGlobalId } from '../../../lib/ids.ts';
import { Locale, ManualStatus, ManualVisibility } from '../../db.ts';
import { readPage } from '../connection.ts';
import type { RequestContext } from '../request-context.ts';
import { DateTimeScalar } from '../scalars.ts';
import { type Actor, ActorUnion } from './actor.ts';
import { ManualPassageView, type PassageRow, TextRange } from './manual-passage.ts';
import { ManualPassageConnection } from './manual-passage-connection.ts';
import { NodeView } from './payload.ts';
import { actorOf } from './read-actor.ts';
import type { ManualFacts } from './read-evidence.ts';
import { SystemView } from './system.ts';

/** A revision older than this is marked. */
export const staleAfterMs = 365 * 86_400_000;

/** Manual of the API. */
@ObjectType('Manual', { implements: NodeView })
export class ManualView {
  constructor(readonly row: ManualFacts) {}

  @Field(() => Int)
  chunkCount(@Ctx() ctx: RequestContext): Promise<number> {
    return ctx.deps.db.manualChunk.count({ where: { manualId: this.row.id } });
  }

  @Field(() => String, { description: 'Document code, for example PAY-OPS-12.' })
  get code(): string {
    return this.row.code;
  }

  @Field(() => DateTimeScalar)
  get createdAt(): Date {
    return this.row.createdAt;
  }

  @Field(() => String, { nullable: true })
  get error(): string | null {
    return this.row.error;
  }

  @Field(() => String)
  get fileName(): string {
    return this.row.fileName;
  }

  @Field(() => ID)
  get id(): string {
    return toGlobalId('Manual', this.row.id);
  }

  @Field(() => DateTimeScalar, { nullable: true })
  get indexedAt(): Date | null {
    return this.row.indexedAt;
  }

  @Field(() => Locale)
  get locale(): Locale {
    return this.row.locale;
  }

  @Field(() => ManualPassageConnection, { description: 'Its passages in the order of the document.' })
  passages(
    @Ctx() ctx: RequestContext,
    @Arg('after', () => String, { nullable: true }) after: string | null,
    @Arg('first', () => Int, { nullable: true, defaultValue: 20 }) first: number | null,
  ): Promise<ManualPassageConnection> {
    const { manualChunk } = ctx.deps.db;
    const where = { manualId: this.row.id };
    return readPage(
      { after, first },
      {
        key: (row: PassageRow) => row.seq,
        keyType: 'number',
        order: 'asc',
        find: (range, direction, take) =>
          manualChunk.findMany({
            where: { AND: [where, { seq: range }] },
            omit: { dense: true, sparse: true },
            orderBy: { seq: direction },
            take,
          }),
        count: (most) => manualChunk.count({ where, take: most }),
        node: (row) => new ManualPassageView(row, this.row),
      },
    );
  }

  @Field(() => String, { description: 'Path below the address of the API that hands out the file itself.' })
  get originalPath(): string {
    return `/api/manuals/${this.id}/original`;
  }

  @Field(() => String, { nullable: true })
  get owner(): string | null {
    return this.row.owner;
  }

  @Field(() => Int, { nullable: true })
  get pageCount(): number | null {
    return this.row.pageCount;
  }

  @Field(() => Int, { description: 'Rises with each change of the file.' })
  get revision(): number {
    return this.row.revision;
  }

  @Field(() => String, { nullable: true })
  get team(): string | null {
    return this.row.team;
  }

  @Field(() => ManualVisibility)
  get visibility(): ManualVisibility {
    return this.row.visibility;
  }

  @Field(() => DateTimeScalar, { nullable: true })
  get revisedAt(): Date | null {
    return this.row.revisedAt;
  }

  @Field(() => String)
  get sha256(): string {
    return this.row.sha256;
  }

  @Field(() => Boolean, { description: 'True when the revision is older than the configured age.' })
  get stale(): boolean {
    return this.row.revisedAt !== null && Date.now() - this.row.revisedAt.getTime() > staleAfterMs;
  }

  @Field(() => ManualStatus)
  get status(): ManualStatus {
    return this.row.status;
  }

  @Field(() => [SystemView])
  async systems(@Ctx() ctx: RequestContext): Promise<readonly SystemView[]> {
    const rows = await ctx.deps.db.system.findMany({
      where: { name: { in: this.row.systemNames }, archived: false },
      orderBy: { name: 'asc' },
    });
    return rows.map((row) => new SystemView(row));
  }

  @Field(() => String)
  get title(): string {
    return this.row.title;
  }

  @Field(() => ActorUnion)
  uploadedBy(@Ctx() ctx: RequestContext): Promise<Actor> {
    return actorOf(ctx, 'automation', null, this.row.uploadedBy);
  }

  @Field(() => String, { nullable: true })
  get version(): string | null {
    return String(this.row.revision);
  }
}

/** ManualHit of the API. */
@ObjectType('ManualHit')
export class ManualHit {
  @Field(() => [TextRange], { description: 'Where the quote speaks of what was asked.' })
  highlights!: readonly TextRange[];

  @Field(() => ManualView)
  manual!: ManualView;

  @Field(() => Int, { nullable: true })
  page!: number | null;

  @Field(() => ManualPassageView)
  passage!: ManualPassageView;

  @Field(() => String)
  quote!: string;

  @Field(() => Float)
  score!: number;

  @Field(() => String)
  section!: string;
}

/** ManualSearchResult of the API. */
@ObjectType('ManualSearchResult')
export class ManualSearchResult {
  @Field(() => Boolean, { description: 'False: nothing answers; the hits are only the nearest.' })
  answered!: boolean;

  @Field(() => String, { nullable: true, description: 'Why the index is not whole now.' })
  degraded!: string | null;

  @Field(() => [ManualHit])
  hits!: readonly ManualHit[];

  @Field(() => Boolean, { description: 'False when only word search was possible.' })
  semantic!: boolean;

  @Field(() => Int)
  tookMs!: number;
}
