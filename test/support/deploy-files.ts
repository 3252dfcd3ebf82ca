import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type Document, isMap, parseAllDocuments, Scalar, YAMLMap } from 'yaml';
import { projectPath } from '../../lib/project-path.ts';

const read = (file: string) => readFileSync(projectPath(file), 'utf8');
const folder = (name: string) =>
  Object.fromEntries(
    readdirSync(projectPath(name))
      .sort()
      .map((file) => [file, read(`${name}/${file}`)]),
  );

/** Alertmanager's configuration where the bot and the secrets are somewhere else. */
function alertmanagerAt(bot: string, secrets: string): string {
  return read('prometheus/alertmanager.yml')
    .replaceAll('/etc/alertmanager/', `${secrets}/`)
    .replaceAll('http://localhost:8080', bot)
    .replace('Two files stand beside this one', `Two files stand in ${secrets}`);
}

/** A Kubernetes file with the data of some of its ConfigMaps replaced; all else, comments too, stays as it is. */
function withConfigMaps(file: string, maps: Readonly<Record<string, Readonly<Record<string, string>>>>): string {
  const documents = parseAllDocuments(read(file));
  for (const [name, data] of Object.entries(maps)) {
    const document = documents.find(
      (one): one is Document.Parsed =>
        'contents' in one && one.get('kind') === 'ConfigMap' && one.getIn(['metadata', 'name']) === name,
    );
    if (document === undefined || !isMap(document.contents)) throw new Error(`${file} has no ConfigMap ${name}`);
    document.set('data', new YAMLMap());
    for (const [key, text] of Object.entries(data)) {
      const value = new Scalar(text);
      value.type = 'BLOCK_LITERAL';
      document.setIn(['data', key], value);
    }
  }
  return `${documents.map((document) => document.toString({ lineWidth: 0 }).trimEnd()).join('\n')}\n`;
}

/** Every file that repeats what stands elsewhere, with what it has to say. */
export function deployFiles(): Readonly<Record<string, string>> {
  const dashboards = Object.fromEntries(
    Object.entries(folder('grafana/dashboards')).map(([name, text]) => [name, `${JSON.stringify(JSON.parse(text))}\n`]),
  );
  return {
    'prometheus/compose/alertmanager.yml': alertmanagerAt('http://bot:8080', '/run/alerting'),
    'k8s/monitoring/prometheus.yaml': withConfigMaps('k8s/monitoring/prometheus.yaml', {
      'prometheus-rules': { 'agentic-ai.yml': read('prometheus/rules/agentic-ai.yml') },
    }),
    'k8s/monitoring/alertmanager.yaml': withConfigMaps('k8s/monitoring/alertmanager.yaml', {
      'alertmanager-config': { 'alertmanager.yml': alertmanagerAt('http://bot:8080', '/run/alerting') },
    }),
    'k8s/monitoring/grafana.yaml': withConfigMaps('k8s/monitoring/grafana.yaml', {
      'grafana-datasources': folder('grafana/provisioning/datasources'),
      'grafana-providers': folder('grafana/provisioning/dashboards'),
      'grafana-dashboards': dashboards,
    }),
  };
}

if (process.argv.includes('--write'))
  for (const [file, text] of Object.entries(deployFiles())) writeFileSync(projectPath(file), text);
