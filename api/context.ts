import type { Logger } from 'pino';
import type { Db, Tx } from './db.ts';

/** Written task:write in keys and documents. */
export const permissions = [
  'INCIDENT_READ',
  'INCIDENT_WRITE',
  'TASK_READ',
  'TASK_WRITE',
  'WORKFLOW_WRITE',
  'ALERT_INGEST',
  'SILENCE_WRITE',
  'APPROVAL_DECIDE',
  'MANUAL_READ',
  'MANUAL_WRITE',
  'SYSTEM_WRITE',
  'CONTACT_READ',
  'CONTACT_WRITE',
  'TICKET_WRITE',
  'CHANGE_WRITE',
  'SCHEDULE_WRITE',
  'DATA_QUERY',
  'INBOX_WRITE',
  'NOTIFICATION_DELIVER',
  'ACT_AS',
  'AUDIT_READ',
  'USER_ADMIN',
] as const;
export type Permission = (typeof permissions)[number];

export type RoleName = 'VIEWER' | 'REQUESTER' | 'OPERATOR' | 'APPROVER' | 'AUDITOR' | 'ADMIN';

/** Who did something. Automation is the product itself: the scheduler, an alert source, an agent. */
export interface Actor {
  readonly type: 'user' | 'api_key' | 'automation';
  readonly id: string | null;
  readonly name: string;
}

/** A person as the record knows them. */
export interface Person {
  readonly id: string;
  readonly displayName: string;
  readonly locale: 'KO' | 'EN';
  readonly timeZone: string;
  readonly roles: readonly RoleName[];
  /** Teams they belong to: decides which manuals of teams they may see. */
  readonly teams: readonly string[];
}

/** Who asks: rights are those of the person, cut by those of the key. */
export interface Viewer {
  readonly actor: Actor;
  readonly person: Person | null;
  readonly key: { readonly id: string; readonly name: string } | null;
  readonly permissions: ReadonlySet<Permission>;
  /** What the key itself may do: the bot's own operations (inbox, notifications) ask these, whoever it speaks for. */
  readonly keyPermissions: ReadonlySet<Permission>;
  /** The chat account that wrote, also while no person is tied to it yet. */
  readonly chat: { readonly workspace: string; readonly chatUserId: string } | null;
  /** Through which door: CHAT for the bot on behalf of a person, API for a key, WEB for the console. */
  readonly via: 'CHAT' | 'WEB' | 'API';
  readonly correlationId: string;
  readonly locale: 'KO' | 'EN';
}

/** What every function of the domain needs: the record, a way to wake others after a commit, and the log. */
export interface Core {
  readonly db: Db;
  /** Call after the commit; a lost wake-up costs one poll interval. */
  readonly wake: (topic: WakeTopicName, id?: string) => void;
  readonly log: Logger;
  readonly audit: AuditAppend;
}
export type WakeTopicName =
  | 'tasks'
  | 'decisions'
  | 'silences'
  | 'alerts'
  | 'notifications'
  | 'task'
  | 'incident'
  | 'approval'
  | 'manuals';

/** One entry of the audit chain. `input` is redacted before it is hashed and stored. */
export interface AuditRecord {
  readonly actor: Actor;
  readonly onBehalfOf?: string | null;
  readonly operation: string;
  readonly subject?: { readonly type: string; readonly id: string } | null;
  readonly tool?: string | null;
  readonly input: unknown;
  readonly outcome: string;
  readonly reason?: string | null;
  readonly correlationId: string;
}
/** Appends inside the caller's transaction, as its last statement: the head's row lock orders all writers. Throws when it cannot: the caller's work is then refused. */
export type AuditAppend = (tx: Tx, record: AuditRecord) => Promise<void>;
