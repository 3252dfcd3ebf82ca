import type { Incident, Tx } from '../db.ts';
import { notify } from '../notifications/write.ts';

type Address = Pick<Incident, 'id' | 'workspace' | 'channel' | 'locale' | 'kind' | 'snoozedUntil'>;
type Urgency = 'RESULT' | 'NEW_CRITICAL' | 'PROGRESS';

/** The card shows the incident as it is when it is sent: writing it again is how it changes. Without a channel nobody is told. */
export async function sayCard(tx: Tx, incident: Address, priority: Urgency): Promise<void> {
  if (incident.workspace === null || incident.channel === null) return;
  await notify(tx, {
    kind: incident.kind === 'STORM' ? 'STORM_DIGEST' : 'INCIDENT_CARD',
    subject: { type: 'Incident', id: incident.id },
    to: { type: 'chat', workspace: incident.workspace, channel: incident.channel },
    locale: incident.locale,
    priority,
  });
}

/** One line in the thread, told once: its subject is the timeline entry it repeats. */
export async function sayNotice(
  tx: Tx,
  incident: Address,
  entry: { readonly id: string; readonly text: string },
  broadcast = false,
): Promise<void> {
  if (incident.workspace === null || incident.channel === null) return;
  await notify(tx, {
    kind: 'INCIDENT_NOTICE',
    subject: { type: 'TimelineEntry', id: entry.id },
    to: { type: 'incident', incidentId: incident.id, workspace: incident.workspace, channel: incident.channel },
    locale: incident.locale,
    text: entry.text,
    broadcast,
    // What can wait is told when the quiet the people asked for is over.
    notBefore: broadcast ? null : incident.snoozedUntil,
  });
}

/** The stored report, as a reply in the thread; a newer one replaces it. */
export async function sayReport(tx: Tx, incident: Address): Promise<void> {
  if (incident.workspace === null || incident.channel === null) return;
  await notify(tx, {
    kind: 'REPORT',
    subject: { type: 'Incident', id: incident.id },
    to: { type: 'incident', incidentId: incident.id, workspace: incident.workspace, channel: incident.channel },
    locale: incident.locale,
  });
}
