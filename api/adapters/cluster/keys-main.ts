import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { ApiException, CoreV1Api, KubeConfig } from '@kubernetes/client-node';

// Makes the keys of an installation that nobody has to choose, once, and keeps them in the Kubernetes secret `backend-keys`: whoever
// comes second changes nothing. Runs in the cluster as the service account of that name; KUBECONFIG names another way in.
const prefixes = {
  AUDIT_KEY: '',
  BOT_API_KEY: 'aak_bot_',
  ADMIN_API_KEY: 'aak_admin_',
  WEB_API_KEY: 'aak_web_',
  ALERTS_TOKEN: '',
} as const;

const config = new KubeConfig();
if (process.env.KUBECONFIG) config.loadFromFile(process.env.KUBECONFIG);
else config.loadFromCluster();
const namespace = process.env.KUBECONFIG
  ? 'agentic-ai'
  : readFileSync('/var/run/secrets/kubernetes.io/serviceaccount/namespace', 'utf8').trim();
const stringData = Object.fromEntries(
  Object.entries(prefixes).map(([name, prefix]) => [name, `${prefix}${randomBytes(24).toString('base64url')}`]),
);
const body = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'backend-keys', namespace }, stringData };
try {
  await config.makeApiClient(CoreV1Api).createNamespacedSecret({ namespace, body });
  process.stdout.write('The secret backend-keys was made.\n');
} catch (error) {
  if (!(error instanceof ApiException && error.code === 409)) throw error;
  process.stdout.write('The secret backend-keys is there.\n');
}
