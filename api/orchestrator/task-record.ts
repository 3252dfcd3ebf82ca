import { AppError } from '../../lib/errors.ts';
import { derivedId } from '../../lib/ids.ts';
import type { TaskRecord } from '../agents/task.ts';
import { inTransaction } from '../db.ts';
import { automation } from '../incidents/by.ts';
import { storeIncidentReport, writeIncidentReport } from '../incidents/load-report.ts';
import { resolveIncident } from '../incidents/resolve.ts';
import { sayNotice } from '../incidents/say.ts';
import { addTimeline } from '../incidents/timeline.ts';
import { saveHealthReading } from '../systems/health-watch.ts';
import { agentActor } from './carry-out.ts';
import { deliverRows } from './deliver-rows.ts';
import { incidentFacts, sourceFacts, systemFacts } from './record-facts.ts';
import { wakeTask } from './step.ts';
import type { TaskRun } from './task-run.ts';

/** The product's own record as a task may read and write it; each call is a durable step of its own that stands in no plan. */
export function createTaskRecord(run: TaskRun): TaskRecord {
  const { deps, task } = run;
  const { durable } = deps;
  const by = automation(`agent:${task.agentId}`, task.correlationId);
  const incidentId = (): string => {
    if (task.incidentId === null) throw new AppError('INVALID_STATE', 'This task belongs to no incident.');
    return task.incidentId;
  };
  return {
    system: (name) =>
      durable.step(run.nameOf('record:system'), async () => {
        const row = await deps.db.system.findFirst({ where: { name, archived: false } });
        return row === null ? null : systemFacts(row);
      }),
    systems: () =>
      durable.step(run.nameOf('record:systems'), async () => {
        const rows = await deps.db.system.findMany({ where: { archived: false }, orderBy: { name: 'asc' } });
        return rows.map(systemFacts);
      }),
    incident: () =>
      durable.step(run.nameOf('record:incident'), async () =>
        task.incidentId === null ? null : incidentFacts(deps.db, task.incidentId),
      ),
    sources: () => durable.step(run.nameOf('record:sources'), () => sourceFacts(deps.ports.registry)),
    deliverRows: async (result) => {
      const sent = await durable.step(run.nameOf('record:rows'), () => deliverRows(run, result));
      wakeTask(run);
      return sent;
    },
    saveHealth: async (reading) => {
      const name = run.nameOf('record:health');
      await durable.step(name, () => saveHealthReading(deps, reading, derivedId('health', `${task.id}:${name}`)));
    },
    resolveIncident: async (facts) => {
      await durable.step(run.nameOf('record:resolve'), async () => {
        await resolveIncident(deps, by, incidentId(), facts);
      });
      deps.wake('incident', incidentId());
    },
    addTimeline: async (entry) => {
      const name = run.nameOf('record:timeline');
      await durable.step(name, async () => {
        if (task.incidentId === null) return;
        const target = task.incidentId;
        await inTransaction(deps.db, async (tx) => {
          const onceKey = `task:${task.id}:${name}`;
          const written = await addTimeline(tx, { ...entry, incidentId: target, actor: agentActor(run), onceKey });
          // A note is for the people in the thread; the other kinds are told by messages of their own.
          if (entry.kind !== 'NOTE') return;
          const incident = await tx.incident.findUnique({ where: { id: target } });
          if (incident !== null) await sayNotice(tx, incident, written);
        });
        wakeTask(run);
        deps.wake('incident', target);
      });
    },
    incidentReport: () => durable.step(run.nameOf('record:report'), () => writeIncidentReport(deps.db, incidentId())),
    postReport: async (markdown) => {
      await durable.step(run.nameOf('record:post'), () => storeIncidentReport(deps, by, incidentId(), markdown));
      wakeTask(run);
    },
  };
}
