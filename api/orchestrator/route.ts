import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { withTimeout } from '../../lib/deadline.ts';
import { isAppError } from '../../lib/errors.ts';
import { projectPath } from '../../lib/project-path.ts';
import type { Core } from '../context.ts';
import { inTransaction } from '../db.ts';
import type { Llm, LlmExchange } from '../ports/llm.ts';
import { asData } from './data-rules.ts';
import { fillParams } from './fill-params.ts';
import type { AgentRegistry } from './load-agents.ts';
import { keepExchanges } from './model-calls.ts';
import { type RouteIndex, type RouteScore, routeIndex } from './route-rules.ts';

/** What routing needs. Without a model it does without. */
export interface RouterDeps extends Core {
  readonly agents: AgentRegistry;
  readonly llm: Llm;
  readonly recordsLlm?: boolean;
}

export interface RoutedChoice {
  readonly agentId: string;
  readonly taskType: string;
}

/** Where free words lead. */
export type RoutedTo =
  | {
      readonly kind: 'task';
      readonly agentId: string;
      readonly taskType: string;
      readonly params: Readonly<Record<string, unknown>>;
      readonly incidentId: string | null;
      readonly by: 'rules' | 'model';
    }
  | { readonly kind: 'choose'; readonly candidates: readonly RoutedChoice[] }
  | { readonly kind: 'none' };

const indexes = new WeakMap<AgentRegistry, RouteIndex>();
const modelMs = 8_000;
const textBytes = 4_000;

/** The index of an installation's agents; made once for each. */
export function indexOf(agents: AgentRegistry): RouteIndex {
  const known = indexes.get(agents);
  if (known !== undefined) return known;
  const index = routeIndex(
    agents.list.flatMap((agent) =>
      agent.tasks.map((task) => {
        const routing = agent.routing[task.type];
        const own = routing === undefined ? [task.description.en, task.description.ko] : [];
        return {
          agentId: agent.id,
          taskType: task.type,
          examples: [
            ...(routing?.examples.ko ?? []),
            ...(routing?.examples.en ?? []),
            task.title.en,
            task.title.ko,
            ...own,
          ],
          words: [...(routing?.words.ko ?? []), ...(routing?.words.en ?? [])],
        };
      }),
    ),
  );
  indexes.set(agents, index);
  return index;
}

/**
 * Leads free words to a task: by rules where they are sure, by the model where one is configured and they are not, else by offering
 * what may be meant. Nothing is started by a guess.
 */
export async function routeWords(
  deps: RouterDeps,
  request: {
    readonly text: string;
    readonly conversation: {
      readonly workspace: string;
      readonly channel: string;
      readonly thread?: string | null;
    } | null;
    readonly incidentId: string | null;
  },
): Promise<RoutedTo> {
  const systems = (await deps.db.system.findMany({ where: { archived: false }, select: { name: true } })).map(
    (row) => row.name,
  );
  const incident = await incidentAround(deps, request);
  const facts = { systems };
  const routed = indexOf(deps.agents).route(request.text, facts);
  const start = (
    choice: RoutedChoice,
    by: 'rules' | 'model',
    more: Readonly<Record<string, unknown>> = {},
  ): RoutedTo => {
    const definition = deps.agents.task(choice.agentId, choice.taskType);
    if (definition === null) return { kind: 'none' };
    const read = fillParams(definition, { text: request.text, systems, incident: incident?.number ?? null });
    const needs = deps.agents.agent(choice.agentId)?.routing[choice.taskType]?.needsIncident === true;
    if (needs && incident === null) return { kind: 'choose', candidates: [choice] };
    return {
      kind: 'task',
      agentId: choice.agentId,
      taskType: choice.taskType,
      params: { ...more, ...read },
      incidentId: incident?.id ?? null,
      by,
    };
  };
  if (routed.kind === 'task') return start(routed.task, 'rules');
  const chosen = deps.llm.mode === 'none' ? null : await askTheModel(deps, request.text);
  if (chosen !== null) return start(chosen, 'model', chosen.params);
  return routed.kind === 'choose' ? { kind: 'choose', candidates: routed.candidates.map(plain) } : routed;
}

