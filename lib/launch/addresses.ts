import type { Settings } from './settings.ts';

/** One line of the table the launcher prints. */
type Row = readonly [string, string];

/** Everything a person needs after the start: where things are, in which mode they run, and what production would still need. */
export function describeStart(settings: Settings, env: NodeJS.ProcessEnv, startedInMs: number): string {
  const rows: Row[] = [
    ['Console', `http://localhost:${settings.WEB_PORT}`],
    ...(settings.localSlack
      ? [['Slack (local workspace)', `http://localhost:${settings.WEB_PORT}/slack`] satisfies Row]
      : []),
    ['GraphQL API', `http://localhost:${settings.API_PORT}/graphql`],
    ['API docs', `http://localhost:${settings.API_PORT}/docs`],
    ['API metrics', `http://localhost:${settings.API_PORT}/metrics`],
    ['Alert webhook', `http://localhost:${settings.BOT_PORT}/alerts/alertmanager`],
    ['Bot metrics', `http://localhost:${settings.BOT_PORT}/metrics`],
    ...(settings.localSlack
      ? [['Sample service', `http://localhost:${settings.SAMPLE_PORT}/healthz`] satisfies Row]
      : []),
  ];
  const modes: Row[] = [
    ['Language model', languageModel(settings)],
    ['Slack', settings.localSlack ? 'local workspace (no account)' : 'your workspace'],
    ['Manual search', settings.QDRANT_URL === undefined ? 'embedded' : 'Qdrant (embedded while it is away)'],
    ['Database', settings.DATABASE_URL === undefined ? `embedded PostgreSQL 15 in ${settings.home}` : 'DATABASE_URL'],
    ['Cache, wake-ups', settings.REDIS_URL === undefined ? 'in process and PostgreSQL' : 'Redis'],
    ['Metrics source', settings.PROMETHEUS_URL ?? 'none (health checks only)'],
  ];
  const missing = missingForProduction(settings, env);
  return [
    `Agentic AI is ready (${(startedInMs / 1000).toFixed(1)} s)`,
    '',
    table(rows),
    '',
    table(modes),
    '',
    missing.length === 0 ? 'Nothing is missing for production.' : `Missing for production: ${missing.join(', ')}`,
    `Secrets and logs: ${settings.home} (secrets.json, logs/)`,
    ...(settings.localSlack ? ['Watch the main job, alert to verified fix, in another terminal: npm run demo'] : []),
    'Ctrl-C stops everything.',
  ].join('\n');
}

function languageModel(settings: Settings): string {
  if (settings.AZURE_OPENAI_ENDPOINT !== undefined) return 'Azure OpenAI';
  return settings.OPENAI_BASE_URL === undefined
    ? 'none (facts and runbooks only)'
    : `compatible (${settings.OPENAI_BASE_URL})`;
}

/** Names of the variables a production installation sets and this start did without. */
function missingForProduction(settings: Settings, env: NodeJS.ProcessEnv): readonly string[] {
  const wanted = [
    'DATABASE_URL',
    'REDIS_URL',
    'PROMETHEUS_URL',
    'SLACK_BOT_TOKEN',
    'SLACK_APP_TOKEN',
    'AUDIT_KEY',
  ] as const;
  const names: string[] = wanted.filter((name) => !env[name]);
  if (settings.AZURE_OPENAI_ENDPOINT === undefined && settings.OPENAI_BASE_URL === undefined)
    names.push('AZURE_OPENAI_* (optional)');
  return names;
}

function table(rows: readonly Row[]): string {
  const width = Math.max(...rows.map(([name]) => name.length)) + 2;
  return rows.map(([name, value]) => `  ${name.padEnd(width)}${value}`).join('\n');
}
