import { readdirSync, readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { projectPath } from '../../lib/project-path.ts';

const labels = z.record(z.string(), z.string()).default({});
const keyRef = z.object({ name: z.string(), key: z.string(), optional: z.boolean().default(false) });
const named = z.object({ name: z.string(), optional: z.boolean().default(false) });
const container = z.looseObject({
  name: z.string(),
  image: z.string(),
  command: z.array(z.string()).default([]),
  args: z.array(z.string()).default([]),
  ports: z.array(z.object({ name: z.string(), containerPort: z.number() })).default([]),
  env: z
    .array(
      z.looseObject({
        name: z.string(),
        valueFrom: z.looseObject({ secretKeyRef: keyRef.optional() }).optional(),
      }),
    )
    .default([]),
  envFrom: z.array(z.looseObject({ configMapRef: named.optional(), secretRef: named.optional() })).default([]),
  resources: z.looseObject({ limits: z.looseObject({ memory: z.string() }) }),
  securityContext: z.looseObject({}),
  volumeMounts: z.array(z.looseObject({ name: z.string(), mountPath: z.string() })).default([]),
});
const podSpec = z.looseObject({
  containers: z.array(container).min(1),
  automountServiceAccountToken: z.boolean(),
  securityContext: z.looseObject({ runAsUser: z.number() }),
  volumes: z
    .array(
      z.looseObject({
        name: z.string(),
        configMap: z.looseObject({ name: z.string() }).optional(),
        projected: z.looseObject({ sources: z.array(z.looseObject({ secret: named.optional() })) }).optional(),
      }),
    )
    .default([]),
});
const template = z.looseObject({ metadata: z.looseObject({ labels }), spec: podSpec });

/** One object of a Kubernetes file. */
export const manifestSchema = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().optional(), labels }),
  spec: z.looseObject({}).optional(),
});
export type Manifest = z.infer<typeof manifestSchema>;

/** The objects of a file under k8s/. */
export function manifestsOf(file: string): readonly Manifest[] {
  return parseAllDocuments(readFileSync(projectPath(file), 'utf8')).map((document) =>
    manifestSchema.parse(document.toJS()),
  );
}

/** Every file under k8s/ that holds objects of a cluster. */
export const manifestFiles: readonly string[] = readdirSync(projectPath('k8s'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.yaml') && !file.endsWith('kustomization.yaml'))
  .map((file) => `k8s/${file}`)
  .sort();

/** The contract's files in the contract's order. */
export const contractFiles = [
  'k8s/namespace.yaml',
  'k8s/database/postgres-statefulset.yaml',
  'k8s/backend/deployment.yaml',
  'k8s/frontend/deployment.yaml',
  'k8s/monitoring/prometheus.yaml',
  'k8s/monitoring/grafana.yaml',
] as const;

/** The pod template of a workload, or null when the object makes no pods. */
export function podTemplateOf(manifest: Manifest): z.infer<typeof template> | null {
  const { spec } = manifest;
  if (['Deployment', 'StatefulSet', 'Job'].includes(manifest.kind)) return template.parse(spec?.template);
  if (manifest.kind === 'CronJob')
    return z.looseObject({ jobTemplate: z.looseObject({ spec: z.looseObject({ template }) }) }).parse(spec).jobTemplate
      .spec.template;
  return null;
}
