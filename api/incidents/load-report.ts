import { AppError } from '../../lib/errors.ts';
import { type Db, inTransaction, type Tx } from '../db.ts';
import { type By, type IncidentDeps, incidentNumber } from './by.ts';
import { type IncidentRecord, incidentReport } from './report.ts';
import { sayReport } from './say.ts';

const mostEntries = 200;
const mostEvidence = 100;

/** Everything the report of one incident tells; null when there is no such incident. */
export async function loadIncidentReport(db: Db | Tx, id: string): Promise<IncidentRecord | null> {
  const incident = await db.incident.findUnique({
    where: { id },
    include: {
      system: { select: { displayName: true } },
      timeline: { orderBy: { seq: 'asc' }, take: mostEntries },
      evidence: { orderBy: { ref: 'asc' }, take: mostEvidence },
      approvals: {
        orderBy: { number: 'asc' },
        take: 50,
        include: { action: true, decisions: { orderBy: { at: 'asc' } }, effects: { orderBy: { intentAt: 'asc' } } },
      },
      _count: { select: { timeline: true } },
    },
  });
  if (incident === null) return null;
  const holder = await holderOf(db, id, incident.acknowledgedById);
  const verifications = await db.timelineEntry.findMany({
    where: { incidentId: id, kind: 'VERIFICATION' },
    orderBy: { seq: 'asc' },
    take: 50,
  });
  const ran = incident.approvals.findLast((one) => one.effects.some((effect) => effect.accepted === true));
  return {
    number: incidentNumber(incident),
    title: incident.title,
    severity: incident.severity,
    status: incident.status,
    system: incident.system?.displayName ?? null,
    locale: incident.locale,
    startedAt: incident.startedAt,
    resolvedAt: incident.resolvedAt,
    acknowledgedAt: incident.acknowledgedAt,
    acknowledgedBy: holder,
    cause: incident.cause,
    fix: incident.fix,
    approval:
      ran === undefined
        ? null
        : { number: `APR-${ran.number}`, by: ran.decisions.filter((one) => one.approved).map((one) => one.userName) },
    verification: verifications.at(-1)?.text ?? null,
    followUps: incident.followUps,
    timeline: incident.timeline.map((entry) => ({
      at: entry.at,
      actor: entry.actorName,
      text: entry.text,
      evidenceRefs: entry.evidenceRefs,
    })),
    omittedEntries: Math.max(0, incident._count.timeline - incident.timeline.length),
    evidence: incident.evidence,
    decisions: incident.approvals.map((one) => {
      const effect = one.effects.at(-1);
      return {
        number: `APR-${one.number}`,
        title: one.action.title,
        target: one.action.target,
        command: one.action.command,
        digest: one.digest,
        policy: one.policy,
        skipped: one.skipped,
        people: one.decisions.map((decision) => ({
          name: decision.userName,
          approved: decision.approved,
          at: decision.at,
          reason: decision.reason,
        })),
        endReason: one.endReason,
        effect:
          effect === undefined
            ? null
            : { status: effect.status, accepted: effect.accepted, at: effect.doneAt ?? effect.intentAt },
      };
    }),
    verifications,
  };
}

/** Who answered: the one who holds it now, else whoever acknowledged it first. */
async function holderOf(db: Db | Tx, incidentId: string, holderId: string | null): Promise<string | null> {
  if (holderId !== null) {
    const user = await db.user.findUnique({ where: { id: holderId }, select: { displayName: true } });
    if (user !== null) return user.displayName;
  }
  const entry = await db.auditEntry.findFirst({
    where: {
      subjectType: 'Incident',
      subjectId: incidentId,
      operation: 'incidentAcknowledge',
      outcome: 'acknowledged',
    },
    orderBy: { seq: 'desc' },
    select: { actorName: true },
  });
  return entry?.actorName ?? null;
}

/** Stores a report and posts it in the thread; the same text again is posted once. */
export async function storeIncidentReport(deps: IncidentDeps, by: By, id: string, markdown: string): Promise<void> {
  await inTransaction(deps.db, async (tx) => {
    await tx.$executeRaw`select "id" from "Incident" where "id" = ${id}::uuid for update`;
    const incident = await tx.incident.findUnique({ where: { id } });
    if (incident === null) throw new AppError('NOT_FOUND', 'There is no such incident.');
    if (incident.report === markdown) return;
    await tx.incident.update({ where: { id }, data: { report: markdown, version: { increment: 1 } } });
    await sayReport(tx, incident);
    await deps.audit(tx, {
      actor: by.actor,
      operation: 'incidentReportStore',
      subject: { type: 'Incident', id },
      input: { characters: markdown.length },
      outcome: 'stored',
      correlationId: by.correlationId,
    });
  });
  deps.wake('notifications');
}

/** The report as Markdown from the record as it is now. */
export async function writeIncidentReport(db: Db | Tx, id: string): Promise<string> {
  const record = await loadIncidentReport(db, id);
  if (record === null) throw new AppError('NOT_FOUND', 'There is no such incident.');
  return incidentReport(record);
}
