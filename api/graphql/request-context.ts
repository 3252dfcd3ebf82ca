import { AppError } from '../../lib/errors.ts';
import type { AlertSettings } from '../alerts/settings.ts';
import type { Anchor } from '../audit/anchor.ts';
import type { Core, Permission, Viewer } from '../context.ts';
import type { IncidentDeps } from '../incidents/by.ts';
import type { AnswerDeps } from '../knowledge/ask-manuals.ts';
import type { Metrics } from '../metrics.ts';
import type { LlmBudget } from '../orchestrator/budget-rules.ts';
import type { AgentRegistry } from '../orchestrator/load-agents.ts';
import type { Llm } from '../ports/llm.ts';
import type { ManualLibrary } from '../ports/manual-library.ts';
import type { PubSub } from '../ports/pubsub.ts';
import type { WorkflowRegistry } from '../workflows/load-workflows.ts';
import type { Loaders } from './loaders.ts';

/** One thing the product leans on, as `health` shows it. */
export interface DependencyReading {
  readonly name: string;
  readonly required: boolean;
  readonly state: 'UP' | 'DEGRADED' | 'DOWN' | 'NOT_CONFIGURED';
  readonly message: string | null;
  readonly latencyMs: number | null;
  readonly checkedAt: Date;
}

/** What the doors need besides the core; app.ts fills it. */
export interface ApiDeps extends IncidentDeps, Core, AnswerDeps {
  readonly settings: Pick<AlertSettings, 'grouping'>;
  readonly agents: AgentRegistry;
  /** Asked where free words lead when the rules are not sure. */
  readonly llm: Llm;
  readonly recordsLlm?: boolean;
  /** What one task may spend on the model; the usual budget when left out. */
  readonly llmBudget?: LlmBudget;
  readonly workflows: WorkflowRegistry;
  readonly manuals: ManualLibrary;
  readonly pubsub: Pick<PubSub, 'subscribe'>;
  readonly metrics: Pick<Metrics, 'onOperation' | 'onRejected' | 'onManualFeedback'>;
  readonly lastAnchor: () => Promise<Anchor | null>;
  readonly isReady: () => Promise<boolean>;
  readonly dependencies: () => Promise<readonly DependencyReading[]>;
  /** Whether an agent can work now; a sentence when a connection it needs is missing. */
  readonly unavailable: (agentId: string) => string | null;
  readonly version: string;
  readonly commit: string | null;
  readonly startedAt: Date;
}

/** What one request carries through its resolvers. */
export interface RequestContext {
  readonly viewer: Viewer;
  readonly deps: ApiDeps;
  readonly load: Loaders;
  readonly requestId: string;
  /** Reading of performance.now() after which no further field is resolved. */
  readonly endsAt: number;
  /** Says afresh who asks: rights may have changed since a subscription began. */
  readonly refresh: () => Promise<Viewer>;
}

/** Whether the viewer may; the deliverer's own key may read whatever it has to draw. */
export function may(viewer: Viewer, ...anyOf: readonly Permission[]): boolean {
  const readsForDelivery =
    viewer.permissions.has('NOTIFICATION_DELIVER') &&
    anyOf.some((one) => one === 'INCIDENT_READ' || one === 'TASK_READ' || one === 'MANUAL_READ');
  return readsForDelivery || anyOf.some((permission) => viewer.permissions.has(permission));
}

const wireName = (permission: Permission): string => permission.toLowerCase().replace('_', ':');

/** Refuses whoever has none of these rights. */
export function need(ctx: Pick<RequestContext, 'viewer'>, ...anyOf: readonly Permission[]): void {
  if (may(ctx.viewer, ...anyOf)) return;
  const names = anyOf.map(wireName).join(', ');
  throw new AppError(
    'FORBIDDEN',
    ctx.viewer.locale === 'KO' ? `권한이 필요합니다: ${names}` : `This needs the permission ${names}.`,
  );
}

/** Refuses a program whose own key does not carry the right, whoever it speaks for. */
export function needKey(ctx: Pick<RequestContext, 'viewer'>, permission: Permission): void {
  if (ctx.viewer.keyPermissions.has(permission)) return;
  throw new AppError('FORBIDDEN', `This key needs the permission ${wireName(permission)}.`);
}
