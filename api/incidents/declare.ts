import { newId } from '../../lib/ids.ts';
import type { Actor } from '../context.ts';
import type { Incident, Prisma, Tx } from '../db.ts';
import { sayCard } from './say.ts';
import type { Severity } from './severity-rules.ts';
import { addTimeline } from './timeline.ts';
import type { Language } from './words.ts';

/** A new incident. `scope` names what it is about; the record keeps one open incident per scope. */
export interface DeclareInput {
  readonly title: string;
  readonly severity: Severity;
  readonly systemId: string | null;
  readonly scope: string | null;
  readonly locale: Language;
  readonly conversation: { readonly workspace: string; readonly channel: string } | null;
  readonly startedAt: Date;
  readonly actor: Actor;
  readonly text: string;
  /** Set for a storm: what it keeps. */
  readonly storm?: Prisma.InputJsonObject;
}

/** Opens an incident with its first timeline entry and its card, in the caller's transaction. The caller writes the audit entry. */
export async function declareIncident(tx: Tx, input: DeclareInput): Promise<Incident> {
  const id = newId();
  const incident = await tx.incident.create({
    data: {
      id,
      title: input.title.slice(0, 200).toWellFormed(),
      severity: input.severity,
      systemId: input.systemId,
      scope: input.scope,
      openKey: input.scope ?? `incident:${id}`,
      locale: input.locale,
      workspace: input.conversation?.workspace ?? null,
      channel: input.conversation?.channel ?? null,
      startedAt: input.startedAt,
      ...(input.storm === undefined ? {} : { kind: 'STORM' as const, storm: input.storm }),
    },
  });
  await addTimeline(tx, { incidentId: id, kind: 'STATUS', actor: input.actor, text: input.text });
  await sayCard(tx, incident, 'NEW_CRITICAL');
  return incident;
}
