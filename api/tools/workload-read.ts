import type { z } from 'zod';
import { defineReadTool } from './tool.ts';
import { clusterOf, targetOf, workloadArgs } from './workload.ts';

/** What a workload reported about itself. */
export type WorkloadReading = {
  readonly target: string;
  readonly status: 'running' | 'degraded' | 'stopped' | 'missing';
  readonly desiredReplicas: number;
  readonly readyReplicas: number;
  readonly generation: number;
  readonly startedAt: string | null;
  readonly exit: string | null;
  readonly notes: string[];
};

/** State of a process or deployment, as the target itself reports it. */
export const workloadRead = defineReadTool<z.infer<typeof workloadArgs>, WorkloadReading>({
  name: 'workload.read',
  args: workloadArgs,
  timeoutMs: 10_000,
  run: async (args, ports, signal) => {
    const state = await clusterOf(args, ports).read(args, signal);
    const target = targetOf(args);
    const parts = [
      `${target} is ${state.status}`,
      state.kind === 'deployment' ? `${state.readyReplicas} of ${state.desiredReplicas} ready` : null,
      state.exit,
      state.startedAt === null ? null : `started ${state.startedAt}`,
    ];
    return {
      outcome: state.status === 'missing' ? 'no_data' : 'success',
      kind: 'other',
      title: `State of ${target}`,
      asked: `state of ${target}`,
      summary: parts.filter((part) => part !== null).join(', '),
      data: {
        target,
        status: state.status,
        desiredReplicas: state.desiredReplicas,
        readyReplicas: state.readyReplicas,
        generation: state.generation,
        startedAt: state.startedAt,
        exit: state.exit,
        notes: [...state.notes].slice(0, 20),
      },
    };
  },
});
