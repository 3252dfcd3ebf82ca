import { isAppError } from '../../lib/errors.ts';
import type { Core } from '../context.ts';
import { type Db, inTransaction, Prisma, sessionName } from '../db.ts';
import type { Embedder } from '../ports/embedder.ts';
import { embeddedText } from './embed-rules.ts';
import { lockManualIndex } from './index-lock.ts';

const atOnce = 64;
const withinMs = 60_000;
const leaseMs = 90_000;
const leaseName = 'manual-embedding';

interface Waiting {
  readonly id: string;
  readonly hash: string;
  readonly title: string;
  readonly sectionPath: readonly string[];
  readonly text: string;
}

export interface EmbedDeps extends Core {
  readonly embedder: Embedder;
  readonly program: string;
}

/**
 * Gives every chunk of a manual in use its vector by the configured model, batch after batch; one process at a time does it. A chunk
 * whose text the model refuses is marked as asked, so that it holds nobody up. Answers how many were done.
 */
export async function embedChunks(deps: EmbedDeps): Promise<number> {
  const { model } = deps.embedder;
  if (model === null) return 0;
  let done = 0;
  for (;;) {
    const waiting = await waitingChunks(deps.db, model);
    if (waiting.length === 0 || !(await holdLease(deps))) break;
    const vectors = await embedAll(deps, waiting);
    await keep(deps, waiting, vectors, model);
    done += waiting.length;
    deps.wake('manuals');
  }
  return done;
}

/** Chunks in use that have no vector of this model, with what is embedded of them. */
function waitingChunks(db: Db, model: string): Promise<Waiting[]> {
  return db.$queryRaw<Waiting[]>(Prisma.sql`
    select c."id", c."hash", m."title", c."sectionPath", c."text"
    from "ManualChunk" c join "Manual" m on m."id" = c."manualId"
    where m."status" = 'READY' and c."denseModel" is distinct from ${model}
    order by c."indexSeq" limit ${atOnce}`);
}

/** Whether this process is the one that embeds; the right passes on when its holder is gone. */
async function holdLease({ db, program }: EmbedDeps): Promise<boolean> {
  const rows = await db.$queryRaw<{ name: string }[]>(Prisma.sql`
    insert into "SenderLease" as l ("name", "holder", "token", "expiresAt")
    values (${leaseName}, ${sessionName(program)}, 1, clock_timestamp() + ${leaseMs} * interval '1 ms')
    on conflict ("name") do update set
      "token" = case when l."holder" = excluded."holder" then l."token" else l."token" + 1 end,
      "holder" = excluded."holder", "expiresAt" = excluded."expiresAt"
    where l."holder" = excluded."holder" or l."expiresAt" < clock_timestamp()
      or not exists (select 1 from pg_stat_activity a where a."application_name" = l."holder")
    returning l."name"`);
  return rows.length > 0;
}

async function embedAll(deps: EmbedDeps, waiting: readonly Waiting[]): Promise<(Float32Array | null)[]> {
  const texts = waiting.map((chunk) => embeddedText(chunk.title, chunk));
  try {
    const { vectors } = await deps.embedder.embed(texts, AbortSignal.timeout(withinMs));
    return [...vectors];
  } catch (error) {
    if (!isAppError(error) || error.code !== 'UPSTREAM_REJECTED') throw error;
    return oneByOne(deps, texts, error);
  }
}

/** One text of a batch may be what was refused. When the first alone is refused as well, it is the request as a whole. */
async function oneByOne(deps: EmbedDeps, texts: readonly string[], whole: Error): Promise<(Float32Array | null)[]> {
  const vectors: (Float32Array | null)[] = [];
  for (const text of texts) {
    try {
      const answer = await deps.embedder.embed([text], AbortSignal.timeout(withinMs));
      vectors.push(answer.vectors[0] ?? null);
    } catch (error) {
      if (!isAppError(error) || error.code !== 'UPSTREAM_REJECTED') throw error;
      vectors.push(null);
    }
  }
  if (vectors.every((vector) => vector === null)) throw whole;
  deps.log.warn({ refused: vectors.filter((one) => one === null).length }, 'the embedding model refused some passages');
  return vectors;
}

/** Writes vectors beside the words they were made of; a chunk that changed meanwhile is left for the next round. */
async function keep(
  deps: EmbedDeps,
  waiting: readonly Waiting[],
  vectors: readonly (Float32Array | null)[],
  model: string,
): Promise<void> {
  await inTransaction(deps.db, async (tx) => {
    await lockManualIndex(tx);
    for (const [index, { id, hash }] of waiting.entries()) {
      const vector = vectors[index] ?? null;
      await tx.$executeRaw`update "ManualChunk" set "dense" = ${vector === null ? null : bytesOf(vector)}, "denseModel" = ${model},
        "indexSeq" = nextval(pg_get_serial_sequence('"ManualChunk"', 'indexSeq'))
        where "id" = ${id}::uuid and "hash" = ${hash}`;
    }
  });
}

/** Float32, little endian. */
function bytesOf(vector: Float32Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(vector.length * 4);
  const view = new DataView(bytes.buffer);
  for (const [index, value] of vector.entries()) view.setFloat32(index * 4, value, true);
  return bytes;
}
