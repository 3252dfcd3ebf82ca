import { z } from 'zod';
import { AppError } from '../../lib/errors.ts';
import { loadFolder } from '../../lib/load-folder.ts';
import type { AgentRegistry } from '../orchestrator/load-agents.ts';
import { missingInputs } from '../orchestrator/missing-inputs.ts';
import { type Plan, type PlanProblem, readPlan, type TaskCheck } from './plan-rules.ts';
import type { WorkflowDefinition } from './workflow.ts';

/** The workflows of this installation, checked. */
export interface WorkflowRegistry {
  readonly list: readonly (WorkflowDefinition & { readonly plan: Plan })[];
  readonly get: (name: string) => (WorkflowDefinition & { readonly plan: Plan }) | null;
  /** Reads a plan that came as data. */
  readonly read: (raw: unknown) => ReturnType<typeof readPlan>;
}

const record = z.record(z.string(), z.unknown());
const bilingual = z.object({ en: z.string().min(1), ko: z.string().min(1) });
const shape = z.object({
  name: z.string().regex(/^[a-z][a-z0-9_]*$/),
  title: bilingual,
  description: bilingual,
  input: z.instanceof(z.ZodType),
  exampleInput: z.record(z.string(), z.unknown()),
  steps: z.array(z.unknown()).min(1),
});
const isDefinition = (value: unknown): value is WorkflowDefinition => shape.safeParse(value).success;

/** Checks tasks and inputs of steps against the agents there are. */
export function taskCheck(agents: AgentRegistry): TaskCheck {
  return (agentId, taskType, params) => {
    const task = agents.task(agentId, taskType);
    if (task === null) return null;
    if (params === null) return [];
    const checked = task.input.safeParse(params);
    if (checked.success) return [];
    // What is only missing is asked for when the step begins.
    const missing = missingInputs(task, record.catch({}).parse(params));
    return checked.error.issues
      .filter((issue) => issue.path.length !== 1 || !missing.includes(String(issue.path[0])))
      .map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  };
}

/** Loads definitions/; one that does not fit the agents stops the start and is named. */
export async function loadWorkflows(agents: AgentRegistry): Promise<WorkflowRegistry> {
  const check = taskCheck(agents);
  const loaded = await loadFolder<WorkflowDefinition>({
    folder: new URL('./definitions/', import.meta.url),
    exportName: 'workflow',
    parse: (value) => {
      if (!isDefinition(value)) throw shape.safeParse(value).error ?? new Error('no workflow');
      return value;
    },
    nameOf: (workflow) => workflow.name,
  });
  const list = loaded.map(({ plugin, file }) => {
    const read = readPlan({ title: plugin.title.en, steps: plugin.steps }, check);
    if ('problems' in read) throw new Error(`${file}: ${wordsOf(read.problems)}`);
    return { ...plugin, plan: read.plan };
  });
  return { list, get: (name) => list.find((one) => one.name === name) ?? null, read: (raw) => readPlan(raw, check) };
}

const wordsOf = (problems: readonly PlanProblem[]) =>
  problems.map((one) => `${one.path.join('.')}: ${one.message}`).join('; ');

/** The first problem as a refusal; the others stand in its words. */
export function refusePlan(problems: readonly PlanProblem[]): never {
  throw new AppError('INVALID_INPUT', wordsOf(problems.slice(0, 10)), {
    path: ['input', 'plan', ...(problems[0]?.path ?? []).map(String)],
  });
}
