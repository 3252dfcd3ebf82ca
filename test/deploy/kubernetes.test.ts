import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { apiConfigSchema } from '../../api/config.ts';
import { botConfigSchema } from '../../bot/config.ts';
import { projectPath } from '../../lib/project-path.ts';
import { describeWith, findProgram } from '../support/debian.ts';
import { deployFiles } from '../support/deploy-files.ts';
import {
  contractFiles,
  type Manifest,
  manifestFiles,
  manifestSchema,
  manifestsOf,
  podTemplateOf,
} from '../support/manifests.ts';

const all = manifestFiles.flatMap(manifestsOf);
const ours = all.filter(({ metadata }) => metadata.namespace === 'agentic-ai');
const workloads = all.flatMap((manifest) => {
  const pods = podTemplateOf(manifest);
  return pods === null ? [] : [{ manifest, pods, app: pods.metadata.labels.app ?? '' }];
});
const overlays = ['dev', 'production', 'aks'];

test.each(Object.entries(deployFiles()))('%s repeats what stands elsewhere (npm run deploy:files)', (file, text) => {
  expect(readFileSync(projectPath(file), 'utf8')).toBe(text);
});

test('every object has one name only once', () => {
  const names = all.map(({ kind, metadata }) => `${kind} ${metadata.namespace}/${metadata.name}`);

  expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
});

