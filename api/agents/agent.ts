import type { AnyTaskDefinition, Bilingual } from './task.ts';

export type { Bilingual } from './task.ts';

/** What an agent folder's index.ts declares; its tasks are found in tasks/ by being there. */
export interface AgentDefinition {
  /** Wire name and metric label: the folder's name with underscores. */
  readonly id: string;
  readonly title: Bilingual;
  readonly description: Bilingual;
  /** When a router should pick it, in one sentence. */
  readonly whenToUse: string;
  /** Tasks that may work at the same moment, over all processes; waiting ones are not counted. 20 when left out. */
  readonly concurrency?: number;
}

/** An agent with the tasks its folder holds. */
export interface LoadedAgent extends AgentDefinition {
  readonly tasks: readonly AnyTaskDefinition[];
}

/** Checks the shape at compile time and returns it unchanged. */
export function defineAgent(agent: AgentDefinition): AgentDefinition {
  return agent;
}
