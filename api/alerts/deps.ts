import type { Tx } from '../db.ts';
import type { IncidentDeps } from '../incidents/by.ts';
import type { Language } from '../incidents/words.ts';
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
