import { z } from 'zod';
import { jobSchema, logSourceSchema } from '../ports/source-registry.ts';
import { databaseSchema } from '../ports/sql-source.ts';

const text = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    .refine((value) => !value.includes('\u0000') && value.isWellFormed(), 'holds a character that cannot be stored');
const label = z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/);

/** What the product acts on: a process of the local runner or a deployment. */
export const workloadSchema = z
  .object({
    kind: z.enum(['process', 'deployment']),
    namespace: z
      .string()
      .regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/)
      .nullish()
      .or(z.literal(''))
      .transform((value) => value || null),
    name: z.string().regex(/^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/),
    minReplicas: z.number().int().min(0).max(1_000).nullish(),
    maxReplicas: z.number().int().min(1).max(1_000).nullish(),
  })
  .refine((one) => one.kind !== 'deployment' || one.namespace !== null, {
    message: 'A deployment needs its namespace.',
    path: ['namespace'],
  })
  .refine((one) => (one.minReplicas ?? 0) <= (one.maxReplicas ?? 1_000), {
    message: 'minReplicas is above maxReplicas.',
    path: ['minReplicas'],
  });

/** What a healthy answer looks like. */
export const expectationSchema = z.strictObject({
  status: z.number().int().min(100).max(599).optional(),
  bodyContains: z.string().min(1).max(500).optional(),
  maxLatencyMs: z.number().int().min(1).max(60_000).optional(),
});

const webUrl = z
  .url({ protocol: /^https?$/ })
  .max(2_048)
  .refine((value) => {
    const url = URL.parse(value);
    return url !== null && url.username === '' && url.password === '';
  }, 'must hold no user or password');

const fields = {
  displayName: text(120),
  environment: z.enum(['PROD', 'STAGING', 'DEV', 'OTHER']),
  healthUrl: webUrl.nullish(),
  expectation: expectationSchema.nullish(),
  workload: workloadSchema.nullish(),
  metricLabels: z
    .record(label, text(256))
    .refine((value) => Object.keys(value).length <= 20, 'has over 20 labels')
    .nullish(),
  dependsOn: z
    .array(z.string().regex(/^[a-z0-9]([-a-z0-9.]{0,61}[a-z0-9])?$/))
    .max(50)
    .nullish(),
  verifyQuery: text(2_000).nullish(),
  configurationItem: text(120).nullish(),
  chatChannel: text(80).nullish(),
  databases: z.array(databaseSchema).max(20).nullish(),
  logSources: z.array(logSourceSchema).max(50).nullish(),
  jobs: z.array(jobSchema).max(200).nullish(),
};

/** A system as it is registered. */
export const systemCreateSchema = z.object({
  name: z.string().regex(/^[a-z0-9]([-a-z0-9.]{0,61}[a-z0-9])?$/, 'must be a short lower-case name'),
  ...fields,
  limits: z.record(z.string().max(60), z.union([z.number(), z.string().max(200)])).optional(),
});

/** What may change later: everything but the name. A field left out stays, null clears it. */
export const systemUpdateSchema = z.object({
  id: z.uuid(),
  expectedVersion: z.number().int().min(1),
  ...fields,
  displayName: fields.displayName.nullish(),
  environment: fields.environment.nullish(),
});

export type SystemCreate = z.infer<typeof systemCreateSchema>;
export type SystemUpdate = z.infer<typeof systemUpdateSchema>;
