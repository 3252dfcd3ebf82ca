import { z } from 'zod';
import type { ControlPlane } from './control-plane.ts';

const anything = z.unknown();
const pods = z.object({
  items: z.array(
    z.object({
      metadata: z.object({
        name: z.string(),
        namespace: z.string(),
        creationTimestamp: z.string(),
        deletionTimestamp: z.string().optional(),
      }),
      spec: z.object({
        nodeName: z.string().optional(),
        containers: z.array(z.object({ name: z.string(), image: z.string() })),
      }),
      status: z.object({ phase: z.string().optional() }),
    }),
  ),
});
type Pod = z.infer<typeof pods>['items'][number];

const node = 'worker-1';
const everyMs = 200;

/** Plays the kubelet of one node: scheduled pods are Running and Ready some time after they were made, deleted ones go. */
export async function startKubelet(
  plane: ControlPlane,
  options: { readonly namespace: string; readonly startsInMs: number },
): Promise<{ stop(): Promise<void> }> {
  await plane.admin(anything, 'POST', '/api/v1/nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name: node } });
  const base = `/api/v1/namespaces/${options.namespace}/pods`;
  let stopped = false;
  let nextBeat = 0;

  const round = async () => {
    if (performance.now() > nextBeat) {
      await plane.admin(anything, 'PATCH', `/api/v1/nodes/${node}/status`, { status: nodeStatus() });
      nextBeat = performance.now() + 5_000;
    }
    for (const pod of (await plane.admin(pods, 'GET', base)).items) await care(pod);
  };
  const care = async (pod: Pod) => {
    const path = `${base}/${pod.metadata.name}`;
    if (pod.metadata.deletionTimestamp !== undefined) {
      await plane.call('admin', 'DELETE', path, { gracePeriodSeconds: 0 });
    } else if (pod.spec.nodeName === node && pod.status.phase === 'Pending' && ageMs(pod) > options.startsInMs) {
      await plane.call('admin', 'PATCH', `${path}/status`, { status: runningStatus(pod) });
    }
  };
  const life = (async () => {
    while (!stopped) {
      // One lost round is made up for by the next; a test that waits for its effect notices when all are lost.
      await round().catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
  })();
  return {
    async stop() {
      stopped = true;
      await life;
    },
  };
}

const ageMs = (pod: Pod): number => Date.now() - Date.parse(pod.metadata.creationTimestamp);

function nodeStatus() {
  const now = new Date().toISOString();
  const capacity = { cpu: '4', memory: '8Gi', pods: '50', 'ephemeral-storage': '20Gi' };
  const condition = { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'ready' };
  return {
    capacity,
    allocatable: capacity,
    conditions: [{ ...condition, lastHeartbeatTime: now, lastTransitionTime: now }],
  };
}

function runningStatus(pod: Pod) {
  const now = new Date().toISOString();
  const condition = (type: string) => ({ type, status: 'True', lastTransitionTime: now });
  return {
    phase: 'Running',
    startTime: now,
    conditions: ['PodScheduled', 'Initialized', 'ContainersReady', 'Ready'].map(condition),
    containerStatuses: pod.spec.containers.map(({ name, image }) => ({
      name,
      image,
      imageID: '',
      ready: true,
      started: true,
      restartCount: 0,
      state: { running: { startedAt: now } },
    })),
  };
}
