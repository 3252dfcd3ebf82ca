import path from 'node:path';
import { z } from 'zod';

const port = (fallback: number) => z.coerce.number().int().min(1).max(65_535).default(fallback);
const optional = z.string().min(1).optional();

/** What the launcher itself reads; the api and the bot read and check the rest by themselves. */
export const settingsSchema = z.object({
  AGENTIC_HOME: optional.describe('Folder of the data npm start keeps; .data of the project when not set'),
  API_PORT: port(8000),
  BOT_PORT: port(8080),
  WEB_PORT: port(3000).describe('Port of the console'),
  LOCAL_SLACK_PORT: port(3100).describe('Port of the local Slack workspace'),
  SAMPLE_PORT: port(8090),
  DATABASE_URL: optional,
  REDIS_URL: optional,
  QDRANT_URL: optional,
  AZURE_OPENAI_ENDPOINT: optional,
  OPENAI_BASE_URL: optional,
  SLACK_BOT_TOKEN: optional,
  PROMETHEUS_URL: optional,
});

export interface Settings extends z.infer<typeof settingsSchema> {
  readonly home: string;
  readonly localSlack: boolean;
}

/** Reads the launcher's settings; empty variables count as not set. Answers every problem by name, or the settings. */
export function readSettings(
  env: NodeJS.ProcessEnv,
  root: string,
): { readonly settings: Settings } | { readonly problems: readonly string[] } {
  const filled = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = settingsSchema.safeParse(filled);
  if (!parsed.success)
    return { problems: parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`) };
  const ports = ['API_PORT', 'BOT_PORT', 'WEB_PORT', 'LOCAL_SLACK_PORT', 'SAMPLE_PORT'] as const;
  const twice = ports.filter((name, i) => ports.some((other, j) => j < i && parsed.data[other] === parsed.data[name]));
  if (twice.length > 0)
    return { problems: twice.map((name) => `${name}: ${parsed.data[name]} is used by another port variable`) };
  return {
    settings: {
      ...parsed.data,
      home: path.resolve(root, parsed.data.AGENTIC_HOME ?? '.data'),
      localSlack: parsed.data.SLACK_BOT_TOKEN === undefined,
    },
  };
}
