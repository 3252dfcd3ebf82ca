import { Field, InputType } from 'type-graphql';
import { Locale } from '../../db.ts';

/** ViewerUpdateInput of the API. */
@InputType('ViewerUpdateInput')
export class ViewerUpdateInput {
  @Field(() => Boolean, { nullable: true })
  dailyDigest?: boolean | null | undefined;

  @Field(() => Locale, { nullable: true })
  locale?: Locale | null | undefined;

  @Field(() => String, { nullable: true })
  timeZone?: string | null | undefined;
}