test.each(workloads.map((one) => [`${one.manifest.kind} ${one.manifest.metadata.name}`, one] as const))(
  '%s runs without rights, within limits, from a fixed image',
  (_, { pods }) => {
    const { spec } = pods;
    expect(spec.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
    for (const one of spec.containers) {
      expect(one.securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      expect(one.image).toMatch(/:[\w.-]*\d[\w.-]*$/);
      expect(one.image).not.toContain('latest');
      if (one.image.startsWith('agentic-ai-')) expect(spec.securityContext.runAsUser).toBeGreaterThanOrEqual(10_000);
      const volumes = spec.volumes.map(({ name }) => name);
      for (const mount of one.volumeMounts) expect([...volumes, 'data'], mount.name).toContain(mount.name);
    }
  },
);

test('selectors find the pods they are meant for', () => {
  for (const { manifest, pods } of workloads) {
    if (manifest.kind !== 'Deployment' && manifest.kind !== 'StatefulSet') continue;
    expect(manifest.spec?.selector, manifest.metadata.name).toEqual({ matchLabels: { app: pods.metadata.labels.app } });
  }
  for (const service of all.filter(({ kind }) => kind === 'Service')) {
    const { selector, ports } = z
      .looseObject({
        selector: z.object({ app: z.string() }),
        ports: z.array(z.looseObject({ targetPort: z.string() })),
      })
      .parse(service.spec);
    const target = workloads.find(({ app }) => app === selector.app);
    const open = target?.pods.spec.containers.flatMap((one) => one.ports.map(({ name }) => name)) ?? [];
    for (const { targetPort } of ports) expect(open, service.metadata.name).toContain(targetPort);
  }
  for (const budget of all.filter(({ kind }) => kind === 'PodDisruptionBudget'))
    expect(workloads.map(({ app }) => ({ matchLabels: { app } }))).toContainEqual(budget.spec?.selector);
});

type SecretKeys = Readonly<Record<string, readonly string[]>>;
const contractSecrets: SecretKeys = {
  'backend-secret': [
    'AZURE_OPENAI_API_KEY',
    'AZURE_OPENAI_ENDPOINT',
    'AZURE_OPENAI_DEPLOYMENT',
    'AZURE_OPENAI_EMBEDDING_DEPLOYMENT',
  ],
  'postgres-secret': ['POSTGRES_PASSWORD'],
  // Made by the Job in backend/deployment.yaml.
  'backend-keys': ['AUDIT_KEY', 'BOT_API_KEY', 'ADMIN_API_KEY', 'WEB_API_KEY', 'ALERTS_TOKEN'],
};

test.each<readonly [string, readonly Manifest[], SecretKeys]>([
  ["the contract's files", contractFiles.flatMap(manifestsOf), contractSecrets],
  ['all files', ours, { ...contractSecrets, 'bot-secret': ['SLACK_BOT_TOKEN'] }],
])('%s need no secret or settings that nobody makes', (_, manifests, secrets) => {
  const maps = new Set(manifests.filter(({ kind }) => kind === 'ConfigMap').map(({ metadata }) => metadata.name));
  const missing = manifests.flatMap((manifest) => {
    const spec = podTemplateOf(manifest)?.spec;
    if (spec === undefined) return [];
    const keys = spec.containers.flatMap((one) => one.env.flatMap(({ valueFrom }) => valueFrom?.secretKeyRef ?? []));
    const wholes = spec.containers.flatMap((one) => one.envFrom.flatMap((from) => from.secretRef ?? []));
    const mounted = spec.volumes.flatMap(
      ({ projected }) => projected?.sources.flatMap(({ secret }) => secret ?? []) ?? [],
    );
    const settings = spec.containers.flatMap((one) => one.envFrom.flatMap((from) => from.configMapRef ?? []));
    const files = spec.volumes.flatMap(({ configMap }) => configMap ?? []);
    return [
      ...keys
        .filter((one) => !one.optional && !secrets[one.name]?.includes(one.key))
        .map(({ name, key }) => `${name}/${key}`),
      ...[...wholes, ...mounted].filter((one) => !one.optional && !(one.name in secrets)).map(({ name }) => name),
      ...settings.filter((one) => !one.optional && !maps.has(one.name)).map(({ name }) => name),
      ...files.filter(({ name }) => !maps.has(name)).map(({ name }) => name),
    ];
  });

  expect(missing).toEqual([]);
});

test('the product is told nothing it does not read', () => {
  const known = new Set([
    ...Object.keys(apiConfigSchema.shape),
    ...Object.keys(botConfigSchema.shape),
    'POSTGRES_PASSWORD',
  ]);
  const given = workloads
    .flatMap(({ pods }) => pods.spec.containers)
    .filter(({ image }) => image.startsWith('agentic-ai-'))
    .flatMap(({ env }) => env.map(({ name }) => name));
  const settings = manifestsOf('k8s/base/config.yaml').flatMap((map) =>
    Object.keys(z.record(z.string(), z.string()).parse(map.data)),
  );

  expect([...given, ...settings].filter((name) => !known.has(name))).toEqual([]);
});

const policy = z.looseObject({
  podSelector: z.object({ matchLabels: z.object({ app: z.string() }).optional() }),
  ingress: z
    .array(
      z.looseObject({
        from: z.array(
          z.looseObject({ podSelector: z.looseObject({ matchLabels: z.object({ app: z.string() }) }).optional() }),
        ),
      }),
    )
    .default([]),
  egress: z
    .array(
      z.looseObject({
        to: z.array(
          z.looseObject({ podSelector: z.looseObject({ matchLabels: z.object({ app: z.string() }) }).optional() }),
        ),
      }),
    )
    .default([]),
});
const policies = all
  .filter(({ kind }) => kind === 'NetworkPolicy')
  .map((one) => ({ name: one.metadata.name, ...policy.parse(one.spec) }));

test('every pod stands behind a policy of its own, under one that denies everything', () => {
  expect(policies.find(({ name }) => name === 'default-deny')).toMatchObject({
    podSelector: {},
    policyTypes: ['Ingress', 'Egress'],
    ingress: [],
    egress: [],
  });
  const covered = new Set(policies.map(({ podSelector }) => podSelector.matchLabels?.app));

  expect(workloads.map(({ app }) => app).filter((app) => !covered.has(app))).toEqual([]);
});

test('both ends of a connection allow it, and each name belongs to a pod', () => {
  const apps = new Set(workloads.map(({ app }) => app));
  const edges = (direction: 'in' | 'out') =>
    policies.flatMap((one) => {
      const own = one.podSelector.matchLabels?.app;
      const peers = (
        direction === 'in' ? one.ingress.flatMap(({ from }) => from) : one.egress.flatMap(({ to }) => to)
      ).flatMap(({ podSelector }) => podSelector?.matchLabels.app ?? []);
      return peers.map((peer) => (direction === 'in' ? `${peer} → ${own}` : `${own} → ${peer}`));
    });

  expect(edges('in').sort()).toEqual(edges('out').sort());
  expect(edges('in').filter((edge) => edge.split(' → ').some((app) => !apps.has(app)))).toEqual([]);
  expect(edges('in').filter((edge) => edge.endsWith('→ backend'))).toEqual([
    'frontend → backend',
    'bot → backend',
    'prometheus → backend',
  ]);
});

test('the backend has three to ten replicas, by CPU and memory', () => {
  expect(all.find(({ kind }) => kind === 'HorizontalPodAutoscaler')?.spec).toMatchObject({
    minReplicas: 3,
    maxReplicas: 10,
    metrics: [
      { resource: { name: 'cpu', target: { averageUtilization: 70 } } },
      { resource: { name: 'memory', target: { averageUtilization: 80 } } },
    ],
  });
});

test('only pods that use the API of the cluster get a token for it', () => {
  expect(
    workloads
      .filter(({ pods }) => pods.spec.automountServiceAccountToken)
      .map(({ manifest }) => manifest.metadata.name),
  ).toEqual(['backend-keys', 'prometheus']);
});

const specification =
  process.env.KUBERNETES_OPENAPI ?? projectPath('../shared/data/kubernetes-openapi-1.30/swagger.json');
const hasSpecification = existsSync(specification);
if (!hasSpecification)
  process.stderr.write(`SKIPPED: the OpenAPI of Kubernetes is not there; set KUBERNETES_OPENAPI to its swagger.json\n`);

describe.skipIf(!hasSpecification)('the OpenAPI of Kubernetes', () => {
  const validator = hasSpecification ? strictValidator(specification) : () => [];
  const foreign = ['ClusterIssuer'];

  test.each(manifestFiles)('takes %s and finds no unknown field', (file) => {
    const problems = manifestsOf(file)
      .filter(({ kind }) => !foreign.includes(kind))
      .flatMap((manifest) =>
        validator(manifest).map((problem) => `${manifest.kind} ${manifest.metadata.name}${problem}`),
      );

    expect(problems).toEqual([]);
  });

  test('refuses an unknown field, a wrong type and a missing field', () => {
    const [service] = manifestsOf('k8s/redis/deployment.yaml');
    const broken = (spec: unknown) => validator(manifestSchema.parse({ ...service, spec }));

    expect(broken({ port: [] })).not.toEqual([]);
    expect(broken({ ports: [{ port: 'a' }] })).not.toEqual([]);
    expect(broken({ ports: [{}] })).not.toEqual([]);
  });

  describe.skipIf(findProgram('kubectl') === null)('with kustomize', () => {
    test.each(overlays)('takes what the overlay %s makes', (overlay) => {
      const built = execFileSync('kubectl', ['kustomize', projectPath('k8s/overlays', overlay)], { encoding: 'utf8' });
      const made = parseAllDocuments(built).map((document) => manifestSchema.parse(document.toJS()));

      expect(made.length).toBeGreaterThan(30);
      expect(made.flatMap((manifest) => validator(manifest))).toEqual([]);
    });
  });
});

if (findProgram('kubectl') === null) process.stderr.write('SKIPPED: overlays: kubectl is not installed\n');

describeWith(['kubectl'], 'the overlays', () => {
  const build = (overlay: string) =>
    parseAllDocuments(
      execFileSync('kubectl', ['kustomize', projectPath('k8s/overlays', overlay)], { encoding: 'utf8' }),
    ).map((document) => manifestSchema.parse(document.toJS()));
  const argsOf = (made: readonly Manifest[], name: string) =>
    made
      .filter(({ kind, metadata }) => kind === 'Deployment' && metadata.name === name)
      .flatMap((one) => podTemplateOf(one)?.spec.containers.flatMap(({ args }) => args.at(-1) ?? []) ?? []);

  test('in production the backend answers and the worker works; in dev one process does both', () => {
    const [production, dev] = [build('production'), build('dev')];

    expect([argsOf(production, 'backend'), argsOf(production, 'worker')]).toEqual([['api'], ['worker']]);
    expect([argsOf(dev, 'backend'), argsOf(dev, 'worker')]).toEqual([['all'], []]);
  });

  test('on Azure every image of ours comes from the registry', () => {
    const images = build('aks').flatMap((one) => podTemplateOf(one)?.spec.containers.map(({ image }) => image) ?? []);

    expect(images.filter((image) => image.includes('agentic-ai-')).length).toBeGreaterThanOrEqual(5);
    expect(images.filter((image) => image.startsWith('agentic-ai-'))).toEqual([]);
  });
});

/** Problems of an object by the definitions of its kind, read strictly: a field that is not defined is a problem. */
function strictValidator(file: string): (manifest: Manifest) => readonly string[] {
  const definition = z.looseObject({
    type: z.string().optional(),
    format: z.string().optional(),
    properties: z.record(z.string(), z.unknown()).optional(),
    additionalProperties: z.unknown().optional(),
    'x-kubernetes-group-version-kind': z
      .array(z.object({ group: z.string(), version: z.string(), kind: z.string() }))
      .optional(),
  });
  const { definitions } = z
    .object({ definitions: z.record(z.string(), definition) })
    .parse(JSON.parse(readFileSync(file, 'utf8')));
  const kinds = new Map<string, string>();
  for (const [name, one] of Object.entries(definitions)) {
    if (one.properties !== undefined && one.additionalProperties === undefined) one.additionalProperties = false;
    if (one.format === 'int-or-string' || name.endsWith('.Quantity')) {
      delete one.type;
      Object.assign(one, { type: ['string', 'number'] });
    }
    for (const { group, version, kind } of one['x-kubernetes-group-version-kind'] ?? [])
      kinds.set(`${group === '' ? '' : `${group}/`}${version} ${kind}`, name);
  }
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false, validateSchema: false });
  ajv.addSchema({ definitions }, 'kubernetes');
  return (manifest) => {
    const name = kinds.get(`${manifest.apiVersion} ${manifest.kind}`);
    const validate = name === undefined ? undefined : ajv.getSchema(`kubernetes#/definitions/${name}`);
    if (validate === undefined) return [`: ${manifest.apiVersion} ${manifest.kind} is not known`];
    // Our own reading of an object fills in empty labels; the file itself is looked at.
    const plain = JSON.parse(JSON.stringify(manifest));
    return validate(plain)
      ? []
      : (validate.errors ?? []).map((one) => `${one.instancePath} ${one.message} ${JSON.stringify(one.params)}`);
  };
}
