import { z } from 'zod';
import { parseDuration } from '../lib/duration.ts';
import { Secret } from '../lib/secret.ts';

const secret = (min: number) =>
  z
    .string()
    .min(min)
    .transform((value) => new Secret(value));
const port = (fallback: number) => z.coerce.number().int().min(1).max(65_535).default(fallback);
const flag = z
  .enum(['true', 'false'])
  .default('false')
  .transform((value) => value === 'true');
const retention = (usual: string, what: string) =>
  z
    .string()
    .default(usual)
    .refine((text) => (parseDuration(text) ?? 0) >= 86_400_000, 'must be a duration of at least P1D')
    .transform((text) => parseDuration(text) ?? 0)
    .describe(what);
/** An ISO 8601 duration, in milliseconds. */
const duration = (fallback: string, atLeastMs: number) =>
  z
    .string()
    .default(fallback)
    .refine((text) => (parseDuration(text) ?? 0) >= atLeastMs, `must be a duration of at least ${atLeastMs / 1_000} s`)
    .transform((text) => parseDuration(text) ?? 0);
const priceList = z.record(z.string(), z.object({ prompt: z.number().min(0), completion: z.number().min(0) }));
const prices = z.string().transform((text, ctx): z.infer<typeof priceList> => {
  try {
    return priceList.parse(JSON.parse(text));
  } catch {
    ctx.addIssue('must be a JSON object of {"model":{"prompt":n,"completion":n}}');
    return z.NEVER;
  }
});
const httpUrl = z.url({ protocol: /^https?$/ });