const plain = ({ agentId, taskType }: RouteScore): RoutedChoice => ({ agentId, taskType });

/** The incident the words name by number, or in whose thread they were said. */
async function incidentAround(
  deps: RouterDeps,
  request: Parameters<typeof routeWords>[1],
): Promise<{ readonly id: string; readonly number: number } | null> {
  const select = { id: true, number: true };
  const named = /\bINC-(\d{1,9})\b/i.exec(request.text)?.[1];
  if (named !== undefined) return deps.db.incident.findUnique({ where: { number: Number(named) }, select });
  if (request.incidentId !== null) return deps.db.incident.findUnique({ where: { id: request.incidentId }, select });
  const { conversation } = request;
  if (!conversation?.thread) return null;
  const { workspace, channel, thread } = conversation;
  return deps.db.incident.findFirst({ where: { workspace, channel, threadTs: thread }, select });
}

const answerSchema = z.object({
  /** Number of the task in the list; null when none of them is meant. */
  choice: z.number().int().nullable(),
  sure: z.boolean(),
  params: z.array(z.object({ name: z.string().max(60), value: z.string().max(500) })).max(10),
});
const promptFile = projectPath('api', 'orchestrator', 'route-prompt.md');

/** The model picks from the list and may fill in inputs; both are checked, and a down or unsure model picks nothing. */
async function askTheModel(
  deps: RouterDeps,
  text: string,
): Promise<(RoutedChoice & { readonly params: Record<string, unknown> }) | null> {
  const list = deps.agents.list.flatMap((agent) => agent.tasks.map((task) => ({ agent, task })));
  const lines = list.map(({ agent, task }, i) => {
    const inputs = Object.keys(
      z
        .object({ properties: z.record(z.string(), z.unknown()).default({}) })
        .parse(z.toJSONSchema(task.input, { io: 'input' })).properties,
    );
    return `${i}. ${agent.id} · ${task.type}: ${task.description.en}${inputs.length > 0 ? ` Inputs: ${inputs.join(', ')}.` : ''}`;
  });
  const exchanges: LlmExchange[] = [];
  try {
    const answer = await withTimeout(
      (signal) =>
        deps.llm.complete({
          system: readFileSync(promptFile, 'utf8'),
          user: `${lines.join('\n')}\n\n${asData(text, textBytes)}`,
          schemaName: 'routing',
          schema: answerSchema,
          maxTokens: 300,
          signal,
          record: (exchange) => void exchanges.push(exchange),
        }),
      modelMs,
      'The language model',
    );
    const { choice, sure, params } = answer.value;
    const chosen = choice === null || !sure ? undefined : list[choice];
    if (chosen === undefined) return null;
    return { agentId: chosen.agent.id, taskType: chosen.task.type, params: fitting(chosen.task, params, text) };
  } catch (error) {
    if (!isAppError(error) || error.code === 'UNAVAILABLE') throw error;
    deps.log.warn({ err: error }, 'language model did not help to route');
    return null;
  } finally {
    if (deps.recordsLlm !== false)
      await inTransaction(deps.db, (tx) => keepExchanges(tx, null, 'routing', exchanges)).catch((error: unknown) =>
        deps.log.warn({ err: error }, 'calls of the model were not kept'),
      );
  }
}

/** Inputs the model read out of the words: only those whose value stands in the words, and that fit the task. */
function fitting(
  definition: AgentRegistry['list'][number]['tasks'][number],
  params: readonly { readonly name: string; readonly value: string }[],
  text: string,
): Record<string, unknown> {
  const words = text.normalize('NFC').toLowerCase();
  const kept: Record<string, unknown> = {};
  for (const { name, value } of params) {
    if (!words.includes(value.normalize('NFC').toLowerCase())) continue;
    for (const candidate of [value, [value], ...(Number.isFinite(Number(value)) ? [Number(value)] : [])]) {
      const checked = definition.input.safeParse({ [name]: candidate });
      const wrong = checked.success
        ? []
        : checked.error.issues.filter((issue) => issue.path[0] === name || issue.code === 'unrecognized_keys');
      if (wrong.length > 0) continue;
      kept[name] = candidate;
      break;
    }
  }
  return kept;
}
