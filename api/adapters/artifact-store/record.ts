import { createHash } from 'node:crypto';
import { z } from 'zod';
import { newId } from '../../../lib/ids.ts';
import type { Artifact, Db } from '../../db.ts';
import type { ArtifactFacts, ArtifactStore, StoredArtifact } from '../../ports/artifact-store.ts';

const factsSchema = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.string())]));

/** Files of tasks in the record itself. */
export function createArtifactStore(db: Db): ArtifactStore {
  return {
    async keep(artifact) {
      const { key, bytes, facts, ...rest } = artifact;
      await db.artifact.createMany({
        data: [
          {
            ...rest,
            id: newId(),
            key,
            bytes: Buffer.from(bytes),
            byteSize: bytes.byteLength,
            sha256: createHash('sha256').update(bytes).digest('hex'),
            facts: JSON.parse(JSON.stringify(facts)),
          },
        ],
        skipDuplicates: true,
      });
      return stored(await db.artifact.findUniqueOrThrow({ where: { key } }));
    },
    async read(key) {
      const row = await db.artifact.findUnique({ where: { key } });
      return row === null ? null : { ...stored(row), bytes: row.bytes };
    },
  };
}

function stored(row: Artifact): StoredArtifact {
  const facts = factsSchema.safeParse(row.facts);
  return {
    id: row.id,
    fileName: row.fileName,
    mediaType: row.mediaType,
    byteSize: row.byteSize,
    sha256: row.sha256,
    altText: row.altText,
    facts: facts.success ? (facts.data satisfies ArtifactFacts) : {},
  };
}
