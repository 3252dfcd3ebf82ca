import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { type ControlPlane, describeOnControlPlane, startControlPlane } from '../support/control-plane.ts';
import { contractFiles, type Manifest, manifestFiles, manifestsOf } from '../support/manifests.ts';
import { startProcess } from '../support/process.ts';
import { until } from '../support/until.ts';

const plurals: Readonly<Record<string, string>> = { NetworkPolicy: 'networkpolicies', Ingress: 'ingresses' };
const NAMESPACE = '/api/v1/namespaces/agentic-ai';
const status = z.looseObject({ message: z.string().optional() });

/** Where an object of its kind is made. */
function collectionOf({ apiVersion, kind, metadata }: Manifest): string {
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const plural = plurals[kind] ?? `${kind.toLowerCase()}s`;
  return metadata.namespace === undefined ? `${root}/${plural}` : `${root}/namespaces/${metadata.namespace}/${plural}`;
}

describeOnControlPlane("the contract's files on a real Kubernetes API", () => {
  let plane: ControlPlane;
  let known: ReadonlySet<string>;

  /** Kinds this API server is too old for are checked against the specification instead. */
  const isKnown = ({ apiVersion, kind }: Manifest) => known.has(`${apiVersion} ${kind}`);
  const create = (manifest: Manifest, dryRun = false) =>
    plane.call('admin', 'POST', `${collectionOf(manifest)}${dryRun ? '?dryRun=All' : ''}`, manifest);
  const pods = async (app: string) =>
    (
      await plane.admin(
        z.object({ items: z.array(z.looseObject({ spec: z.looseObject({}) })) }),
        'GET',
        `${NAMESPACE}/pods?labelSelector=app%3D${app}`,
      )
    ).items;
  const may = async (account: string, verb: string, resource: string, name?: string, namespace = 'agentic-ai') => {
    const answer = await plane.admin(
      z.object({ status: z.object({ allowed: z.boolean() }) }),
      'POST',
      '/apis/authorization.k8s.io/v1/subjectaccessreviews',
      {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SubjectAccessReview',
        spec: {
          user: `system:serviceaccount:agentic-ai:${account}`,
          groups: ['system:serviceaccounts', 'system:authenticated'],
          resourceAttributes: { verb, resource, namespace, ...(name === undefined ? {} : { name }) },
        },
      },
    );
    return answer.status.allowed;
  };

  beforeAll(async () => {
    plane = await startControlPlane();
    const groups = [
      'v1',
      'apps/v1',
      'batch/v1',
      'rbac.authorization.k8s.io/v1',
      'networking.k8s.io/v1',
      'policy/v1',
      'autoscaling/v2',
    ];
    const lists = await Promise.all(
      groups.map(async (version) => {
        const answer = await plane.call('admin', 'GET', `${version.includes('/') ? '/apis' : '/api'}/${version}`);
        const list = z.object({ resources: z.array(z.object({ kind: z.string() })) }).safeParse(answer.body);
        return list.success ? list.data.resources.map(({ kind }) => `${version} ${kind}`) : [];
      }),
    );
    known = new Set(lists.flat());
  });
  afterAll(() => plane?.stop());

  test('applied in its order, after the two secrets, every object is taken', async () => {
    const secrets: Readonly<Record<string, Readonly<Record<string, string>>>> = {
      'backend-secret': {
        AZURE_OPENAI_API_KEY: 'key',
        AZURE_OPENAI_ENDPOINT: 'https://example.openai.azure.com',
        AZURE_OPENAI_DEPLOYMENT: 'gpt-4',
        AZURE_OPENAI_EMBEDDING_DEPLOYMENT: 'text-embedding-ada-002',
      },
      'postgres-secret': { POSTGRES_PASSWORD: 'secure-password' },
    };
    const refused: string[] = [];
    const left: string[] = [];
    for (const file of contractFiles) {
      for (const manifest of manifestsOf(file)) {
        if (!isKnown(manifest)) {
          left.push(`${manifest.apiVersion} ${manifest.kind}`);
          continue;
        }
        const answer = await create(manifest);
        if (answer.status >= 300) refused.push(`${file} ${manifest.kind}: ${status.parse(answer.body).message}`);
      }
      if (file === 'k8s/namespace.yaml')
        for (const [name, stringData] of Object.entries(secrets))
          await plane.admin(z.unknown(), 'POST', `${NAMESPACE}/secrets`, {
            apiVersion: 'v1',
            kind: 'Secret',
            metadata: { name },
            stringData,
          });
    }

    expect(refused).toEqual([]);
    expect([...new Set(left)]).toEqual(['policy/v1 PodDisruptionBudget']);
  });

  test('the controllers make the pods that were asked for, and scaling works as an operator types it', async () => {
    await until(async () => (await pods('backend')).length === 3, { what: 'three backends', timeoutMs: 30_000 });
    await until(async () => (await pods('frontend')).length === 2, { what: 'two consoles', timeoutMs: 30_000 });
    await until(async () => (await pods('postgres')).length === 1, { what: 'postgres-0', timeoutMs: 30_000 });
    expect((await pods('prometheus')).length + (await pods('grafana')).length).toBe(2);

    await plane.admin(z.unknown(), 'PATCH', '/apis/apps/v1/namespaces/agentic-ai/deployments/backend/scale', {
      spec: { replicas: 5 },
    });

    await until(async () => (await pods('backend')).length === 5, { what: 'five backends', timeoutMs: 30_000 });
  });

  test('the services find these pods', async () => {
    for (const name of ['postgres', 'backend', 'frontend', 'prometheus', 'grafana']) {
      const service = await plane.admin(
        z.looseObject({ spec: z.looseObject({ selector: z.object({ app: z.string() }) }) }),
        'GET',
        `${NAMESPACE}/services/${name}`,
      );
      expect(await pods(service.spec.selector.app), name).not.toEqual([]);
    }
  });

  test.each(manifestFiles)('a dry run of %s on the server is accepted', async (file) => {
    for (const namespace of ['payments']) {
      const metadata = { name: namespace };
      await plane.call('admin', 'POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata });
    }
    for (const manifest of manifestsOf(file).filter(isKnown)) {
      const answer = await create(manifest, true);
      // What the sequence has made already is there; that too was validated first.
      if (answer.status !== 409)
        expect(answer.status, `${manifest.kind} ${status.parse(answer.body).message ?? ''}`).toBeLessThan(300);
    }
  });

  test('the product may do nothing in its own namespace, and the maker of the keys only that', async () => {
    expect(await may('backend', 'get', 'secrets', 'postgres-secret')).toBe(false);
    expect(await may('backend', 'list', 'pods')).toBe(false);
    expect(await may('backend-keys', 'create', 'secrets')).toBe(true);
    expect(await may('backend-keys', 'get', 'secrets', 'backend-keys')).toBe(true);
    expect(await may('backend-keys', 'get', 'secrets', 'postgres-secret')).toBe(false);
    expect(await may('backend-keys', 'list', 'secrets')).toBe(false);
    expect(await may('backend-keys', 'update', 'secrets', 'backend-keys')).toBe(false);
    expect(await may('prometheus', 'list', 'pods')).toBe(true);
    expect(await may('prometheus', 'get', 'secrets', 'backend-keys')).toBe(false);
  });

  test('the role for reading in another namespace lets nothing be changed', async () => {
    for (const manifest of manifestsOf('k8s/backend/rbac-read.yaml')) await create(manifest);

    expect(await plane.call('bot', 'GET', '/api/v1/namespaces/payments/pods')).toMatchObject({ status: 200 });
    expect(await plane.call('bot', 'DELETE', '/api/v1/namespaces/payments/pods/x')).toMatchObject({ status: 403 });
    expect(await plane.call('bot', 'GET', '/api/v1/namespaces/payments/secrets')).toMatchObject({ status: 403 });
  });

  test('the Job makes the keys once; a second run leaves them as they are', async () => {
    const read = () =>
      plane.admin(z.object({ data: z.record(z.string(), z.string()) }), 'GET', `${NAMESPACE}/secrets/backend-keys`);
    const run = async () => {
      const job = startProcess('api/adapters/cluster/keys-main.js', [], { env: { KUBECONFIG: plane.kubeconfig } });
      return { ...(await job.exited), printed: job.lines.join('\n') };
    };

    expect(await run()).toMatchObject({ code: 0, printed: 'The secret backend-keys was made.' });
    const { data } = await read();
    expect(await run()).toMatchObject({ code: 0, printed: 'The secret backend-keys is there.' });

    expect((await read()).data).toEqual(data);
    expect(Object.keys(data).sort()).toEqual([
      'ADMIN_API_KEY',
      'ALERTS_TOKEN',
      'AUDIT_KEY',
      'BOT_API_KEY',
      'WEB_API_KEY',
    ]);
    expect(Buffer.from(data.AUDIT_KEY ?? '', 'base64').toString()).toHaveLength(32);
  });
});
