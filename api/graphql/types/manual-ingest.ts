import { Ctx, Field, ID, Int, ObjectType } from 'type-graphql';
import { toGlobalId } from '../../../lib/ids.ts';
import {
  type ManualIngestFile as FileRow,
  type ManualIngest as IngestRow,
  ManualIngestFileStatus,
  ManualIngestStatus,
} from '../../db.ts';
import { refusalCodes } from '../../knowledge/parse/refusal.ts';
import { detailOf } from '../../knowledge/plan-folder.ts';
import { timeLeftMs } from '../../knowledge/progress-rules.ts';
import { refusalText } from '../../knowledge/refusal-texts.ts';
import type { UploadFacts } from '../../knowledge/uploads.ts';
import type { RequestContext } from '../request-context.ts';
import { DateTimeScalar, DurationScalar } from '../scalars.ts';
import { type Actor, ActorUnion } from './actor.ts';
import { ManualView } from './manual.ts';
import { NodeView } from './payload.ts';
import { actorOf } from './read-actor.ts';
import { visibleManual } from './read-passage.ts';
import { viewOrNull } from './view.ts';

/** A place for the bytes of a file, taken for an hour. */
@ObjectType('ManualUpload', { description: 'A place for the bytes of a file, taken for an hour.' })
export class ManualUploadView {
  constructor(readonly row: UploadFacts) {}

  @Field(() => Int)
  get byteSize(): number {
    return this.row.byteSize;
  }

  @Field(() => DateTimeScalar)
  get expiresAt(): Date {
    return this.row.expiresAt;
  }

  @Field(() => String)
  get fileName(): string {
    return this.row.fileName;
  }

  @Field(() => ID)
  get id(): string {
    return toGlobalId('ManualUpload', this.row.id);
  }

  @Field(() => String, { description: 'Always PUT, with the bytes as the body and the same credentials as here.' })
  get method(): string {
    return 'PUT';
  }

  @Field(() => String, { description: 'Path below the address of the API that takes the bytes.' })
  get path(): string {
    return `/api/manuals/uploads/${this.id}`;
  }

  @Field(() => DateTimeScalar, { nullable: true, description: 'When the bytes came; null while they have not.' })
  get receivedAt(): Date | null {
    return this.row.receivedAt;
  }
}

/** One file of an ingest and what became of it. */
@ObjectType('ManualIngestFile', { description: 'One file of an ingest and what became of it.' })
export class ManualIngestFileView {
  constructor(readonly row: FileRow) {}

  @Field(() => Int, { nullable: true })
  get byteSize(): number | null {
    return this.row.byteSize;
  }

  @Field(() => Int, { nullable: true, description: 'How many passages it became.' })
  get chunks(): number | null {
    return this.row.chunks;
  }

  @Field(() => ManualView, { nullable: true })
  async manual(@Ctx() ctx: RequestContext): Promise<ManualView | null> {
    return viewOrNull(this.row.manualId === null ? null : await visibleManual(ctx, this.row.manualId), ManualView);
  }

  @Field(() => String, { nullable: true, description: "Why it was refused and what helps, in the viewer's language." })
  message(@Ctx() ctx: RequestContext): string | null {
    const code = refusalCodes.find((one) => one === this.row.reason);
    return code === undefined ? null : refusalText(ctx.viewer.locale, code, detailOf(this.row.detail));
  }

  @Field(() => String)
  get path(): string {
    return this.row.path;
  }

  @Field(() => String, { nullable: true, description: 'Name of the reason of a refusal, for programs.' })
  get reason(): string | null {
    return this.row.reason;
  }

  @Field(() => ManualIngestFileStatus)
  get status(): ManualIngestFileStatus {
    return this.row.status;
  }
}

/** One taking-in of files, with its progress. */
@ObjectType('ManualIngest', { description: 'One taking-in of files, with its progress.', implements: NodeView })
export class ManualIngestView {
  constructor(readonly row: IngestRow) {}

  @Field(() => Int)
  get added(): number {
    return this.row.added;
  }

  @Field(() => Int)
  get changed(): number {
    return this.row.changed;
  }

  @Field(() => DateTimeScalar)
  get createdAt(): Date {
    return this.row.createdAt;
  }

  @Field(() => Int)
  get doneFiles(): number {
    return this.row.doneFiles;
  }

  @Field(() => [ManualIngestFileView], { description: 'In the order they are worked on, at most 200.' })
  async files(@Ctx() ctx: RequestContext): Promise<readonly ManualIngestFileView[]> {
    const rows = await ctx.deps.db.manualIngestFile.findMany({
      where: { ingestId: this.row.id },
      orderBy: { seq: 'asc' },
      take: 200,
    });
    return rows.map((row) => new ManualIngestFileView(row));
  }

  @Field(() => DateTimeScalar, { nullable: true })
  get finishedAt(): Date | null {
    return this.row.finishedAt;
  }

  @Field(() => ID)
  get id(): string {
    return toGlobalId('ManualIngest', this.row.id);
  }

  @Field(() => Int)
  get number(): number {
    return this.row.number;
  }

  @Field(() => Int)
  get refused(): number {
    return this.row.refused;
  }

  @Field(() => Int)
  get removed(): number {
    return this.row.removed;
  }

  @Field(() => ActorUnion)
  requestedBy(@Ctx() ctx: RequestContext): Promise<Actor> {
    return actorOf(ctx, this.row.requestedByType, this.row.requestedById, this.row.requestedByName);
  }

  @Field(() => ManualIngestStatus)
  get status(): ManualIngestStatus {
    return this.row.status;
  }

  @Field(() => DurationScalar, { nullable: true, description: 'Judged by what is done; null until something is.' })
  get timeLeft(): number | null {
    const { startedAt, doneFiles, totalFiles, status } = this.row;
    if (startedAt === null || status !== 'RUNNING') return null;
    return timeLeftMs(Date.now() - startedAt.getTime(), doneFiles, totalFiles);
  }

  @Field(() => Int)
  get totalFiles(): number {
    return this.row.totalFiles;
  }

  @Field(() => Int)
  get unchanged(): number {
    return this.row.unchanged;
  }
}
