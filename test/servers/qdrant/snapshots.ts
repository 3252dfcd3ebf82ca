import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { Collection } from './collection.ts';
import { badInput, QdrantError } from './errors.ts';

const fileSchema = z.object({
  params: z.object({
    dense: z.record(z.string(), z.object({ size: z.number(), distance: z.enum(['Cosine', 'Dot']) })),
    sparse: z.record(z.string(), z.object({ modifier: z.enum(['none', 'idf']) })),
  }),
  indexes: z.array(z.tuple([z.string(), z.string()])),
  points: z.array(
    z.object({
      id: z.union([z.string(), z.number()]),
      payload: z.record(z.string(), z.unknown()),
      vectors: z.array(
        z.tuple([
          z.string(),
          z.union([z.array(z.number()), z.object({ indices: z.array(z.number()), values: z.array(z.number()) })]),
        ]),
      ),
    }),
  ),
});

/** A copy of a collection. The real server writes a tar archive; only the server itself reads either. */
export function writeSnapshot(collection: Collection): Buffer {
  return Buffer.from(
    JSON.stringify({
      params: collection.params,
      indexes: [...collection.indexes],
      points: [...collection.points.values()].map(({ id, payload, vectors }) => ({
        id,
        payload,
        vectors: [...vectors].map(([name, one]) => [name, one instanceof Float32Array ? [...one] : one]),
      })),
    }),
  );
}

/** Reads a copy; the checksum is compared when one is given. */
export function readSnapshot(bytes: Buffer, checksum: string | null | undefined): Collection {
  if (checksum && checksumOf(bytes) !== checksum)
    throw badInput(`Snapshot checksum mismatch: expected ${checksum}, got ${checksumOf(bytes)}`);
  const parsed = fileSchema.safeParse(jsonOf(bytes));
  if (!parsed.success) throw new QdrantError(500, 'Service internal error: failed to read archive entry');
  const collection = new Collection(parsed.data.params);
  for (const [name, schema] of parsed.data.indexes)
    collection.indexes.set(name, schema as Parameters<typeof collection.indexes.set>[1]);
  for (const { id, payload, vectors } of parsed.data.points)
    collection.points.set(id, {
      id,
      payload,
      vectors: new Map(vectors.map(([name, one]) => [name, Array.isArray(one) ? Float32Array.from(one) : one])),
    });
  return collection;
}

export const checksumOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** Fetches a copy from where a request says it is. */
export async function fetchSnapshot(location: string): Promise<Buffer> {
  if (location.startsWith('file:')) {
    try {
      return readFileSync(fileURLToPath(location));
    } catch {
      throw badInput(`Snapshot file ${fileURLToPath(location)} does not exist`);
    }
  }
  const response = await fetch(location, { signal: AbortSignal.timeout(5_000) });
  if (!response.ok) throw badInput(`Failed to download snapshot from ${location}: status - ${response.status}`);
  return Buffer.from(await response.arrayBuffer());
}

/** The file of a multipart form, as an upload sends it. */
export async function uploadedFile(body: Buffer, contentType: string): Promise<Buffer> {
  const form = await new Response(Uint8Array.from(body), { headers: { 'content-type': contentType } }).formData();
  const file = form.get('snapshot');
  if (!(file instanceof Blob)) throw new QdrantError(400, 'Field "snapshot" is required');
  return Buffer.from(await file.arrayBuffer());
}

function jsonOf(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return null;
  }
}
