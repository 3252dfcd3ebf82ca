import type { z } from 'zod';
import { type Condition, planSchema, type stepSchema } from './workflow.ts';

type Parsed = z.infer<typeof stepSchema>;
/** A step with everything decided: what it needs stands there. */
export type PlannedStep = Omit<Parsed, 'needs' | 'title'> & {
  readonly title: string | { readonly en: string; readonly ko: string };
  readonly needs: readonly string[];
};
export interface Plan {
  readonly title: string;
  readonly steps: readonly PlannedStep[];
}

export interface PlanProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** What the check must know of tasks: null for one that does not exist, else the problems of an input without references. */
export type TaskCheck = (agentId: string, taskType: string, params: unknown | null) => readonly string[] | null;

/** Reads a plan and says everything that is wrong with it: shape, names, tasks, needs, circles, references, inputs. */
export function readPlan(
  raw: unknown,
  checkTask: TaskCheck,
): { readonly plan: Plan } | { readonly problems: readonly PlanProblem[] } {
  const parsed = planSchema.safeParse(raw);
  if (!parsed.success)
    return {
      problems: parsed.error.issues.map((issue) => ({
        path: issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part)),
        message: issue.message,
      })),
    };
  const { title, steps } = parsed.data;
  const planned = steps.map(
    (step, i): PlannedStep => ({
      ...step,
      title: step.title ?? step.name.replaceAll('_', ' '),
      needs: step.needs ?? (step.mode === 'PARALLEL' || i === 0 ? [] : [steps[i - 1]?.name ?? '']),
    }),
  );
  const problems = [
    ...problemsOfNames(planned),
    ...planned.flatMap((step, i) => problemsOfStep(step, i, planned, checkTask)),
  ];
  const circle = problems.length === 0 ? circleIn(planned) : null;
  if (circle !== null)
    problems.push({ path: ['steps'], message: `these steps wait for each other in a circle: ${circle.join(' → ')}` });
  if (problems.length === 0) problems.push(...planned.flatMap((step, i) => problemsOfReferences(step, i, planned)));
  return problems.length > 0 ? { problems } : { plan: { title, steps: planned } };
}

function problemsOfNames(steps: readonly PlannedStep[]): PlanProblem[] {
  return steps.flatMap((step, i) =>
    steps.findIndex((one) => one.name === step.name) < i
      ? [{ path: ['steps', i, 'name'], message: `the name ${step.name} is taken by an earlier step` }]
      : [],
  );
}

function problemsOfStep(
  step: PlannedStep,
  i: number,
  steps: readonly PlannedStep[],
  checkTask: TaskCheck,
): PlanProblem[] {
  const found: PlanProblem[] = [];
  const at = (field: string, message: string) => found.push({ path: ['steps', i, field], message });
  const checked = checkTask(step.agentId, step.taskType, referencesIn(step.params).length === 0 ? step.params : null);
  if (checked === null) at('taskType', `there is no task ${step.agentId} · ${step.taskType}`);
  else for (const problem of checked) at('params', problem);
  for (const need of step.needs) {
    if (need === step.name) at('needs', 'a step cannot wait for itself');
    else if (!steps.some((one) => one.name === need)) at('needs', `there is no step ${need}`);
  }
  if (step.mode === 'CONDITIONAL' && step.when === undefined) at('when', 'a conditional step needs a condition');
  if (step.mode === 'DELEGATED' && step.needs.length === 0)
    at('needs', 'a delegated step needs the step that delegates');
  return found;
}

/** A circle among the needs, first and last name alike; null when there is none. */
function circleIn(steps: readonly PlannedStep[]): string[] | null {
  const done = new Set<string>();
  const walk = (name: string, way: readonly string[]): string[] | null => {
    if (way.includes(name)) return [...way.slice(way.indexOf(name)), name];
    if (done.has(name)) return null;
    for (const need of steps.find((step) => step.name === name)?.needs ?? []) {
      const circle = walk(need, [...way, name]);
      if (circle !== null) return circle;
    }
    done.add(name);
    return null;
  };
  for (const step of steps) {
    const circle = walk(step.name, []);
    if (circle !== null) return circle;
  }
  return null;
}

