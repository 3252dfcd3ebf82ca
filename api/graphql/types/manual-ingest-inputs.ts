import { Field, ID, InputType, Int } from 'type-graphql';
import { Locale, ManualStatus, ManualVisibility } from '../../db.ts';
import { DateTimeScalar } from '../scalars.ts';

/** ManualFilter of the API. */
@InputType('ManualFilter')
export class ManualFilter {
  @Field(() => Locale, { nullable: true })
  locale?: Locale | null | undefined;

  @Field(() => String, { nullable: true, description: 'Part of the title or the code.' })
  search?: string | null | undefined;

  @Field(() => Boolean, { nullable: true })
  stale?: boolean | null | undefined;

  @Field(() => [ManualStatus], { nullable: true, description: 'READY when left out.' })
  status?: readonly ManualStatus[] | null | undefined;

  @Field(() => ID, { nullable: true })
  systemId?: string | null | undefined;

  @Field(() => String, { nullable: true })
  team?: string | null | undefined;

  @Field(() => ManualVisibility, { nullable: true })
  visibility?: ManualVisibility | null | undefined;
}

/** ManualUploadCreateInput of the API. */
@InputType('ManualUploadCreateInput')
export class ManualUploadCreateInput {
  @Field(() => Int)
  byteSize!: number;

  @Field(() => String)
  fileName!: string;

  @Field(() => String)
  idempotencyKey!: string;

  @Field(() => String, { nullable: true, description: 'What the sender thinks it is. The bytes decide.' })
  mediaType?: string | null | undefined;

  @Field(() => String, { description: 'Of the bytes, in lower-case hexadecimal digits.' })
  sha256!: string;
}

/** What is said here wins over what stands in the files. */
@InputType('ManualIngestInput', { description: 'What is said here wins over what stands in the files.' })
export class ManualIngestInput {
  @Field(() => String, { nullable: true, description: 'Of a single file. A manual that has it gets a new revision.' })
  code?: string | null | undefined;

  @Field(() => String)
  idempotencyKey!: string;

  @Field(() => Locale, { nullable: true })
  locale?: Locale | null | undefined;

  @Field(() => String, { nullable: true })
  owner?: string | null | undefined;

  @Field(() => DateTimeScalar, { nullable: true })
  revisedAt?: Date | null | undefined;

  @Field(() => [ID], { nullable: true })
  systemIds?: readonly string[] | null | undefined;

  @Field(() => String, { nullable: true })
  team?: string | null | undefined;

  @Field(() => String, { nullable: true, description: 'Of a single file.' })
  title?: string | null | undefined;

  @Field(() => [ID])
  uploadIds!: readonly string[];

  @Field(() => ManualVisibility, { nullable: true })
  visibility?: ManualVisibility | null | undefined;
}

/** ManualRemoveInput of the API. */
@InputType('ManualRemoveInput')
export class ManualRemoveInput {
  @Field(() => ID)
  id!: string;

  @Field(() => String, { nullable: true })
  reason?: string | null | undefined;
}
