import type { z } from 'zod';
import type { ArtifactStore } from '../ports/artifact-store.ts';
import type { Cluster } from '../ports/cluster.ts';
import type { DatabaseHealth } from '../ports/database-health.ts';
import type { HttpProbe } from '../ports/http-probe.ts';
import type { LogsSource } from '../ports/logs-source.ts';
import type { ManualLibrary } from '../ports/manual-library.ts';
import type { MetricsSource } from '../ports/metrics-source.ts';
import type { NetProbe } from '../ports/net-probe.ts';
import type { SourceRegistry } from '../ports/source-registry.ts';
import type { SqlSource } from '../ports/sql-source.ts';

/** The outside as tools reach it. A null port is not configured; a tool that needs it answers `no_data` and says so. */
export interface ToolPorts {
  readonly probe: HttpProbe;
  readonly metrics: MetricsSource | null;
  readonly processes: Cluster;
  readonly kubernetes: Cluster | null;
  readonly manuals: ManualLibrary;
  readonly net: NetProbe;
  readonly sql: SqlSource;
  readonly dbHealth: DatabaseHealth;
  readonly logs: LogsSource;
  readonly registry: SourceRegistry;
  readonly artifacts: ArtifactStore;
}

/** A tool's reply: what was asked, and one line that can stand beside a claim. */
export type ToolReply<D> = {
  readonly outcome: 'success' | 'no_data' | 'error';
  /** Kind of evidence, decides how it is drawn: health, metric, manual, other. */
  readonly kind: 'health' | 'metric' | 'manual' | 'other';
  readonly title: string;
  readonly asked: string;
  readonly summary: string;
  readonly url?: string;
  readonly rangeFrom?: string;
  readonly rangeTo?: string;
  readonly data: D;
};

/** Reads only. run-tool validates the arguments, limits the time, redacts and stores the reply. */
export interface ReadTool<A, D> {
  readonly name: string;
  readonly args: z.ZodType<A>;
  readonly timeoutMs: number;
  readonly run: (args: A, ports: ToolPorts, signal: AbortSignal) => Promise<ToolReply<D>>;
}

/** What a person is shown about one exact call, made by code from the arguments. */
export interface ActionDescription {
  readonly title: string;
  /** One string that names the target; one change at a time per target. */
  readonly target: string;
  readonly command: string;
  readonly effect: string;
  readonly undo: string | null;
  readonly diff: string | null;
  readonly estimatedMs: number | null;
}

/** Changes another system. Called by the effect journal alone. */
export interface ActionTool<A> {
  readonly name: string;
  readonly args: z.ZodType<A>;
  readonly risk: 'low' | 'medium' | 'high' | 'forbidden';
  readonly timeoutMs: number;
  /** The target counts calls with one key once, so a call that surely did not arrive may be made again under it. */
  readonly honoursKey: boolean;
  readonly describe: (args: A, ports: ToolPorts) => ActionDescription;
  /** State of the target that must be the same when the call runs as when it was approved. */
  readonly precondition: (
    args: A,
    ports: ToolPorts,
    signal: AbortSignal,
  ) => Promise<Readonly<Record<string, string | number | boolean | null>>>;
  readonly perform: (
    args: A,
    key: string,
    ports: ToolPorts,
    signal: AbortSignal,
  ) => Promise<{ readonly accepted: boolean; readonly answer: string }>;
  /** Asks the target whether a call with this key arrived; absent where the target cannot be asked. `unknown` when it did not answer. */
  readonly check?: (
    args: A,
    key: string,
    ports: ToolPorts,
    signal: AbortSignal,
  ) => Promise<'arrived' | 'not_arrived' | 'unknown'>;
}

/** Checks the shape at compile time and returns it unchanged. */
export function defineReadTool<A, D>(tool: ReadTool<A, D>): ReadTool<A, D> {
  return tool;
}

/** Checks the shape at compile time and returns it unchanged. */
export function defineActionTool<A>(tool: ActionTool<A>): ActionTool<A> {
  return tool;
}
