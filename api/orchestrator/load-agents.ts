import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { loadFolder } from '../../lib/load-folder.ts';
import { projectPath } from '../../lib/project-path.ts';
import type { AgentDefinition, LoadedAgent } from '../agents/agent.ts';
import type { AnyTaskDefinition } from '../agents/task.ts';

const lines = z.object({ ko: z.array(z.string().min(1)), en: z.array(z.string().min(1)) });
const routingShape = z.record(
  z.string(),
  z.strictObject({
    /** Things people say. */
    examples: lines,
    /** Parts of words that speak for it. */
    words: lines,
    /** It works on an incident: without one it is offered, not started. */
    needsIncident: z.boolean().default(false),
  }),
);
export type TaskRouting = z.infer<typeof routingShape>[string];

/** An agent with its tasks and the words its folder gives to a model. */
interface RegisteredAgent extends LoadedAgent {
  readonly prompt: string;
  /** What its tasks answer to in free words, by task; a task without is found by its title and description. */
  readonly routing: Readonly<Record<string, TaskRouting>>;
}

/** All agents of this installation. */
export interface AgentRegistry {
  readonly list: readonly RegisteredAgent[];
  readonly agent: (agentId: string) => RegisteredAgent | null;
  readonly task: (agentId: string, taskType: string) => AnyTaskDefinition | null;
}

const bilingual = z.object({ en: z.string().min(1), ko: z.string().min(1) });
const agentShape = z.object({
  id: z.string().regex(/^[a-z][a-z0-9_]*$/),
  title: bilingual,
  description: bilingual,
  whenToUse: z.string().min(1),
  concurrency: z.number().int().min(1).max(500).optional(),
});
const isTask = (value: unknown): value is AnyTaskDefinition => taskShape.safeParse(value).success;
const taskShape = z.object({
  type: z.string().regex(/^[a-z][a-z0-9_]*$/),
  title: bilingual,
  description: bilingual,
  input: z.instanceof(z.ZodType),
  output: z.instanceof(z.ZodType),
  exampleInput: z.record(z.string(), z.unknown()),
  maxRisk: z.enum(['read_only', 'low', 'medium', 'high', 'forbidden']),
  usesLanguageModel: z.boolean(),
  describe: z.function(),
  run: z.function(),
});

function parseTask(value: unknown): AnyTaskDefinition {
  if (!isTask(value)) throw taskShape.safeParse(value).error ?? new Error('no task');
  const example = value.input.safeParse(value.exampleInput);
  if (!example.success)
    throw new Error(`its exampleInput does not fit its own input: ${z.prettifyError(example.error)}`);
  return value;
}

/** routing.json of an agent's folder; an agent may have none. */
function readRouting(folderName: string): unknown {
  const file = projectPath('api', 'agents', folderName, 'routing.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
}

/** Loads every agent folder with its tasks. The first one with a wrong shape stops the start and is named. */
export async function loadAgents(
  folder: URL = new URL('../agents/', import.meta.url),
  promptOf: (folderName: string) => string = (name) =>
    readFileSync(projectPath('api', 'agents', name, 'prompt.md'), 'utf8'),
  routingOf: (folderName: string) => unknown = readRouting,
): Promise<AgentRegistry> {
  const found = await loadFolder<AgentDefinition>({
    folder,
    exportName: 'agent',
    layout: 'folders',
    parse: (value): AgentDefinition => {
      const { concurrency, ...rest } = agentShape.parse(value);
      return { ...rest, ...(concurrency === undefined ? {} : { concurrency }) };
    },
    nameOf: (agent) => agent.id,
  });
  const list: RegisteredAgent[] = [];
  for (const { file, plugin } of found) {
    const home = dirname(file);
    const tasks = await loadFolder<AnyTaskDefinition>({
      folder: pathToFileURL(`${home}/tasks/`),
      exportName: 'task',
      parse: parseTask,
      nameOf: (task) => task.type,
    });
    const routing = routingShape.parse(routingOf(basename(home)));
    const stray = Object.keys(routing).find((type) => !tasks.some((one) => one.plugin.type === type));
    if (stray !== undefined) throw new Error(`${home}/routing.json: there is no task ${stray}`);
    list.push({ ...plugin, prompt: promptOf(basename(home)), routing, tasks: tasks.map((one) => one.plugin) });
  }
  const agent = (agentId: string) => list.find((one) => one.id === agentId) ?? null;
  return {
    list,
    agent,
    task: (agentId, taskType) => agent(agentId)?.tasks.find((one) => one.type === taskType) ?? null,
  };
}
