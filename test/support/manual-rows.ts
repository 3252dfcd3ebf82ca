import type { Db } from '../../api/db.ts';
import { indexVersion, type TermCounts, termsOf } from '../../api/knowledge/sparse-rules.ts';
import { sha256Hex } from '../../lib/canonical-json.ts';
import { newId } from '../../lib/ids.ts';

/** A manual as a test or a benchmark writes it. */
export interface MadeManual {
  readonly code: string;
  readonly locale?: 'KO' | 'EN';
  readonly visibility?: 'EVERYONE' | 'OPERATORS' | 'TEAM';
  readonly team?: string | null;
  readonly systems?: readonly string[];
  readonly chunks: readonly {
    readonly text: string;
    readonly counts?: TermCounts;
    readonly dense?: Float32Array;
    readonly denseModel?: string;
  }[];
}

/** Counts of the terms of a text alone. */
export function countsOf(text: string): TermCounts {
  const terms: Record<string, number> = {};
  const all = termsOf(text);
  for (const term of all) terms[term] = (terms[term] ?? 0) + 1;
  return { terms, length: all.length };
}

/** Writes a manual that is ready, and answers its id and those of its chunks. */
export async function writeManual(db: Db, made: MadeManual) {
  const id = newId();
  const chunkIds = made.chunks.map(() => newId());
  await db.$transaction([
    db.manual.create({
      data: {
        id,
        code: made.code,
        title: made.code,
        locale: made.locale ?? 'EN',
        status: 'READY',
        fileName: `${made.code}.md`,
        mediaType: 'text/markdown',
        sha256: sha256Hex(made.code),
        bytes: new Uint8Array(),
        systemNames: [...(made.systems ?? [])],
        visibility: made.visibility ?? 'EVERYONE',
        team: made.team ?? null,
        uploadedBy: 'test',
      },
    }),
    db.manualChunk.createMany({
      data: made.chunks.map(({ text, counts, dense, denseModel }, seq) => ({
        id: chunkIds[seq] ?? newId(),
        manualId: id,
        seq,
        section: made.code,
        lineFrom: 1,
        lineTo: 1,
        text,
        tokens: text.length,
        hash: sha256Hex(text),
        sparse: { ...(counts ?? countsOf(text)) },
        sparseVersion: indexVersion,
        dense:
          dense === undefined
            ? null
            : new Uint8Array(Uint8Array.from(new Uint8Array(dense.buffer, dense.byteOffset, dense.byteLength))),
        denseModel: dense === undefined ? null : (denseModel ?? 'test'),
      })),
    }),
  ]);
  return { id, chunkIds };
}

/** Changes a manual the way the product does: its number in the order of changes rises. */
export async function changeManual(
  db: Db,
  id: string,
  change: { readonly status?: 'READY' | 'ARCHIVED'; readonly visibility?: 'EVERYONE' | 'OPERATORS' | 'TEAM' },
): Promise<void> {
  await db.$transaction([
    db.manual.update({ where: { id }, data: change }),
    db.$executeRaw`update "Manual" set "indexSeq" = nextval('"Manual_indexSeq_seq"') where id = ${id}::uuid`,
  ]);
}
