import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { projectPath } from '../../lib/project-path.ts';
import type { ControlPlane } from './control-plane.ts';
import { freePort } from './free-port.ts';
import { until } from './until.ts';

const anything = z.unknown();
const manifest = z.looseObject({
  apiVersion: z.string(),
  kind: z.enum(['Role', 'RoleBinding']),
  metadata: z.object({ name: z.string(), namespace: z.string() }),
});
const revision = 'deployment.kubernetes.io/revision';
const replicaSets = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string(), annotations: z.record(z.string(), z.string()) }),
      status: z.object({ readyReplicas: z.number().default(0) }),
    }),
  ),
});
const deployment = z.object({
  metadata: z.object({ generation: z.number() }),
  spec: z.object({
    replicas: z.number(),
    template: z.object({ metadata: z.object({ annotations: z.record(z.string(), z.string()).default({}) }) }),
  }),
  status: z.object({ readyReplicas: z.number().default(0) }),
});

export const NAMESPACE = 'payments';
export const DEPLOYMENT = 'payment-api';
export const deploymentPath = (name = DEPLOYMENT): string =>
  `/apis/apps/v1/namespaces/${NAMESPACE}/deployments/${name}`;

/** Applies a file of Roles and RoleBindings, as `kubectl apply -f` would. */
export async function applyRights(plane: ControlPlane, file: string): Promise<void> {
  for (const document of parseAllDocuments(readFileSync(projectPath(file), 'utf8'))) {
    const one = manifest.parse(document.toJS());
    const kind = one.kind === 'Role' ? 'roles' : 'rolebindings';
    await plane.admin(anything, 'POST', `/apis/${one.apiVersion}/namespaces/${one.metadata.namespace}/${kind}`, one);
  }
}

/** Makes a deployment of one pod and waits until it is ready. */
export async function deploy(plane: ControlPlane, name = DEPLOYMENT): Promise<void> {
  const labels = { app: name };
  await plane.admin(anything, 'POST', deploymentPath().slice(0, -DEPLOYMENT.length - 1), {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: NAMESPACE },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'main', image: `example/${name}:1.0.0` }] } },
    },
  });
  await until(async () => (await readDeployment(plane, name)).status.readyReplicas === 1, {
    what: `a ready pod of ${name}`,
    timeoutMs: 40_000,
    everyMs: 200,
  });
}

/** The deployment as the cluster has it. */
export const readDeployment = (plane: ControlPlane, name = DEPLOYMENT): Promise<z.infer<typeof deployment>> =>
  plane.admin(deployment, 'GET', deploymentPath(name));

/** Its replica sets, oldest first: one for each rollout. */
export async function rollouts(plane: ControlPlane): Promise<readonly { name: string; ready: boolean }[]> {
  const path = `/apis/apps/v1/namespaces/${NAMESPACE}/replicasets?labelSelector=app%3D${DEPLOYMENT}`;
  const { items } = await plane.admin(replicaSets, 'GET', path);
  return items
    .toSorted((one, other) => Number(one.metadata.annotations[revision]) - Number(other.metadata.annotations[revision]))
    .map(({ metadata, status }) => ({ name: metadata.name, ready: status.readyReplicas > 0 }));
}

/** The health address of a service whose first rollout is broken: 200 only while a pod of a later one is ready. */
export async function serveHealth(
  plane: ControlPlane,
): Promise<{ readonly url: string; readonly answers: number[]; stop(): Promise<void> }> {
  const answers: number[] = [];
  const server = createServer((_request, response) => {
    void rollouts(plane)
      .then((all) => (all.length > 1 && all.at(-1)?.ready === true ? 200 : 503))
      .catch(() => 500)
      .then((status) => {
        answers.push(status);
        response.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
        response.end(JSON.stringify({ status: status === 200 ? 'ok' : 'failing' }));
      });
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${port}/healthz`,
    answers,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
