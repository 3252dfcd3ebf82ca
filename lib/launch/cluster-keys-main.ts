import { readFileSync } from 'node:fs';
import { ApiException, CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { makeKeys } from './cluster-keys.ts';

// Runs once in the cluster, as the service account backend-keys; KUBECONFIG names another way in, for a test.
const config = new KubeConfig();
if (process.env.KUBECONFIG) config.loadFromFile(process.env.KUBECONFIG);
else config.loadFromCluster();
const namespace = process.env.KUBECONFIG
  ? 'agentic-ai'
  : readFileSync('/var/run/secrets/kubernetes.io/serviceaccount/namespace', 'utf8').trim();
const api = config.makeApiClient(CoreV1Api);

const done = await makeKeys({
  async create(name, values) {
    try {
      const body = { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace }, stringData: { ...values } };
      await api.createNamespacedSecret({ namespace, body });
      return 'made';
    } catch (error) {
      if (error instanceof ApiException && error.code === 409) return 'taken';
      throw error;
    }
  },
});
process.stdout.write(done === 'made' ? 'The secret backend-keys was made.\n' : 'The secret backend-keys is there.\n');
