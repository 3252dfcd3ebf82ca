import { type BatchFacts, type Episode, foldBatch, type Group, placeAlerts } from './batch-state.ts';
import type { AlertSettings } from './settings.ts';
import type { SystemIndex } from './stages/group.ts';
import type { SilenceRule } from './stages/silence.ts';
import type { StoredAlert } from './stored-alert.ts';

/** Everything the machine knows between batches: what the record would hold. */
export interface MachineMemory {
  readonly groups: readonly Group[];
  readonly episodes: readonly Episode[];
}

/** Nothing known yet. */
export const emptyMemory: MachineMemory = { groups: [], episodes: [] };

/** What the machine goes by besides its memory. */
export interface MachineFacts {
  readonly systems: SystemIndex;
  readonly silences: readonly SilenceRule[];
  readonly settings: AlertSettings;
  readonly now: Date;
  readonly newId: () => string;
}

/** One batch over a memory instead of the record: the same fold the product runs. Answers the memory after it, and what changed. */
export function stepMachine(
  memory: MachineMemory,
  batch: readonly StoredAlert[],
  facts: MachineFacts,
): { readonly memory: MachineMemory; readonly changed: readonly Group[] } {
  const clean = forgotMarks(memory);
  const batchFacts: BatchFacts = {
    systems: facts.systems,
    silences: facts.silences,
    places: placeAlerts(batch, facts.systems, facts.settings.grouping),
    episodes: clean.episodes,
    groups: clean.groups,
    inhibitors: [],
    rules: facts.settings,
    now: facts.now,
    newId: facts.newId,
  };
  const result = foldBatch(batch, batchFacts);
  return {
    memory: { groups: merge(clean.groups, result.groups), episodes: merge(clean.episodes, result.episodes) },
    changed: result.groups,
  };
}

/** The memory without the marks of the last batch: groups that ended stand first, so that the open one of a key is found. */
export function forgotMarks(memory: MachineMemory): MachineMemory {
  const groups = memory.groups.map(
    (one): Group => ({ ...one, isNew: false, effects: new Set(), wantsIncident: false, changed: false }),
  );
  return {
    groups: [
      ...groups.filter((one) => one.state.status === 'RESOLVED'),
      ...groups.filter((one) => one.state.status !== 'RESOLVED'),
    ],
    episodes: memory.episodes.map((one) => ({ ...one, told: null, changed: false })),
  };
}

function merge<T extends { readonly id: string }>(before: readonly T[], changed: readonly T[]): T[] {
  return [...new Map([...before, ...changed].map((one) => [one.id, one])).values()];
}
