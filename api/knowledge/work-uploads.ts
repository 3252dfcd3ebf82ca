import { z } from 'zod';
import { inTransaction } from '../db.ts';
import { type ClaimedIngest, ClaimLost, claimUploadIngest, holdClaim, releaseClaim } from './claim-ingest.ts';
import { parseMetadata } from './front-matter.ts';
import { Refusal } from './parse/refusal.ts';
import { type FileSource, type IngestDeps, workFiles } from './work-ingest.ts';

const defaultsSchema = z.object({
  metadata: z.unknown(),
  reader: z.object({
    operator: z.boolean(),
    teams: z.array(z.string()),
    admin: z.boolean(),
  }),
});

export interface UploadDeps extends IngestDeps {
  readonly program: string;
}

/** Works off every ingest of uploads that waits, oldest first. Any number of processes may do so: each takes what no other has. */
export async function workUploads(deps: UploadDeps, isStopping: () => boolean): Promise<number> {
  let worked = 0;
  while (!isStopping()) {
    const claimed = await claimUploadIngest(deps.db, deps.program);
    if (claimed === null) break;
    worked++;
    try {
      if (await workFiles(deps, claimed, sourceOf(deps, claimed), { isStopping })) await finish(deps, claimed);
      else await releaseClaim(deps.db, claimed);
    } catch (error) {
      if (!(error instanceof ClaimLost)) throw error;
    }
  }
  return worked;
}

function sourceOf(deps: UploadDeps, { ingest }: ClaimedIngest): FileSource {
  const said = defaultsSchema.parse(ingest.defaults);
  const above = parseMetadata(said.metadata);
  const type = ingest.requestedByType;
  return {
    by: {
      type: type === 'user' || type === 'api_key' ? type : 'automation',
      id: ingest.requestedById,
      name: ingest.requestedByName,
    },
    // Whoever sends a file with a written code means to replace what has it, wherever that came from.
    isPresent: () => false,
    reader: { everyone: true, ...said.reader },
    read: async ({ uploadId }) => {
      const upload = uploadId === null ? null : await deps.db.manualUpload.findUnique({ where: { id: uploadId } });
      if (upload?.bytes == null) throw new Refusal('NOT_RECEIVED');
      return { bytes: upload.bytes, mode: 'foreign', below: {}, above };
    },
  };
}

async function finish(deps: UploadDeps, claimed: ClaimedIngest): Promise<void> {
  const { id } = claimed.ingest;
  await inTransaction(deps.db, async (tx) => {
    await holdClaim(tx, claimed);
    const { refused, totalFiles } = await tx.manualIngest.findUniqueOrThrow({ where: { id } });
    await tx.manualIngest.update({
      where: { id },
      data: {
        status: refused >= totalFiles ? 'FAILED' : 'SUCCEEDED',
        finishedAt: new Date(),
        claimedBy: null,
        claimedUntil: null,
      },
    });
    // The manual keeps the file; the place it came through is emptied.
    await tx.manualUpload.updateMany({ where: { ingestId: id }, data: { bytes: null } });
  });
  deps.wake('manuals', id);
}
