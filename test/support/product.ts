import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { type LocalSlackClient, localSlackClient } from '../../bot/local-slack/client.ts';
import { freePort } from './free-port.ts';
import { type StartedProcess, startProcess } from './process.ts';
import { temporaryHome } from './temporary-home.ts';

const secretsSchema = z.object({
  ALERTS_TOKEN: z.string(),
  ADMIN_API_KEY: z.string(),
  BOT_API_KEY: z.string(),
  AUDIT_KEY: z.string(),
});

export interface RunningProduct {
  readonly home: string;
  readonly launcher: StartedProcess;
  readonly slack: LocalSlackClient;
  readonly ports: Readonly<Record<'api' | 'bot' | 'web' | 'slack' | 'sample', number>>;
  readonly secrets: z.infer<typeof secretsSchema>;
  readonly env: Readonly<Record<string, string>>;
  /** A GraphQL request with the administrator's key. */
  query(document: string, variables?: Readonly<Record<string, unknown>>): Promise<Record<string, unknown>>;
  stop(): Promise<void>;
}

/** Starts the whole product with the launcher, as `npm start` does, in a folder and on ports of its own. */
export async function startProduct(
  env: Readonly<Record<string, string>> = {},
  home = temporaryHome('agentic-e2e-'),
): Promise<RunningProduct> {
  const portOf = async (name: string) => Number(env[name] ?? (await freePort()));
  const ports = {
    api: await portOf('API_PORT'),
    bot: await portOf('BOT_PORT'),
    web: await portOf('WEB_PORT'),
    slack: await portOf('LOCAL_SLACK_PORT'),
    sample: await portOf('SAMPLE_PORT'),
  };
  const own = {
    ...env,
    AGENTIC_HOME: home,
    API_PORT: String(ports.api),
    BOT_PORT: String(ports.bot),
    WEB_PORT: String(ports.web),
    LOCAL_SLACK_PORT: String(ports.slack),
    SAMPLE_PORT: String(ports.sample),
  };
  const launcher = startProcess('lib/launch/main.js', [], { env: own });
  try {
    await launcher.line(/^Agentic AI is ready/, 60_000);
  } catch (error) {
    launcher.kill('SIGKILL');
    throw error;
  }
  const secrets = secretsSchema.parse(JSON.parse(readFileSync(path.join(home, 'secrets.json'), 'utf8')));
  return {
    home,
    launcher,
    slack: localSlackClient(`http://127.0.0.1:${ports.slack}`),
    ports,
    secrets,
    env: own,
    async query(document, variables = {}) {
      const response = await fetch(`http://127.0.0.1:${ports.api}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${secrets.ADMIN_API_KEY}` },
        body: JSON.stringify({ query: document, variables }),
        signal: AbortSignal.timeout(10_000),
      });
      const answer = z
        .object({
          data: z.record(z.string(), z.unknown()).nullish(),
          errors: z.array(z.object({ message: z.string() })).optional(),
        })
        .parse(await response.json());
      if (answer.errors !== undefined || !answer.data)
        throw new Error(answer.errors?.map((one) => one.message).join('; ') ?? 'no data');
      return answer.data;
    },
    async stop() {
      launcher.kill('SIGINT');
      await launcher.exited;
      rmSync(home, { recursive: true, force: true });
    },
  };
}
