import type { FindingDraft, TaskContext } from '../agents/task.ts';
import { databaseNow, inTransaction } from '../db.ts';
import { storeFinding } from '../evidence/store-finding.ts';
import { addTimeline } from '../incidents/timeline.ts';
import { askApproval } from './ask-approval.ts';
import { askPerson } from './ask-person.ts';
import { agentActor, carryOut } from './carry-out.ts';
import { createDelegation } from './delegate.ts';
import { runTool } from './run-tool.ts';
import { sayTask } from './say-task.ts';
import { shownStep, wakeTask } from './step.ts';
import { createTaskRecord } from './task-record.ts';
import type { TaskRun } from './task-run.ts';
import { TaskCancelled } from './task-run.ts';
import { think } from './think.ts';
import { writeWords } from './write-words.ts';

/** What a running task may do, over the engine, the record and the ports. */
export function createTaskContext(run: TaskRun): TaskContext {
  const { deps, task } = run;
  const { durable } = deps;
  const delegate = createDelegation(run);
  return {
    taskId: task.id,
    number: `T-${task.number}`,
    locale: task.locale,
    trigger: task.trigger,
    llm: task.llm,
    has: { metrics: task.metrics },
    record: createTaskRecord(run),
    step: (name, title, fn) =>
      shownStep(run, { name: run.at(name), title, seq: run.nextSeq() }, async () => ({
        value: await fn(),
        end: { status: 'SUCCEEDED', summary: null },
      })),
    tool: (name, title, tool, args) => runTool(run, run.at(name), title, tool, args),
    delegate: (name, title, agentId, taskType, input) => delegate(run.at(name), title, agentId, taskType, input),
    approve: (name, title, action) => askApproval(run, run.at(name), title, action),
    effect: (name, title, approvalId, action) => carryOut(run, run.at(name), title, approvalId, action),
    write: (name, title, request) => writeWords(run, run.at(name), title, request),
    think: (name, request) => think(run, run.at(name), request),
    actionOutcome: async (approvalId, outcome) => {
      await durable.step(run.nameOf('action-outcome'), async () => {
        await inTransaction(deps.db, async (tx) => {
          const approval = await tx.approval.findUniqueOrThrow({ where: { id: approvalId } });
          await tx.proposedAction.update({ where: { id: approval.actionId }, data: { outcome } });
          await sayTask(tx, task, 'ACTION_RESULT', { broadcast: outcome !== 'VERIFIED' });
          await deps.audit(tx, {
            actor: agentActor(run),
            operation: 'actionVerify',
            subject: { type: 'Approval', id: approvalId },
            input: { outcome },
            outcome: outcome.toLowerCase(),
            correlationId: task.correlationId,
          });
        });
        wakeTask(run);
      });
    },
    ask: (name, title, request) => askPerson(run, run.at(name), title, request),
    wait: async (name, ms) => {
      // A wait ends early when somebody asks for the end.
      await durable.receive('cancel', ms);
      await endIfCancelled(run, `${name}:after`);
    },
    waitUntil: async (name, at) => {
      for (let round = 0; ; round++) {
        const now = await durable.step(`${name}:now:${round}`, async () => (await databaseNow(deps.db)).getTime());
        const leftMs = at.getTime() - now;
        if (leftMs <= 0) return;
        await durable.receive('cancel', Math.min(leftMs, longestWaitMs));
        await endIfCancelled(run, `${name}:after:${round}`);
      }
    },
    now: async (name) => new Date(await durable.step(name, async () => (await databaseNow(deps.db)).toISOString())),
    conclude: (finding) => {
      const name = run.nameOf('conclude');
      return durable.step(name, () => keepFinding(run, name, finding));
    },
  };
}

/** Timers longer than some weeks would fire at once; a clock that was set right is noticed as well. */
const longestWaitMs = 6 * 3_600_000;

async function endIfCancelled(run: TaskRun, name: string): Promise<void> {
  const { deps, task } = run;
  const cancelled = await deps.durable.step(name, async () => {
    const row = await deps.db.task.findUniqueOrThrow({ where: { id: task.id }, select: { cancelRequested: true } });
    return row.cancelRequested;
  });
  if (cancelled) throw new TaskCancelled();
}

async function keepFinding(run: TaskRun, name: string, finding: FindingDraft) {
  const { deps, task } = run;
  const stored = await storeFinding(deps, {
    taskId: task.id,
    incidentId: task.incidentId,
    stepKey: `${task.id}:${name}`,
    locale: task.locale,
    finding,
  });
  await inTransaction(deps.db, async (tx) => {
    if (stored.writtenByModel) await tx.task.update({ where: { id: task.id }, data: { analysisWritten: true } });
    if (task.incidentId !== null) {
      await addTimeline(tx, {
        incidentId: task.incidentId,
        kind: 'FINDING',
        actor: agentActor(run),
        text: stored.headline,
        evidenceRefs: [...new Set([...finding.situation, ...finding.reasons].flatMap((claim) => claim.evidenceRefs))],
        subject: { type: 'Finding', id: stored.id },
        onceKey: `finding:${stored.id}`,
      });
    }
    await sayTask(tx, task, 'TASK_PROGRESS', { priority: 'FINDING' });
  });
  wakeTask(run);
  if (task.incidentId !== null) deps.wake('incident', task.incidentId);
  return { findingId: stored.id, droppedClaims: stored.droppedClaims, confidence: stored.confidence };
}
