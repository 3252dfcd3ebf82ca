import { createHash } from 'node:crypto';
import { createWriteStream, openAsBlob } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AppError } from '../../../../lib/errors.ts';
import type { IndexSnapshot, IndexSnapshots } from '../../../ports/vector-store.ts';
import { createQdrantCalls, type QdrantOptions } from './client.ts';
import { collectionsOf, describeCollection, nextName, putInUse } from './collection.ts';

/** Qdrant's own snapshots of the collection behind the alias. The endpoints take the alias as the name of the collection. */
export function createQdrantSnapshots(options: QdrantOptions): IndexSnapshots {
  const alias = options.collection;
  const calls = createQdrantCalls(options);
  const list = async (): Promise<readonly IndexSnapshot[]> =>
    (await calls.write((client) => client.listSnapshots(alias))).map((one) => ({
      name: one.name,
      sizeBytes: one.size,
      createdAt: one.creation_time ?? null,
      sha256: one.checksum ?? null,
    }));
  return {
    list,
    async create() {
      const made = await calls.write((client) => client.createSnapshot(alias, { wait: true }));
      if (made === null) throw new AppError('UPSTREAM_REJECTED', 'Qdrant did not say which snapshot it made.');
      const { name, size, creation_time: createdAt, checksum } = made;
      return { name, sizeBytes: size, createdAt: createdAt ?? null, sha256: checksum ?? null };
    },
    async download(name, file) {
      const expected = (await list()).find((one) => one.name === name);
      if (expected === undefined) throw new AppError('NOT_FOUND', `There is no snapshot named ${name}.`);
      const response = await calls.raw(
        `/collections/${encodeURIComponent(alias)}/snapshots/${encodeURIComponent(name)}`,
      );
      if (response.body === null) throw new AppError('UPSTREAM_REJECTED', 'Qdrant sent an empty snapshot.');
      const hash = createHash('sha256');
      const counted = new Transform({
        transform(part: Uint8Array, _encoding, done) {
          hash.update(part);
          done(null, part);
        },
      });
      const partial = `${file}.partial`;
      try {
        await pipeline(Readable.from(response.body), counted, createWriteStream(partial));
        if (expected.sha256 !== null && hash.digest('hex') !== expected.sha256)
          throw new AppError('UPSTREAM_REJECTED', 'The snapshot was damaged on its way: its checksum is wrong.');
        await rename(partial, file);
      } catch (error) {
        await rm(partial, { force: true });
        throw error;
      }
    },
    async restore(file) {
      const form = new FormData();
      form.set('snapshot', await openAsBlob(file), path.basename(file));
      const name = nextName(alias, await collectionsOf(calls, alias));
      const to = `/collections/${encodeURIComponent(name)}/snapshots/upload?wait=true&priority=snapshot`;
      await calls.raw(to, { method: 'POST', body: form });
      const found = await describeCollection(calls, name);
      if (found === null) throw new AppError('UPSTREAM_REJECTED', 'Qdrant did not keep the restored index.');
      await putInUse(calls, alias, name);
      return { name, ...found };
    },
  };
}
