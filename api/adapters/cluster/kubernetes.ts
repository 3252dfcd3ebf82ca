import {
  ApiException,
  AppsV1Api,
  type ConfigurationOptions,
  CoreV1Api,
  KubeConfig,
  type ObservableMiddleware,
  PatchStrategy,
  setHeaderOptions,
  type V1Deployment,
  type V1Pod,
} from '@kubernetes/client-node';
import { z } from 'zod';
import { AppError } from '../../../lib/errors.ts';
import { redactText } from '../../../lib/redact.ts';
import type { ChangeAnswer, Cluster, WorkloadRef, WorkloadState } from '../../ports/cluster.ts';
import { endsWith } from './request-signal.ts';

/** Which cluster is reached, and as whom: a kubeconfig file with a context, or the pod's own account when neither is given. */
export interface KubernetesOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
  /** Namespaces that may be touched; all that the account may, when left out. */
  readonly namespaces?: readonly string[];
}

const restartedAt = 'kubectl.kubernetes.io/restartedAt';
const changeKey = 'agentic-ai/change-key';
const statusBody = z.object({ message: z.string() });

type RequestOptions = ConfigurationOptions<ObservableMiddleware>;

/** Deployments of one cluster. A restart is one merge patch of the pod template; the same key sends nothing a second time. */
export function createKubernetes(options: KubernetesOptions = {}): Cluster {
  const config = new KubeConfig();
  if (options.kubeconfig === undefined) config.loadFromCluster();
  else config.loadFromFile(options.kubeconfig);
  if (options.context !== undefined) config.setCurrentContext(options.context);
  const apps = config.makeApiClient(AppsV1Api);
  const core = config.makeApiClient(CoreV1Api);

  const place = (ref: WorkloadRef) => {
    const namespace = ref.namespace ?? 'default';
    if (options.namespaces !== undefined && !options.namespaces.includes(namespace)) {
      throw new AppError('POLICY_REFUSED', `The namespace ${namespace} is not among those that may be touched.`);
    }
    return { name: ref.name, namespace };
  };

  async function read(ref: WorkloadRef, signal: AbortSignal): Promise<WorkloadState> {
    const at = place(ref);
    const base = { kind: 'deployment' as const, name: at.name, namespace: at.namespace };
    let deployment: V1Deployment;
    try {
      deployment = await apps.readNamespacedDeployment(at, endsWith(signal));
    } catch (error) {
      if (error instanceof ApiException && error.code === 404) return { ...base, ...missing };
      throw translate(error);
    }
    const desired = deployment.spec?.replicas ?? 1;
    const ready = deployment.status?.readyReplicas ?? 0;
    const annotations = deployment.spec?.template.metadata?.annotations ?? {};
    const pods = await podsOf(deployment, at.namespace, signal);
    return {
      ...base,
      status: ready === 0 ? 'stopped' : ready < desired ? 'degraded' : 'running',
      desiredReplicas: desired,
      readyReplicas: ready,
      generation: deployment.metadata?.generation ?? 0,
      startedAt: annotations[restartedAt] ?? deployment.metadata?.creationTimestamp?.toISOString() ?? null,
      exit: lastExit(pods),
      lastChangeKey: annotations[changeKey] ?? null,
      notes: await notesOf(deployment, pods, at, signal),
    };
  }

  /** Pods are read when the account may; without that right the deployment's own numbers are enough. */
  async function podsOf(deployment: V1Deployment, namespace: string, signal: AbortSignal): Promise<V1Pod[]> {
    const labels = Object.entries(deployment.spec?.selector.matchLabels ?? {});
    const labelSelector = labels.map(([name, value]) => `${name}=${value}`).join(',');
    if (labelSelector === '') return [];
    const list = await core
      .listNamespacedPod({ namespace, labelSelector, limit: 50 }, endsWith(signal))
      .catch(orForbidden);
    return list?.items ?? [];
  }

  async function notesOf(
    deployment: V1Deployment,
    pods: V1Pod[],
    at: { name: string; namespace: string },
    signal: AbortSignal,
  ): Promise<string[]> {
    const fieldSelector = `involvedObject.kind=Deployment,involvedObject.name=${at.name}`;
    const events = await core
      .listNamespacedEvent({ namespace: at.namespace, fieldSelector, limit: 20 }, endsWith(signal))
      .catch(orForbidden);
    const told = (events?.items ?? [])
      .toSorted((one, other) => (other.lastTimestamp?.getTime() ?? 0) - (one.lastTimestamp?.getTime() ?? 0))
      .map((event) => `${event.type ?? ''} ${event.reason ?? ''}: ${event.message ?? ''}`);
    const waiting = pods.flatMap((pod) =>
      (pod.status?.containerStatuses ?? []).flatMap(({ state }) =>
        state?.waiting?.reason === undefined
          ? []
          : [`${pod.metadata?.name ?? 'pod'} waits: ${state.waiting.reason} ${state.waiting.message ?? ''}`],
      ),
    );
    const conditions = (deployment.status?.conditions ?? [])
      .filter((one) => one.status !== 'True' || one.type === 'ReplicaFailure')
      .map((one) => `${one.type} ${one.status}: ${one.message ?? ''}`);
    return [...waiting, ...conditions, ...told].map((note) => redactText(note.trim()).slice(0, 300)).slice(0, 20);
  }

  async function restart(ref: WorkloadRef, key: string, signal: AbortSignal): Promise<ChangeAnswer> {
    const at = place(ref);
    try {
      const before = await apps.readNamespacedDeployment(at, endsWith(signal));
      if (before.spec?.template.metadata?.annotations?.[changeKey] === key) {
        return {
          accepted: true,
          answer: `Already restarted for this request (generation ${before.metadata?.generation ?? 0}).`,
        };
      }
      const annotations = { [restartedAt]: new Date().toISOString(), [changeKey]: key };
      const merge: RequestOptions = setHeaderOptions('Content-Type', PatchStrategy.MergePatch, endsWith(signal));
      const after = await apps.patchNamespacedDeployment(
        { ...at, body: { spec: { template: { metadata: { annotations } } } }, fieldManager: 'agentic-ai' },
        merge,
      );
      return { accepted: true, answer: `Rollout restarted, generation ${after.metadata?.generation ?? 0}.` };
    } catch (error) {
      const refused = refusal(error);
      if (refused !== null) return { accepted: false, answer: refused };
      throw translate(error);
    }
  }

  return {
    read,
    restart,
    runCommand: (name) => Promise.resolve({ accepted: false, answer: `${name} is not an allowed command here.` }),
    commands: () => [],
    describeRestart: (ref) => ({
      command: `kubectl -n ${ref.namespace ?? 'default'} rollout restart deployment/${ref.name}`,
      effect: `All pods of ${ref.name} are replaced step by step, as its update strategy says.`,
      undo: `kubectl -n ${ref.namespace ?? 'default'} rollout undo deployment/${ref.name}`,
    }),
  };
}

