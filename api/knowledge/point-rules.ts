import { z } from 'zod';
import type { ChunkPoint, PointVisibility } from '../ports/vector-store.ts';
import { documentVector } from './sparse-rules.ts';

/** What of a manual is kept beside its vectors. */
export interface IndexedManual {
  readonly id: string;
  readonly code: string;
  readonly revision: number;
  readonly locale: 'KO' | 'EN';
  readonly systemNames: readonly string[];
  readonly team: string | null;
  readonly visibility: PointVisibility;
}

/** The part of a chunk's row that vectors are made from. */
export interface IndexedChunk {
  readonly id: string;
  readonly seq: number;
  readonly sparse: unknown;
  readonly sparseVersion: number;
  readonly dense: Uint8Array | null;
  readonly denseModel: string | null;
}

/** How vectors are made in one generation of the index. */
export interface VectorSettings {
  readonly averageLength: number;
  readonly denseModel: string | null;
  readonly denseSize: number | null;
}

const countsSchema = z.object({ terms: z.record(z.string(), z.number()), length: z.number() });

/** A chunk as it is indexed. An embedding of another model is left out: it would be compared with what it cannot be compared with. */
export function pointOf(manual: IndexedManual, chunk: IndexedChunk, settings: VectorSettings): ChunkPoint {
  const { denseModel, denseSize } = settings;
  const fits =
    denseModel !== null && chunk.denseModel === denseModel && chunk.dense?.byteLength === (denseSize ?? 0) * 4;
  return {
    id: chunk.id,
    sparse: documentVector(countsSchema.parse(chunk.sparse), settings.averageLength),
    dense: fits && chunk.dense !== null ? floatsOf(chunk.dense) : null,
    payload: {
      manualId: manual.id,
      code: manual.code,
      revision: manual.revision,
      seq: chunk.seq,
      locale: manual.locale,
      systems: manual.systemNames,
      team: manual.team,
      visibility: manual.visibility,
      indexVersion: chunk.sparseVersion,
    },
  };
}

/** Float32 values from their bytes, little endian, wherever they lie in memory. */
function floatsOf(bytes: Uint8Array): Float32Array {
  return new Float32Array(bytes.slice().buffer);
}

/** A mean length that is further off than this makes weights that should be made again. */
const mostDrift = 0.2;

/** Whether vectors made with the one length still serve a collection whose mean is the other. */
export function hasDrifted(usedLength: number, meanLength: number): boolean {
  return Math.abs(meanLength - usedLength) > mostDrift * usedLength;
}
