import type { Tx } from '../db.ts';
import type { IncidentDeps } from '../incidents/by.ts';
import type { Language } from '../incidents/words.ts';
import type { Metrics } from '../metrics.ts';
import type { AlertManager } from '../ports/alert-manager.ts';
import type { InvestigationDeps } from './investigate.ts';
import type { AlertSettings } from './settings.ts';

/** A channel of a workspace. */
export interface Conversation {
  readonly workspace: string;
  readonly channel: string;
}

/** What giving groups their incident needs. Without a conversation incidents are told nowhere but on the web. */
export interface IncidentsDeps extends InvestigationDeps {
  readonly defaultConversation: Conversation | null;
  readonly locale: Language;
  readonly settings: AlertSettings;
  /** orchestrator/cancel-task.ts: the tasks of incidents that were gathered elsewhere are asked to end. */
  readonly cancelTasks: (tx: Tx, incidentIds: readonly string[]) => Promise<unknown>;
}

/** What the stages and sweeps need from above and from the configuration. */
export interface AlertDeps extends IncidentDeps, IncidentsDeps {
  readonly batchSize?: number;
}

/** What comparing needs. */
export interface ReconcileDeps extends AlertDeps {
  readonly manager: AlertManager;
  readonly metrics: Pick<Metrics, 'onDifference' | 'onReconciled'>;
  /** Name of this process among those that may compare; one at a time does. */
  readonly worker: string;
  readonly receiver: string | null;
  /** An alert that changed within this time is still on its way by itself. */
  readonly graceMs: number;
  /** So long after its start Alertmanager's list may be incomplete. */
  readonly restartGraceMs: number;
}