const missing = {
  status: 'missing' as const,
  desiredReplicas: 0,
  readyReplicas: 0,
  generation: 0,
  startedAt: null,
  exit: null,
  lastChangeKey: null,
  notes: [],
};

/** The cluster's own words when it said no; null when it gave no such answer. */
function refusal(error: unknown): string | null {
  if (
    !(error instanceof ApiException) ||
    error.code < 400 ||
    error.code >= 500 ||
    error.code === 408 ||
    error.code === 429
  )
    return null;
  const body = statusBody.safeParse(parsed(error.body));
  return redactText(body.success ? body.data.message : `The cluster refused (${error.code}).`).slice(0, 500);
}

function parsed(body: unknown): unknown {
  if (typeof body !== 'string') return body;
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}

function translate(error: unknown): unknown {
  if (error instanceof AppError) return error;
  const refused = refusal(error);
  if (refused !== null) return new AppError('UPSTREAM_REJECTED', refused, { cause: error });
  return new AppError('UPSTREAM_UNAVAILABLE', 'The Kubernetes API did not answer.', { cause: error, retryable: true });
}

/** A list the account may not read is left out; anything else is a fault. */
function orForbidden(error: unknown): null {
  if (error instanceof ApiException && error.code === 403) return null;
  throw translate(error);
}

function lastExit(pods: readonly V1Pod[]): string | null {
  const ended = pods
    .flatMap((pod) => pod.status?.containerStatuses ?? [])
    .flatMap(({ state, lastState }) => state?.terminated ?? lastState?.terminated ?? [])
    .toSorted((one, other) => (other.finishedAt?.getTime() ?? 0) - (one.finishedAt?.getTime() ?? 0))[0];
  return ended === undefined
    ? null
    : `exit code ${ended.exitCode}${ended.reason === undefined ? '' : ` (${ended.reason})`}`;
}