/** What a step may refer to has ended before it begins. */
function problemsOfReferences(step: PlannedStep, i: number, steps: readonly PlannedStep[]): PlanProblem[] {
  const before = endedBefore(step.name, steps);
  const wrong = (named: string) => !before.has(named);
  const found: PlanProblem[] = [];
  for (const reference of referencesIn(step.params)) {
    const [root, named, part] = reference.split('.');
    if (root === 'input') continue;
    if (root !== 'steps' || named === undefined || part !== 'result')
      found.push({
        path: ['steps', i, 'params'],
        message: `"${reference}" must begin with input. or steps.NAME.result`,
      });
    else if (wrong(named))
      found.push({ path: ['steps', i, 'params'], message: `"${reference}": ${named} does not end before this step` });
  }
  if (step.when !== undefined && wrong(step.when.step))
    found.push({ path: ['steps', i, 'when'], message: `${step.when.step} does not end before this step` });
  return found;
}

function endedBefore(name: string, steps: readonly PlannedStep[]): ReadonlySet<string> {
  const found = new Set<string>();
  const add = (one: string): void => {
    for (const need of steps.find((step) => step.name === one)?.needs ?? []) {
      if (found.has(need)) continue;
      found.add(need);
      add(need);
    }
  };
  add(name);
  return found;
}

const referenceOf = (value: unknown): string | null =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  '$from' in value &&
  typeof value.$from === 'string'
    ? value.$from
    : null;

/** Every `$from` in a value. */
export function referencesIn(value: unknown): string[] {
  const own = referenceOf(value);
  if (own !== null) return [own];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(referencesIn);
}

/** What references may lead to. */
export interface Results {
  readonly input: unknown;
  readonly steps: Readonly<Record<string, { readonly result: unknown }>>;
}

function valueAt(value: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null && Object.hasOwn(inner, key) ? Reflect.get(inner, key) : undefined,
    value,
  );
}

/** The params with every reference replaced by what it leads to; one that leads nowhere is left out. */
export function resolveParams(value: unknown, results: Results): unknown {
  const reference = referenceOf(value);
  if (reference !== null) return valueAt(results, reference.split('.'));
  if (Array.isArray(value))
    return value.map((item) => resolveParams(item, results)).filter((item) => item !== undefined);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]) => {
      const resolved = resolveParams(item, results);
      return resolved === undefined ? [] : [[key, resolved]];
    }),
  );
}

export type EndedStatus = 'SUCCEEDED' | 'FAILED' | 'SKIPPED' | 'CANCELLED';

/** Whether a condition holds. */
export function conditionHolds(
  condition: Condition,
  statuses: Readonly<Record<string, EndedStatus>>,
  results: Results,
): boolean {
  if ('status' in condition) return statuses[condition.step] === condition.status;
  const value = valueAt(results.steps[condition.step]?.result, condition.path);
  switch (condition.is) {
    case 'exists':
      return value !== undefined && value !== null;
    case 'equals':
      return value === (condition.value ?? null);
    case 'notEquals':
      return value !== (condition.value ?? null);
    case 'above':
      return typeof value === 'number' && typeof condition.value === 'number' && value > condition.value;
    case 'below':
      return typeof value === 'number' && typeof condition.value === 'number' && value < condition.value;
    default:
      return condition.is satisfies never;
  }
}

export type StepVerdict =
  | { readonly run: true }
  | { readonly run: false; readonly reason: 'stopped' | 'not-reached' | 'condition' | 'cancelled' };

/** Whether a step whose needs have ended is worked: not after a stop, not when every way to it was left out, not against its condition. */
export function judgeStep(
  step: PlannedStep,
  plan: Plan,
  statuses: Readonly<Record<string, EndedStatus>>,
  results: Results,
  isCancelled: boolean,
): StepVerdict {
  if (isCancelled) return { run: false, reason: 'cancelled' };
  const stopped = plan.steps.some((one) => one.onFailure === 'stop' && statuses[one.name] === 'FAILED');
  if (stopped) return { run: false, reason: 'stopped' };
  const conditionOnEnd = step.when !== undefined && 'status' in step.when;
  const reached = step.needs.some((need) => statuses[need] === 'SUCCEEDED' || statuses[need] === 'FAILED');
  if (step.needs.length > 0 && !reached && !conditionOnEnd) return { run: false, reason: 'not-reached' };
  if (step.when !== undefined && !conditionHolds(step.when, statuses, results))
    return { run: false, reason: 'condition' };
  return { run: true };
}

/** How a workflow ended, from how its steps did. */
export function endOf(
  plan: Plan,
  statuses: Readonly<Record<string, EndedStatus>>,
  isCancelled: boolean,
): 'SUCCEEDED' | 'FAILED' | 'CANCELLED' {
  if (plan.steps.some((step) => step.onFailure === 'stop' && statuses[step.name] === 'FAILED')) return 'FAILED';
  if (isCancelled || plan.steps.some((step) => statuses[step.name] === 'CANCELLED')) return 'CANCELLED';
  return 'SUCCEEDED';
}
