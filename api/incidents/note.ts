import { inTransaction, type TimelineEntry } from '../db.ts';
import { type By, type IncidentDeps, type Refusal, requireAny } from './by.ts';
import { addTimeline } from './timeline.ts';

/** A person's words for the timeline. */
export interface NoteInput {
  readonly id: string;
  readonly text: string;
  readonly idempotencyKey: string;
}

/** Adds a note, once per key. */
export async function addNote(
  deps: Pick<IncidentDeps, 'db' | 'audit' | 'wake'>,
  viewer: By,
  input: NoteInput,
): Promise<{ readonly entry: TimelineEntry | null; readonly userErrors: readonly Refusal[] }> {
  requireAny(viewer, 'INCIDENT_WRITE', 'APPROVAL_DECIDE');
  const text = input.text.trim();
  if (text === '')
    return {
      entry: null,
      userErrors: [{ code: 'INVALID_INPUT', message: 'The note is empty.', path: ['input', 'text'] }],
    };
  const onceKey = `note:${viewer.actor.id ?? viewer.actor.name}:${input.idempotencyKey}`;
  const answer = await inTransaction(deps.db, async (tx) => {
    const incident = await tx.incident.findUnique({ where: { id: input.id }, select: { id: true } });
    if (incident === null) return { entry: null, known: false };
    const before = await tx.timelineEntry.findUnique({ where: { onceKey } });
    if (before !== null) return { entry: before, known: true };
    const entry = await addTimeline(tx, { incidentId: input.id, kind: 'NOTE', actor: viewer.actor, text, onceKey });
    await deps.audit(tx, {
      actor: viewer.actor,
      operation: 'incidentNoteAdd',
      subject: { type: 'Incident', id: input.id },
      input: { text },
      outcome: 'stored',
      correlationId: viewer.correlationId,
    });
    return { entry, known: false };
  });
  if (answer.entry === null)
    return { entry: null, userErrors: [{ code: 'NOT_FOUND', message: 'There is no such incident.' }] };
  if (answer.entry.incidentId !== input.id)
    return { entry: null, userErrors: [{ code: 'INVALID_INPUT', message: 'This key was used for another incident.' }] };
  if (!answer.known) deps.wake('incident', input.id);
  return { entry: answer.entry, userErrors: [] };
}
