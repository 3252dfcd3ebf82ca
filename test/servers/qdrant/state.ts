import type { Schemas } from '@qdrant/js-client-rest';
import { Collection } from './collection.ts';
import { badInput, notFound, QdrantError } from './errors.ts';
import {
  aliasesSchema,
  checkLeast,
  countSchema,
  createSchema,
  deleteSchema,
  indexSchema,
  type Query,
  queryBatchSchema,
  querySchema,
  read,
  recoverSchema,
  retrieveSchema,
  scrollSchema,
  upsertSchema,
} from './requests.ts';
import { checksumOf, fetchSnapshot, readSnapshot, uploadedFile, writeSnapshot } from './snapshots.ts';

/** A request after its key was checked. */
export interface QdrantRequest {
  readonly method: string;
  readonly parts: readonly string[];
  readonly query: URLSearchParams;
  readonly body: unknown;
  readonly raw: Buffer;
  readonly contentType: string;
}
interface Snapshot {
  readonly name: string;
  readonly bytes: Buffer;
  readonly createdAt: string;
}

/** Everything a server keeps, and what each request does to it. */
export function createQdrantState() {
  const collections = new Map<string, Collection>();
  const aliases = new Map<string, string>();
  const snapshots = new Map<string, Snapshot[]>();
  let made = 0;

  const resolve = (name: string): { readonly name: string; readonly collection: Collection } => {
    const real = aliases.get(name) ?? name;
    const collection = collections.get(real);
    if (collection === undefined) throw notFound(`Collection \`${real}\` doesn't exist!`);
    return { name: real, collection };
  };
  const updated = (collection: Collection): Schemas['UpdateResult'] => ({
    operation_id: collection.operations++,
    status: 'completed',
  });

  function changeAliases(body: unknown): boolean {
    for (const action of read(aliasesSchema, body).actions) {
      if ('create_alias' in action) {
        const { alias_name: alias, collection_name: name } = action.create_alias;
        if (!collections.has(name)) throw notFound(`Collection \`${name}\` doesn't exist!`);
        if (collections.has(alias)) throw new QdrantError(409, `Wrong input: Collection \`${alias}\` already exists!`);
        aliases.set(alias, name);
      } else if ('delete_alias' in action) aliases.delete(action.delete_alias.alias_name);
      else {
        const { old_alias_name: old, new_alias_name: next } = action.rename_alias;
        const name = aliases.get(old);
        if (name === undefined) throw notFound(`Alias ${old} does not exists!`);
        aliases.delete(old);
        aliases.set(next, name);
      }
    }
    return true;
  }

  function create(name: string, body: unknown): boolean {
    const asked = read(createSchema, body);
    for (const [vector, { size }] of Object.entries(asked.vectors ?? {})) checkLeast(size, 1, `vectors.${vector}.size`);
    if (collections.has(name)) throw new QdrantError(409, `Wrong input: Collection \`${name}\` already exists!`);
    if (aliases.has(name))
      throw badInput(`Can't create collection with name ${name}. Alias with the same name already exists`);
    const sparse = Object.entries(asked.sparse_vectors ?? {});
    collections.set(
      name,
      new Collection({
        dense: asked.vectors ?? {},
        sparse: Object.fromEntries(sparse.map(([key, { modifier }]) => [key, { modifier: modifier ?? 'none' }])),
      }),
    );
    return true;
  }

  const describe = (collection: Collection): Partial<Schemas['CollectionInfo']> => ({
    status: 'green',
    optimizer_status: 'ok',
    points_count: collection.points.size,
    indexed_vectors_count: 0,
    segments_count: 1,
    config: {
      params: { vectors: { ...collection.params.dense }, sparse_vectors: { ...collection.params.sparse } },
    } as Schemas['CollectionConfig'],
    payload_schema: Object.fromEntries(
      [...collection.indexes].map(([field, data_type]) => [field, { data_type, points: collection.points.size }]),
    ),
  });
  const found = (collection: Collection, query: Query): Schemas['QueryResponse'] => ({
    points: collection.query(query).map(({ point, score }) => ({
      id: point.id,
      version: 0,
      score,
      ...(query.with_payload ? { payload: point.payload } : {}),
    })),
  });

  async function points(collection: Collection, { method, parts, body }: QdrantRequest): Promise<unknown> {
    const action = parts.slice(3).join('/');
    if (method === 'PUT' && action === '') {
      collection.upsert(read(upsertSchema, body).points);
      return updated(collection);
    }
    if (method !== 'POST') return undefined;
    switch (action) {
      case '':
        return collection
          .retrieve(read(retrieveSchema, body).ids)
          .map(({ id, payload }): Schemas['Record'] => ({ id, payload }));
      case 'delete':
        collection.delete(read(deleteSchema, body));
        return updated(collection);
      case 'count':
        return { count: collection.count(read(countSchema, body).filter) } satisfies Schemas['CountResult'];
      case 'scroll': {
        const asked = read(scrollSchema, body);
        checkLeast(asked.limit, 1, 'limit');
        const { points: page, next } = collection.scroll(asked.filter, asked.limit ?? 10, asked.offset);
        return {
          points: page.map(({ id, payload }) => ({ id, ...(asked.with_payload === false ? {} : { payload }) })),
          next_page_offset: next,
        } satisfies Schemas['ScrollResult'];
      }
      case 'query':
        return found(collection, read(querySchema, body));
      case 'query/batch':
        return read(queryBatchSchema, body).searches.map((one) => found(collection, one));
      default:
        return undefined;
    }
  }

  function restore(name: string, bytes: Buffer, checksum: string | null | undefined): boolean {
    const real = aliases.get(name) ?? name;
    const collection = readSnapshot(bytes, checksum);
    const existing = collections.get(real);
    if (existing !== undefined && JSON.stringify(existing.params.dense) !== JSON.stringify(collection.params.dense))
      throw badInput(
        `Snapshot is not compatible with existing collection: Collection vectors: ${JSON.stringify(existing.params.dense)} Snapshot Vectors: ${JSON.stringify(collection.params.dense)}`,
      );
    collections.set(real, collection);
    return true;
  }

  async function snapshot(given: string, request: QdrantRequest): Promise<unknown> {
    const { method, parts, query, body } = request;
    const file = parts[3];
    if (method === 'POST' && file === 'upload')
      return restore(given, await uploadedFile(request.raw, request.contentType), query.get('checksum'));
    if (method === 'PUT' && file === 'recover') {
      const asked = read(recoverSchema, body);
      return restore(given, await fetchSnapshot(asked.location), asked.checksum);
    }
    const { name, collection } = resolve(given);
    const kept = snapshots.get(name) ?? [];
    const describeSnapshot = (one: Snapshot): Schemas['SnapshotDescription'] => ({
      name: one.name,
      size: one.bytes.length,
      creation_time: one.createdAt,
      checksum: checksumOf(one.bytes),
    });
    if (file === undefined && method === 'GET') return kept.map(describeSnapshot);
    if (file === undefined && method === 'POST') {
      const createdAt = new Date().toISOString().slice(0, 19);
      const one = {
        name: `${name}-1-${createdAt.replaceAll(':', '-')}-${made++}.snapshot`,
        bytes: writeSnapshot(collection),
        createdAt,
      };
      snapshots.set(name, [...kept, one]);
      return describeSnapshot(one);
    }
    const one = kept.find((each) => each.name === file);
    if (one === undefined) throw notFound(`Snapshot ${file} not found`);
    if (method === 'GET') return one.bytes;
    if (method !== 'DELETE') return undefined;
    snapshots.set(
      name,
      kept.filter((each) => each !== one),
    );
    return true;
  }

  async function ofCollection(request: QdrantRequest): Promise<unknown> {
    const { method, parts, body } = request;
    const name = parts[1] ?? '';
    const part = parts[2];
    if (part === undefined) {
      if (method === 'PUT') return create(name, body);
      if (method === 'GET') return describe(resolve(name).collection);
      if (method === 'DELETE') {
        for (const [alias, real] of aliases) if (real === name) aliases.delete(alias);
        return collections.delete(name);
      }
    }
    if (part === 'exists') return { exists: collections.has(aliases.get(name) ?? name) };
    if (part === 'snapshots') return snapshot(name, request);
    if (part === 'aliases')
      return {
        aliases: [...aliases].flatMap(([alias_name, collection_name]) =>
          collection_name === name ? [{ alias_name, collection_name }] : [],
        ),
      } satisfies Schemas['CollectionsAliasesResponse'];
    if (part === 'points') return points(resolve(name).collection, request);
    if (part === 'index' && method === 'PUT') {
      const { collection } = resolve(name);
      const asked = read(indexSchema, body);
      collection.indexes.set(asked.field_name, typeof asked.field_schema === 'string' ? asked.field_schema : 'keyword');
      return updated(collection);
    }
    return undefined;
  }

  return {
    async handle(request: QdrantRequest): Promise<unknown> {
      const { method, parts, body } = request;
      const path = parts.join('/');
      const result =
        method === 'GET' && path === 'collections'
          ? { collections: [...collections.keys()].map((name) => ({ name })) }
          : method === 'GET' && path === 'aliases'
            ? { aliases: [...aliases].map(([alias_name, collection_name]) => ({ alias_name, collection_name })) }
            : method === 'POST' && path === 'collections/aliases'
              ? changeAliases(body)
              : parts[0] === 'collections' && parts[1]
                ? await ofCollection(request)
                : undefined;
      if (result === undefined) throw new QdrantError(404, '');
      return result;
    },
  };
}
