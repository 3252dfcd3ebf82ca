import { Ctx, Field, ID, Int, ObjectType } from 'type-graphql';
import { toGlobalId } from '../../../lib/ids.ts';
import { Locale, type ManualGap as ManualGapRow } from '../../db.ts';
import { mayReadAnswer } from '../../knowledge/ask-manuals.ts';
import type { RequestContext } from '../request-context.ts';
import { DateTimeScalar } from '../scalars.ts';
import { type Actor, ActorUnion } from './actor.ts';
import { ManualAnswerView } from './manual-answer.ts';
import { actorOf } from './read-actor.ts';

/** A question the manuals do not answer. */
@ObjectType('ManualGap', { description: 'A question the manuals do not answer, told by a person.' })
export class ManualGapView {
  constructor(readonly row: ManualGapRow) {}

  @Field(() => ManualAnswerView, {
    nullable: true,
    description: 'The answer it was reported on, when the viewer may see it.',
  })
  async answer(@Ctx() ctx: RequestContext): Promise<ManualAnswerView | null> {
    const row = await ctx.load.manualAnswer.load(this.row.answerId);
    return row !== null && mayReadAnswer(ctx.viewer, row) ? new ManualAnswerView(row) : null;
  }

  @Field(() => DateTimeScalar, { nullable: true })
  get closedAt(): Date | null {
    return this.row.closedAt;
  }

  @Field(() => DateTimeScalar)
  get createdAt(): Date {
    return this.row.createdAt;
  }

  @Field(() => ID)
  get id(): string {
    return toGlobalId('ManualGap', this.row.id);
  }

  @Field(() => Locale)
  get locale(): Locale {
    return this.row.locale;
  }

  @Field(() => Int)
  get number(): number {
    return this.row.number;
  }

  @Field(() => String)
  get question(): string {
    return this.row.question;
  }

  @Field(() => ActorUnion)
  reportedBy(@Ctx() ctx: RequestContext): Promise<Actor> {
    return actorOf(ctx, this.row.reportedByType, this.row.reportedById, this.row.reportedByName);
  }
}
