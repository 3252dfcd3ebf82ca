import type { z } from 'zod';
import { defineActionTool } from './tool.ts';
import { clusterOf, targetOf, workloadArgs } from './workload.ts';

/** Restarts a process or deployment. What has recovered or been restarted by somebody else since the request is refused as changed. */
export const workloadRestart = defineActionTool<z.infer<typeof workloadArgs>>({
  name: 'workload.restart',
  args: workloadArgs,
  risk: 'medium',
  timeoutMs: 20_000,
  honoursKey: true,
  describe: (args, ports) => {
    const words = clusterOf(args, ports).describeRestart(args);
    return {
      title: `Restart ${args.name}`,
      target: targetOf(args),
      command: words.command,
      effect: words.effect,
      undo: words.undo,
      diff: null,
      estimatedMs: args.kind === 'process' ? 5_000 : 60_000,
    };
  },
  precondition: async (args, ports, signal) => {
    const state = await clusterOf(args, ports).read(args, signal);
    return { status: state.status, generation: state.generation, startedAt: state.startedAt };
  },
  perform: (args, key, ports, signal) => clusterOf(args, ports).restart(args, key, signal),
  check: async (args, key, ports, signal) => {
    const state = await clusterOf(args, ports).read(args, signal);
    return state.lastChangeKey === key ? 'arrived' : 'not_arrived';
  },
});
