import { createAudit } from '../../api/audit/append.ts';
import type { Core, Permission, RoleName, Viewer, WakeTopicName } from '../../api/context.ts';
import { createDb, type Db, type Incident, type Task, type User } from '../../api/db.ts';
import { permissionsOf } from '../../api/users/roles.ts';
import { newId } from '../../lib/ids.ts';
import { createLogger } from '../../lib/log.ts';
import { Secret } from '../../lib/secret.ts';
import { type TestDatabase, testDatabase } from './database.ts';

/** A core on a database of its own, the wake-ups it sent, and short ways to make rows. */
export interface RecordCore extends Core {
  readonly db: Db;
  readonly key: Secret;
  readonly database: TestDatabase;
  readonly woken: WakeTopicName[];
  person(name: string, ...roles: RoleName[]): Promise<User>;
  incident(over?: Partial<Omit<Incident, 'storm' | 'ticketLinks'>>): Promise<Incident>;
  task(over?: Partial<Omit<Task, 'params' | 'result'>>): Promise<Task>;
  close(): Promise<void>;
}

export async function recordCore(poolSize = 10): Promise<RecordCore> {
  const database = await testDatabase();
  const handle = createDb(database.url, { poolSize, program: 'test' });
  const db = handle.db;
  const log = createLogger({ name: 'test', level: 'silent' });
  const key = new Secret('k'.repeat(40));
  const woken: WakeTopicName[] = [];
  return {
    db,
    key,
    database,
    log,
    woken,
    wake: (topic) => void woken.push(topic),
    audit: createAudit(key, log),
    person: (displayName, ...roles) => db.user.create({ data: { id: newId(), displayName, roles, locale: 'EN' } }),
    incident: (over = {}) =>
      db.incident.create({
        data: {
          id: newId(),
          title: 'payment-api is down',
          severity: 'HIGH',
          startedAt: new Date(),
          workspace: 'T0LOCAL',
          channel: 'C0OPS',
          ...over,
        },
      }),
    task: (over = {}) =>
      db.task.create({
        data: {
          title: 'Investigate',
          agentId: 'sop',
          taskType: 'incident_response',
          params: {},
          trigger: 'ALERT',
          requestedByType: 'automation',
          requestedByName: 'alerts',
          correlationId: 'test',
          ...over,
          id: over.id ?? newId(),
          idempotencyKey: over.idempotencyKey ?? newId(),
        },
      }),
    async close() {
      await handle.close();
      await database.drop();
    },
  };
}

/** Someone who asks through the bot, with the rights of their roles. */
export function viewerOf(user: User, permissions?: readonly Permission[]): Viewer {
  return {
    actor: { type: 'user', id: user.id, name: user.displayName },
    person: user,
    key: { id: newId(), name: 'bot' },
    permissions: permissions === undefined ? permissionsOf(user.roles) : new Set(permissions),
    keyPermissions: new Set(['ACT_AS']),
    chat: null,
    via: 'CHAT',
    correlationId: 'test',
    locale: user.locale,
  };
}
