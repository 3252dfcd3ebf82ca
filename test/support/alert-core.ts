import { randomBytes } from 'node:crypto';
import type { AlertDeps } from '../../api/alerts/deps.ts';
import { usualSettings } from '../../api/alerts/settings.ts';
import { createAudit } from '../../api/audit/append.ts';
import type { Permission } from '../../api/context.ts';
import { createDb, type Db } from '../../api/db.ts';
import type { By } from '../../api/incidents/by.ts';
import { newId } from '../../lib/ids.ts';
import { createLogger } from '../../lib/log.ts';
import { Secret } from '../../lib/secret.ts';
import { testDatabase } from './database.ts';

/** One product core over a fresh database: real audit, real outbox; a started task is a row. */
export interface AlertCore {
  readonly deps: AlertDeps;
  readonly cancelled: string[];
  readonly db: Db;
  readonly url: string;
  close(): Promise<void>;
}

/** Opens a core for tests of alerts, incidents, systems and schedules. */
export async function alertCore(): Promise<AlertCore> {
  const database = await testDatabase();
  const handle = createDb(database.url, { poolSize: 6 });
  const cancelled: string[] = [];
  const log = createLogger({ name: 'test', level: 'silent' });
  const audit = createAudit(new Secret(randomBytes(32).toString('hex')), log);
  const deps: AlertDeps = {
    db: handle.db,
    wake: () => undefined,
    log,
    audit,
    defaultConversation: { workspace: 'T0LOCAL', channel: 'C0OPS' },
    locale: 'EN',
    settings: usualSettings,
    cancelTasks: async (tx, ids) => {
      await tx.task.updateMany({
        where: { incidentId: { in: [...ids] }, finishedAt: null },
        data: { cancelRequested: true },
      });
    },
    cancelApprovals: async (_, incidentId) => {
      cancelled.push(incidentId);
    },
    startTask: async (tx, request) => {
      await tx.task.createMany({
        skipDuplicates: true,
        data: [
          {
            id: newId(),
            title: request.taskType,
            agentId: request.agentId,
            taskType: request.taskType,
            params: {},
            trigger: request.trigger,
            requestedByType: request.requestedBy.type,
            requestedByName: request.requestedBy.name,
            idempotencyKey: request.idempotencyKey,
            correlationId: request.correlationId,
            incidentId: request.incidentId,
          },
        ],
      });
    },
  };
  return {
    deps,
    cancelled,
    db: handle.db,
    url: database.url,
    async close() {
      await handle.close();
      await database.drop();
    },
  };
}

/** A stored person with these rights. */
export async function person(db: Db, displayName: string, permissions: readonly Permission[]): Promise<By> {
  const id = newId();
  await db.user.create({ data: { id, displayName, roles: ['OPERATOR'] } });
  return {
    actor: { type: 'user', id, name: displayName },
    person: { id, displayName },
    permissions: new Set(permissions),
    correlationId: `test:${id}`,
  };
}

/** What one test alert differs in. */
export interface Shape {
  readonly name?: string;
  readonly status?: 'FIRING' | 'RESOLVED';
  readonly start?: number;
  readonly labels?: Record<string, string>;
  readonly fingerprint?: string;
  readonly severity?: string;
  readonly annotations?: Record<string, string>;
}

const start = Date.now() - 600_000;
/** One alert as a source sends it: ServiceDown of payment-api, firing, unless said otherwise. `start` counts seconds. */
export const alert = (shape: Shape = {}): unknown => ({
  name: shape.name ?? 'ServiceDown',
  status: shape.status ?? 'FIRING',
  labels: { alertname: shape.name ?? 'ServiceDown', service: 'payment-api', ...shape.labels },
  annotations: shape.annotations ?? { summary: 'it is down' },
  startsAt: new Date(start + (shape.start ?? 0) * 1_000).toISOString(),
  endsAt: shape.status === 'RESOLVED' ? new Date().toISOString() : '0001-01-01T00:00:00Z',
  severity: shape.severity ?? 'critical',
  ...(shape.fingerprint === undefined ? {} : { fingerprint: shape.fingerprint }),
});
