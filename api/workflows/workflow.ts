import { z } from 'zod';

/** Text in both languages, side by side. */
export interface Bilingual {
  readonly en: string;
  readonly ko: string;
}

const name = z.string().regex(/^[a-z][a-z0-9_]{0,39}$/, 'must be lower case letters, digits and underscores');
const path = z.array(z.union([z.string().max(100), z.number().int()])).max(8);

/** A condition on how an earlier step ended, or on what it brought. */
export const conditionSchema = z.union([
  z.strictObject({ step: name, status: z.enum(['SUCCEEDED', 'FAILED', 'SKIPPED']) }),
  z.strictObject({
    step: name,
    path,
    is: z.enum(['equals', 'notEquals', 'above', 'below', 'exists']),
    value: z.union([z.string().max(500), z.number(), z.boolean(), z.null()]).optional(),
  }),
]);
export type Condition = z.infer<typeof conditionSchema>;

/** One task of a workflow. `params` may hold `{ "$from": "input.system" }` or `{ "$from": "steps.health.result.readings" }` anywhere. */
export const stepSchema = z.strictObject({
  name,
  title: z
    .union([z.string().min(1).max(120), z.strictObject({ en: z.string().min(1), ko: z.string().min(1) })])
    .optional(),
  agentId: z.string().min(1).max(60),
  taskType: z.string().min(1).max(60),
  /** DELEGATED: works as a child of the task of its first need. */
  mode: z.enum(['SEQUENTIAL', 'PARALLEL', 'CONDITIONAL', 'DELEGATED']).default('SEQUENTIAL'),
  /** Steps that end before it begins; the one before it when left out, none for PARALLEL. */
  needs: z.array(name).max(20).optional(),
  when: conditionSchema.optional(),
  params: z.record(z.string(), z.json()).default({}),
  onFailure: z.enum(['stop', 'continue']).default('stop'),
});
export type StepSpec = z.input<typeof stepSchema>;

/** A workflow as data, as `workflowStart` takes it. */
export const planSchema = z.strictObject({
  title: z.string().min(1).max(150),
  steps: z.array(stepSchema).min(1).max(30),
});

/** A workflow in code: the file name is its name with dashes. */
export interface WorkflowDefinition {
  readonly name: string;
  readonly title: Bilingual;
  readonly description: Bilingual;
  readonly input: z.ZodType<Record<string, unknown>>;
  readonly exampleInput: Readonly<Record<string, unknown>>;
  readonly steps: readonly StepSpec[];
}

/** Checks the shape at compile time and returns it unchanged. */
export function defineWorkflow(workflow: WorkflowDefinition): WorkflowDefinition {
  return workflow;
}
