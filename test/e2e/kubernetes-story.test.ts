import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { alertmanagerBody, firing, postAlerts } from '../support/alertmanager.ts';
import { type ControlPlane, describeOnControlPlane, startControlPlane } from '../support/control-plane.ts';
import { startKubelet } from '../support/kubelet.ts';
import {
  applyRights,
  DEPLOYMENT,
  deploy,
  deploymentPath,
  NAMESPACE,
  readDeployment,
  rollouts,
  serveHealth,
} from '../support/payment-deployment.ts';
import { type RunningProduct, startProduct } from '../support/product.ts';
import { APPROVER, CHANNEL, hasControl, parents, textOf, waitForParent, waitForReply } from '../support/thread.ts';
import { until } from '../support/until.ts';

const SYSTEM = 'payment-api-k8s';
const restartedAt = 'kubectl.kubernetes.io/restartedAt';
const created = z.object({ systemCreate: z.object({ userErrors: z.array(z.unknown()) }) });
const story = z.object({
  incidents: z.object({
    nodes: z.array(
      z.object({
        status: z.string(),
        approvals: z.object({
          nodes: z.array(
            z.object({
              status: z.string(),
              action: z.object({ command: z.string(), target: z.string(), outcome: z.string() }),
            }),
          ),
        }),
        tasks: z.object({
          nodes: z.array(
            z.object({ effects: z.array(z.object({ status: z.string(), accepted: z.boolean().nullable() })) }),
          ),
        }),
      }),
    ),
  }),
});

describeOnControlPlane('a deployment on a real Kubernetes API', () => {
  let plane: ControlPlane;
  let kubelet: Awaited<ReturnType<typeof startKubelet>>;
  let health: Awaited<ReturnType<typeof serveHealth>>;
  let product: RunningProduct;

  beforeAll(async () => {
    plane = await startControlPlane();
    const metadata = { name: NAMESPACE };
    await plane.admin(z.unknown(), 'POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata });
    await applyRights(plane, 'k8s/backend/rbac-restart.yaml');
    kubelet = await startKubelet(plane, { namespace: NAMESPACE, startsInMs: 1_500 });
    await deploy(plane);
    await deploy(plane, 'ledger');
    health = await serveHealth(plane);
    product = await startProduct({
      KUBECONFIG: plane.kubeconfig,
      KUBE_CONTEXT: 'bot',
      SAMPLE_SYSTEM: 'false',
      HEALTH_CHECK_CRON: '0 0 3 1 1 *',
    });
    const answer = await product.query(
      'mutation ($input: SystemCreateInput!) { systemCreate(input: $input) { userErrors { code message } } }',
      {
        input: {
          idempotencyKey: 'system-payment-api-k8s',
          name: SYSTEM,
          displayName: 'Payment API on Kubernetes',
          environment: 'PROD',
          healthUrl: health.url,
          workload: { kind: 'deployment', namespace: NAMESPACE, name: DEPLOYMENT },
        },
      },
    );
    expect(created.parse(answer).systemCreate.userErrors).toEqual([]);
  });

  afterAll(async () => {
    await product?.stop();
    await health?.stop();
    await kubelet?.stop();
    await plane?.stop();
  });

  test('its Role lets the product read and restart that deployment and nothing else', async () => {
    const as = (method: 'GET' | 'PATCH' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown) =>
      plane.call('bot', method, path, body).then((answer) => answer.status);
    const pods = `/api/v1/namespaces/${NAMESPACE}/pods`;

    expect(await as('GET', deploymentPath())).toBe(200);
    expect(await as('GET', pods)).toBe(200);
    expect(await as('GET', `/api/v1/namespaces/${NAMESPACE}/events`)).toBe(200);
    expect(await as('DELETE', deploymentPath())).toBe(403);
    expect(await as('PATCH', `${deploymentPath()}/scale`, { spec: { replicas: 3 } })).toBe(403);
    expect(await as('PUT', `${deploymentPath()}/scale`, {})).toBe(403);
    expect(await as('PATCH', deploymentPath('ledger'), { spec: { template: {} } })).toBe(403);
    expect(await as('POST', pods, {})).toBe(403);
    expect(await as('DELETE', pods)).toBe(403);
    expect(await as('GET', `/api/v1/namespaces/${NAMESPACE}/secrets`)).toBe(403);
    expect(await as('GET', '/api/v1/namespaces/default/pods')).toBe(403);
    expect((await readDeployment(plane)).spec.replicas).toBe(1);
  });

  test('is restarted once after an approval, under that Role, and verified by a fresh check', async () => {
    const { slack } = product;
    const before = await readDeployment(plane);
    expect(await rollouts(plane)).toHaveLength(1);
    const labels = { alertname: 'PaymentApiDown', system: SYSTEM, severity: 'critical' };
    const accepted = await postAlerts(product, alertmanagerBody([firing({ labels })]));
    expect(accepted.ok).toBe(true);

    const card = await until(
      async () => (await parents(slack)).find((message) => hasControl(message, 'incident.acknowledge')),
      { what: 'the incident card', timeoutMs: 20_000 },
    );
    const request = await waitForReply(slack, card.ts, 'the approval card', (message) =>
      hasControl(message, 'approval.approve'),
    );
    expect(textOf(request)).toContain(`kubectl -n ${NAMESPACE} rollout restart deployment/${DEPLOYMENT}`);
    expect((await readDeployment(plane)).metadata.generation, 'nothing ran before the approval').toBe(
      before.metadata.generation,
    );
    const atApproval = health.answers.length;
    await slack.press({ user: APPROVER, channel: CHANNEL, ts: request.ts, action_id: 'approval.approve' });
    const resolved = await waitForParent(slack, card.ts, 'the resolved card', (message) =>
      textOf(message).includes('🟢'),
    );

    expect(textOf(resolved)).not.toContain('incident.acknowledge');
    const after = await readDeployment(plane);
    expect(after.spec.template.metadata.annotations[restartedAt]).toBeDefined();
    expect(after.metadata.generation, 'one change of the deployment').toBe(before.metadata.generation + 1);
    expect(after.spec.replicas).toBe(1);
    expect(await rollouts(plane), 'the first rollout and one restart').toHaveLength(2);
    expect(health.answers.slice(atApproval), 'looked at afresh after the restart').toContain(200);
    const { incidents } = story.parse(
      await product.query(`{ incidents(first: 2) { nodes { status
        approvals { nodes { status action { command target outcome } } }
        tasks(first: 20) { nodes { effects { status accepted } } } } } }`),
    );
    expect(incidents.nodes).toHaveLength(1);
    expect(incidents.nodes[0]?.status).toBe('RESOLVED');
    expect(incidents.nodes[0]?.approvals.nodes).toEqual([
      {
        status: 'APPROVED',
        action: {
          command: `kubectl -n ${NAMESPACE} rollout restart deployment/${DEPLOYMENT}`,
          target: `deployment/${NAMESPACE}/${DEPLOYMENT}`,
          outcome: 'VERIFIED',
        },
      },
    ]);
    expect(incidents.nodes[0]?.tasks.nodes.flatMap((task) => task.effects)).toEqual([
      { status: 'DONE', accepted: true },
    ]);
  });
});
