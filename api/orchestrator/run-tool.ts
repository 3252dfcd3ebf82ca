import { z } from 'zod';
import { withTimeout } from '../../lib/deadline.ts';
import { isAppError } from '../../lib/errors.ts';
import type { Bilingual } from '../agents/agent.ts';
import type { Json, ToolOutcome } from '../agents/task.ts';
import { storeEvidence } from '../evidence/store.ts';
import type { ReadTool, ToolReply } from '../tools/tool.ts';
import { shownStep } from './step.ts';
import type { TaskRun } from './task-run.ts';

/** Calls a read tool as one step: arguments checked, time limited, reply stored as evidence. The other side's faults are outcomes. */
export function runTool<A, D extends Json>(
  run: TaskRun,
  name: string,
  title: Bilingual,
  tool: ReadTool<A, D>,
  args: A,
): Promise<ToolOutcome<D>> {
  const step = { name, title, seq: run.nextSeq(), tool: tool.name };
  return shownStep<ToolOutcome<D>>(run, step, async () => {
    const reply = await callTool(run, tool, args);
    const stored = await storeEvidence(run.deps, {
      taskId: run.task.id,
      incidentId: run.task.incidentId,
      stepKey: `${run.task.id}:${name}`,
      tool: tool.name,
      reply: { ...reply, data: reply.data ?? {}, args },
    });
    const evidence = { id: stored.id, ref: stored.ref, summary: stored.summary };
    const end = {
      status: reply.outcome === 'error' ? ('FAILED' as const) : ('SUCCEEDED' as const),
      summary: stored.summary,
      evidenceRefs: [stored.ref],
    };
    if (reply.outcome === 'success' && reply.data !== null) {
      return { value: { outcome: 'success', data: reply.data, evidence }, end };
    }
    return {
      value: { outcome: reply.outcome === 'no_data' ? 'no_data' : 'error', reason: stored.summary, evidence },
      end,
    };
  });
}

async function callTool<A, D>(run: TaskRun, tool: ReadTool<A, D>, args: A): Promise<ToolReply<D> | ToolReply<null>> {
  const failed = (asked: string, summary: string): ToolReply<null> => ({
    outcome: 'error',
    kind: 'other',
    title: tool.name,
    asked,
    summary,
    data: null,
  });
  const parsed = tool.args.safeParse(args);
  if (!parsed.success) return failed(tool.name, z.prettifyError(parsed.error));
  const asked = `${tool.name} ${JSON.stringify(parsed.data)}`;
  try {
    return await withTimeout((signal) => tool.run(parsed.data, run.deps.ports, signal), tool.timeoutMs, tool.name);
  } catch (error) {
    if (isAppError(error)) {
      // Our own record being away is no answer of the other side: the step is done again.
      if (error.code === 'UNAVAILABLE') throw error;
      return failed(asked, error.message);
    }
    run.deps.log.error({ err: error, tool: tool.name, taskId: run.task.id }, 'tool failed');
    return failed(asked, 'The tool itself failed.');
  }
}