/** Every variable the API and the worker read. `.env.example` is made from it. */
export const apiConfigSchema = z.object({
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/ })
    .describe('PostgreSQL 15, the only record. npm start brings an embedded one when it is not set'),
  REDIS_URL: z
    .url({ protocol: /^rediss?$/ })
    .optional()
    .describe('Redis 7 for wake-ups between processes and caches; without it PostgreSQL carries the wake-ups'),
  QDRANT_URL: httpUrl
    .optional()
    .describe(
      'Qdrant, the index of manuals (port 6333 when none is named); without it every process keeps an embedded one',
    ),
  QDRANT_API_KEY: secret(1).optional().describe('API key of Qdrant'),
  API_HOST: z.string().default('127.0.0.1').describe('Address the API listens on'),
  API_PORT: port(8000).describe('Port of the API'),
  AUDIT_KEY: secret(32).describe('Key of the audit chain, at least 32 characters; keep it outside the database'),
  AUDIT_ANCHOR_FILE: z
    .string()
    .default('audit-anchor.log')
    .describe('File the head of the audit chain is written to, hourly and at every stop'),
  BOT_API_KEY: secret(24).optional().describe('API key of the bot, at least 24 characters'),
  WEB_API_KEY: secret(24).optional().describe('Read-only API key of the console on a loopback address'),
  ADMIN_API_KEY: secret(24).optional().describe('API key with the rights of an administrator'),
  ADMIN_SLACK_USERS: z
    .string()
    .default('')
    .transform((text) =>
      text
        .split(',')
        .map((one) => one.trim())
        .filter(Boolean),
    )
    .describe('Slack people who are administrators: <user> or <workspace>:<user>, separated by commas'),
  SLACK_WORKSPACE: z.string().optional().describe('Id of the Slack workspace incidents are told in'),
  DEFAULT_CHANNEL: z
    .string()
    .optional()
    .describe('Id of the channel for incidents of systems without a channel of their own'),
  DEFAULT_LOCALE: z.enum(['EN', 'KO']).default('EN').describe('Language of shared messages: EN or KO'),
  LOCAL_PEOPLE: flag.describe('Registers the three people of the local workspace (true or false)'),
  SAMPLE_SYSTEM: flag.describe('Registers and starts the sample service (true or false)'),
  SAMPLE_PORT: port(8090).describe('Port of the sample service'),
  PROCESSES_HOME: z.string().default('.data').describe('Folder in which the local process runner keeps its files'),
  PROCESSES_RUN: z
    .string()
    .default('once')
    .describe('Name of this run of the machine; the sample service is started once for each'),
  PROCESSES_STOP: flag.describe('Stops the sample service when the API stops (true or false)'),
  ALLOWED_COMMANDS: z
    .string()
    .optional()
    .describe('JSON file with the commands that may be run after an approval: [{name, argv, effect, undo}]'),
  PROMETHEUS_URL: httpUrl.optional().describe('Prometheus, asked during investigations and to verify fixes'),
  PROMETHEUS_BEARER: secret(1).optional().describe('Bearer token for Prometheus'),
  ALERTMANAGER_URL: httpUrl
    .optional()
    .describe('Alertmanager: silences are set there and its alerts compared with ours every 15 s'),
  ALERTMANAGER_BEARER: secret(1).optional().describe('Bearer token for Alertmanager'),
  ALERTMANAGER_RECEIVER: z
    .string()
    .optional()
    .describe('Name of the receiver in Alertmanager that posts here; only its alerts are compared. All when not set'),
  ALERT_SETTINGS: z
    .string()
    .optional()
    .describe('YAML file: grouping, waiting, flapping, inhibition, storms (docs/how-it-works.md)'),
  ALERT_RETENTION: retention('P90D', 'How long ended alerts and silences are kept (ISO 8601 duration, at least P1D)'),
  INBOX_RETENTION: retention('P7D', 'How long processed deliveries of alert sources are kept (at least P1D)'),
  LOKI_URL: httpUrl.optional().describe('Loki, where log sources of kind loki are read'),
  LOKI_BEARER: secret(1).optional().describe('Bearer token for Loki'),
  LOKI_TENANT: z.string().optional().describe('Tenant of Loki (X-Scope-OrgID)'),
  LOGS_FOLDER: z.string().optional().describe('Folder below which log sources of kind files are read'),
  KUBECONFIG: z.string().optional().describe('Kubernetes client configuration; restarts of deployments need it'),
  KUBE_CONTEXT: z.string().optional().describe('Context of KUBECONFIG; the current one when not set'),
  AZURE_OPENAI_ENDPOINT: httpUrl
    .optional()
    .describe('Azure OpenAI; without any model facts are collected and no analysis is written'),
  AZURE_OPENAI_API_KEY: secret(1).optional().describe('Key of Azure OpenAI'),
  AZURE_OPENAI_DEPLOYMENT: z.string().optional().describe('Deployment of the chat model'),
  AZURE_OPENAI_API_VERSION: z.string().default('2024-10-21').describe('API version of Azure OpenAI'),
  AZURE_OPENAI_EMBEDDING_DEPLOYMENT: z
    .string()
    .default('text-embedding-ada-002')
    .describe('Deployment of the embedding model at AZURE_OPENAI_ENDPOINT; none: manuals are searched by words alone'),
  OPENAI_BASE_URL: httpUrl.optional().describe('Any OpenAI-compatible address, instead of Azure'),
  OPENAI_API_KEY: secret(1).optional().describe('Key for OPENAI_BASE_URL'),
  OPENAI_MODEL: z.string().optional().describe('Model asked at OPENAI_BASE_URL'),
  OPENAI_EMBEDDING_MODEL: z
    .string()
    .optional()
    .describe('Embedding model at OPENAI_BASE_URL; without it manuals are searched by words alone'),
  LLM_TIMEOUT: duration('PT30S', 1_000).describe(
    'Longest wait for the first part of a model answer, and between two parts (ISO 8601 duration)',
  ),
  LLM_CONCURRENCY: z.coerce
    .number()
    .int()
    .min(1)
    .max(100)
    .default(4)
    .describe('Model calls at the same moment in one process'),
  LLM_TOKENS_PER_MINUTE: z.coerce
    .number()
    .int()
    .min(1)
    .optional()
    .describe('Model tokens one process may use in a minute'),
  LLM_PRICES: prices
    .optional()
    .describe(
      'Dollars for a million tokens by model, as JSON: {"gpt-x":{"prompt":2.5,"completion":10}}; without it no cost is shown',
    ),
  LLM_TASK_CALLS: z.coerce.number().int().min(1).default(24).describe('Model calls one task may make'),
  LLM_TASK_TOKENS: z.coerce.number().int().min(1).default(60_000).describe('Model tokens one task may use'),
  LLM_TASK_COST_USD: z.coerce
    .number()
    .positive()
    .optional()
    .describe('Dollars one task may spend on the model; needs LLM_PRICES'),
  LLM_TASK_TIME: duration('PT90S', 1_000).describe('Time one task may spend waiting for the model (ISO 8601 duration)'),
  LLM_RECORD_DAYS: z.coerce
    .number()
    .int()
    .min(0)
    .default(14)
    .describe('Days for which redacted model calls are kept for replay; 0 keeps none'),
  LLM_TRANSCRIPTION_MODEL: z
    .string()
    .optional()
    .describe('Model or deployment that turns recordings into words; without it recordings are refused'),
  HEALTH_CHECK_CRON: z
    .string()
    .default('*/10 * * * * *')
    .describe('When the monitoring agent checks all systems by itself (cron with seconds, UTC)'),
  APPROVAL_EXPIRY: duration('PT20M', 10_000).describe('How long an approval waits (ISO 8601 duration)'),
  CONSOLE_ORIGINS: z
    .string()
    .default('http://localhost:3000,http://127.0.0.1:3000')
    .transform((text) =>
      text
        .split(',')
        .map((one) => one.trim())
        .filter(Boolean),
    )
    .describe('Origins that may open a GraphQL WebSocket from a browser'),
  GRAPHQL_INTROSPECTION: flag.describe('Lets callers without a credential read the schema (true or false)'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace']).default('info').describe('Log level'),
});

