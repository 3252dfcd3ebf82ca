import { AppError } from '../../lib/errors.ts';
import type { Actor, Core, Permission } from '../context.ts';
import type { Incident, Tx } from '../db.ts';

/** Who acts: a Viewer is one, and so is the product itself. */
export interface By {
  readonly actor: Actor;
  readonly person: { readonly id: string; readonly displayName: string } | null;
  readonly permissions: ReadonlySet<Permission>;
  readonly correlationId: string;
}

/** The product acting by itself, under the name people read. */
export function automation(name: string, correlationId: string): By {
  return {
    actor: { type: 'automation', id: null, name },
    person: null,
    permissions: new Set<Permission>(['INCIDENT_WRITE', 'ALERT_INGEST', 'SYSTEM_WRITE', 'SCHEDULE_WRITE']),
    correlationId,
  };
}

/** Refuses whoever has none of these rights. */
export function requireAny(by: Pick<By, 'permissions'>, ...needed: readonly [Permission, ...Permission[]]): void {
  if (needed.some((permission) => by.permissions.has(permission))) return;
  throw new AppError('FORBIDDEN', `This needs the permission ${needed[0]}.`);
}

/** What the functions of this folder need besides the core; `cancelApprovals` is approvals/decide.ts, passed in by app.ts. */
export interface IncidentDeps extends Core {
  readonly cancelApprovals: (tx: Tx, incidentId: string, reason: string) => Promise<unknown>;
}

/** Why nothing was changed, in the words of the API. */
export interface Refusal {
  readonly code: 'INVALID_STATE' | 'NOT_FOUND' | 'INVALID_INPUT' | 'FORBIDDEN' | 'CONFLICT';
  readonly message: string;
  readonly path?: readonly string[];
}

/** The incident as it stands now, also when nothing was changed. */
export interface IncidentAnswer {
  readonly incident: Incident | null;
  readonly userErrors: readonly Refusal[];
}

/** How people call it. */
export function incidentNumber(incident: { readonly number: number }): string {
  return `INC-${incident.number}`;
}
