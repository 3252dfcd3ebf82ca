import { z } from 'zod';
import { AppError } from '../../lib/errors.ts';
import type { Cluster, WorkloadRef } from '../ports/cluster.ts';
import type { ToolPorts } from './tool.ts';

/** A process of the local runner or a Kubernetes deployment. */
export const workloadArgs = z.strictObject({
  kind: z.enum(['process', 'deployment']),
  namespace: z.string().min(1).max(63).nullable(),
  name: z.string().min(1).max(253),
});

/** The part of the outside that holds this workload. */
export function clusterOf(ref: WorkloadRef, ports: ToolPorts): Cluster {
  if (ref.kind === 'process') return ports.processes;
  if (ports.kubernetes === null) throw new AppError('NOT_CONFIGURED', 'Kubernetes is not configured.');
  return ports.kubernetes;
}

/** One string that names the target: what its lock and its approval are bound to. */
export function targetOf(ref: WorkloadRef): string {
  return ref.kind === 'process' ? `process/${ref.name}` : `deployment/${ref.namespace ?? 'default'}/${ref.name}`;
}
