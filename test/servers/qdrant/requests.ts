import { z } from 'zod';
import { invalid, malformed } from './errors.ts';

const id = z.union([z.uuid(), z.number().int().nonnegative()]);
const scalar = z.union([z.string(), z.number().int(), z.boolean()]);
const matchSchema = z.union([
  z.strictObject({ value: scalar }),
  z.strictObject({ any: z.array(z.union([z.string(), z.number().int()])) }),
  z.strictObject({ except: z.array(z.union([z.string(), z.number().int()])) }),
]);
const conditionSchema = z.union([
  z.strictObject({ key: z.string(), match: matchSchema }),
  z.strictObject({ is_empty: z.strictObject({ key: z.string() }) }),
  z.strictObject({ is_null: z.strictObject({ key: z.string() }) }),
  z.strictObject({ has_id: z.array(id) }),
  z.strictObject({ has_vector: z.string() }),
]);
export type Condition = z.infer<typeof conditionSchema> | Filter;
export interface Filter {
  readonly must?: Condition | readonly Condition[] | null | undefined;
  readonly should?: Condition | readonly Condition[] | null | undefined;
  readonly must_not?: Condition | readonly Condition[] | null | undefined;
}
const oneOrMore: z.ZodType<Condition | readonly Condition[] | null | undefined> = z.lazy(() => {
  const one = z.union([conditionSchema, filterSchema]);
  return z.union([one, z.array(one)]).nullish();
});
const filterSchema: z.ZodType<Filter> = z.strictObject({ must: oneOrMore, should: oneOrMore, must_not: oneOrMore });

const sparseSchema = z.strictObject({
  indices: z.array(z.number().int().min(0).max(4_294_967_295)),
  values: z.array(z.number()),
});
export type SparseInput = z.infer<typeof sparseSchema>;
const vectorSchema = z.union([z.array(z.number()), sparseSchema]);
export type VectorInput = z.infer<typeof vectorSchema>;
const params = z.looseObject({ exact: z.boolean().nullish() }).nullish();
const selector = z.union([z.boolean(), z.array(z.string())]).nullish();

const nearest = z.union([vectorSchema, z.strictObject({ nearest: vectorSchema })]);
const fusion = z.union([
  z.strictObject({ rrf: z.strictObject({ k: z.number().int().nullish(), weights: z.array(z.number()).nullish() }) }),
  z.strictObject({ fusion: z.literal('rrf') }),
]);
const prefetchSchema = z.strictObject({
  query: nearest,
  using: z.string().nullish(),
  filter: filterSchema.nullish(),
  params,
  limit: z.number().int().nullish(),
  score_threshold: z.number().nullish(),
});
export type Prefetch = z.infer<typeof prefetchSchema>;
export const querySchema = z.strictObject({
  ...prefetchSchema.shape,
  query: z.union([nearest, fusion]).nullish(),
  prefetch: z.union([prefetchSchema, z.array(prefetchSchema)]).nullish(),
  offset: z.number().int().nonnegative().nullish(),
  with_payload: selector,
  with_vector: selector,
  shard_key: z.null().optional(),
  lookup_from: z.null().optional(),
});
export type Query = z.infer<typeof querySchema>;
export const queryBatchSchema = z.strictObject({ searches: z.array(querySchema) });
export const scrollSchema = z.strictObject({
  offset: id.nullish(),
  limit: z.number().int().nullish(),
  filter: filterSchema.nullish(),
  with_payload: selector,
  with_vector: selector,
  shard_key: z.null().optional(),
  order_by: z.null().optional(),
});
export const countSchema = z.strictObject({
  filter: filterSchema.nullish(),
  exact: z.boolean().nullish(),
  shard_key: z.null().optional(),
});
export const retrieveSchema = z.strictObject({
  ids: z.array(id),
  with_payload: selector,
  with_vector: selector,
  shard_key: z.null().optional(),
});
export const deleteSchema = z.union([
  z.strictObject({ points: z.array(id), shard_key: z.null().optional() }),
  z.strictObject({ filter: filterSchema, shard_key: z.null().optional() }),
]);
export const upsertSchema = z.strictObject({
  points: z.array(
    z.strictObject({
      id,
      vector: z.union([vectorSchema, z.record(z.string(), vectorSchema)]),
      payload: z.record(z.string(), z.json()).nullish(),
    }),
  ),
  shard_key: z.null().optional(),
});
export type PointInput = z.infer<typeof upsertSchema>['points'][number];
const denseParams = z.looseObject({ size: z.number().int(), distance: z.enum(['Cosine', 'Dot']) });
export const createSchema = z.looseObject({
  vectors: z.record(z.string(), denseParams).nullish(),
  sparse_vectors: z.record(z.string(), z.looseObject({ modifier: z.enum(['none', 'idf']).nullish() })).nullish(),
});
export const aliasesSchema = z.strictObject({
  actions: z.array(
    z.union([
      z.strictObject({ create_alias: z.strictObject({ collection_name: z.string(), alias_name: z.string() }) }),
      z.strictObject({ delete_alias: z.strictObject({ alias_name: z.string() }) }),
      z.strictObject({ rename_alias: z.strictObject({ old_alias_name: z.string(), new_alias_name: z.string() }) }),
    ]),
  ),
});
export const indexSchema = z.strictObject({
  field_name: z.string(),
  field_schema: z
    .union([z.enum(['keyword', 'integer', 'float', 'bool', 'uuid', 'text', 'geo', 'datetime']), z.looseObject({})])
    .nullish(),
});
export const recoverSchema = z.strictObject({
  location: z.url(),
  priority: z.enum(['no_sync', 'snapshot', 'replica']).nullish(),
  checksum: z.string().nullish(),
  api_key: z.string().nullish(),
});

/** Reads a body as the server does: what does not fit the types is a 400. */
export function read<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw malformed(`${issue?.path.join('.') ?? ''} ${issue?.message ?? 'expected value'} at line 1 column 1`.trim());
}

/** Rules of a sparse vector, named by its place. */
export function checkSparse(vector: VectorInput, path: string): void {
  if (Array.isArray(vector)) return;
  if (vector.indices.length !== vector.values.length)
    throw invalid(`${path}.values`, 'Validation error: must be the same length as indices [{}]');
  if (new Set(vector.indices).size !== vector.indices.length)
    throw invalid(`${path}.indices`, 'Validation error: must be unique [{}]');
}

/** A number that has a least value. */
export function checkLeast(value: number | null | undefined, least: number, path: string): void {
  if (value === null || value === undefined || value >= least) return;
  throw invalid(path, `value ${value} invalid, must be ${least} or larger`);
}