type ApiVariables = z.infer<typeof apiConfigSchema>;

/** Which model is asked; settings that belong together are checked together. */
export type LlmConfig =
  | { readonly mode: 'none' }
  | {
      readonly mode: 'azure';
      readonly endpoint: string;
      readonly apiKey: Secret;
      readonly apiVersion: string;
      readonly deployment: string;
    }
  | { readonly mode: 'compatible'; readonly baseUrl: string; readonly apiKey: Secret; readonly model: string };

/** Everything the composition root needs. */
export interface ApiConfig extends ApiVariables {
  readonly llm: LlmConfig;
  /** Addresses of registered databases by the name of their variable. */
  readonly sqlConnections: ReadonlyMap<string, Secret>;
}

/** The language model of a configuration; half a configuration is a problem, named. */
export function llmOf(config: ApiVariables): { readonly llm: LlmConfig } | { readonly problems: readonly string[] } {
  const {
    AZURE_OPENAI_ENDPOINT: endpoint,
    AZURE_OPENAI_API_KEY: azureKey,
    AZURE_OPENAI_DEPLOYMENT: deployment,
  } = config;
  if (endpoint !== undefined || azureKey !== undefined || deployment !== undefined) {
    if (endpoint === undefined || azureKey === undefined || deployment === undefined) {
      const missing = {
        AZURE_OPENAI_ENDPOINT: endpoint,
        AZURE_OPENAI_API_KEY: azureKey,
        AZURE_OPENAI_DEPLOYMENT: deployment,
      };
      return {
        problems: Object.entries(missing).flatMap(([name, value]) =>
          value === undefined ? [`  ${name}: is required with the other AZURE_OPENAI_ variables`] : [],
        ),
      };
    }
    return {
      llm: { mode: 'azure', endpoint, apiKey: azureKey, apiVersion: config.AZURE_OPENAI_API_VERSION, deployment },
    };
  }
  if (config.OPENAI_BASE_URL !== undefined) {
    if (config.OPENAI_MODEL === undefined) return { problems: ['  OPENAI_MODEL: is required with OPENAI_BASE_URL'] };
    return {
      llm: {
        mode: 'compatible',
        baseUrl: config.OPENAI_BASE_URL,
        apiKey: config.OPENAI_API_KEY ?? new Secret('none'),
        model: config.OPENAI_MODEL,
      },
    };
  }
  return { llm: { mode: 'none' } };
}

/** The embedding model of a configuration: it lives where the language model does. */
export function embedderOf(config: ApiConfig): LlmConfig {
  const { llm } = config;
  switch (llm.mode) {
    case 'azure':
      return config.AZURE_OPENAI_EMBEDDING_DEPLOYMENT === 'none'
        ? { mode: 'none' }
        : { ...llm, deployment: config.AZURE_OPENAI_EMBEDDING_DEPLOYMENT };
    case 'compatible':
      return config.OPENAI_EMBEDDING_MODEL === undefined
        ? { mode: 'none' }
        : { ...llm, model: config.OPENAI_EMBEDDING_MODEL };
    case 'none':
      return llm;
    default:
      return llm satisfies never;
  }
}

/** Addresses of registered databases: every variable that begins with SQL_. A system names the variable, never the address. */
export function sqlConnectionsOf(env: Readonly<Record<string, string | undefined>>): ReadonlyMap<string, Secret> {
  return new Map(
    Object.entries(env).flatMap(([name, value]): (readonly [string, Secret])[] =>
      /^SQL_[A-Z0-9_]+$/.test(name) && value ? [[name, new Secret(value)]] : [],
    ),
  );
}
