import { Ctx, Field, Float, ID, Int, ObjectType } from 'type-graphql';
import { toGlobalId } from '../../../lib/ids.ts';
import { Locale, ManualStatus } from '../../db.ts';
import type { RequestContext } from '../request-context.ts';
import { DateTimeScalar } from '../scalars.ts';
import { type Actor, ActorUnion } from './actor.ts';
import { NodeView } from './payload.ts';
import { actorOf } from './read-actor.ts';
import type { ManualFacts } from './read-evidence.ts';
import { SystemView } from './system.ts';

const staleAfterMs = 365 * 86_400_000;

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
  @Field(() => ManualView)
  manual!: ManualView;

  @Field(() => Int, { nullable: true })
  page!: number | null;

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
  @Field(() => [ManualHit])
  hits!: readonly ManualHit[];

  @Field(() => Boolean, { description: 'False when only word search was possible.' })
  semantic!: boolean;

  @Field(() => Int)
  tookMs!: number;
}
