import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { projectPath } from '../../../lib/project-path.ts';

export interface Product {
  readonly slackUrl: string;
  readonly sampleUrl: string;
  /** True when this program started it. */
  readonly started: boolean;
  stop(): Promise<void>;
}

const portOf = (name: string, fallback: number) => Number(process.env[name] || fallback);

/** The running product of this machine, or one started for the occasion with the launcher. Fails when one runs against a real workspace. */
export async function findOrStartProduct(say: (line: string) => void): Promise<Product> {
  const slackUrl = `http://127.0.0.1:${portOf('LOCAL_SLACK_PORT', 3100)}`;
  const sampleUrl = `http://127.0.0.1:${portOf('SAMPLE_PORT', 8090)}`;
  const readyUrls = [
    `http://127.0.0.1:${portOf('API_PORT', 8000)}/readyz`,
    `http://127.0.0.1:${portOf('BOT_PORT', 8080)}/readyz`,
  ];
  const isUp = async () => (await Promise.all([...readyUrls, `${slackUrl}/healthz`].map(answersOk))).every(Boolean);
  if (await isUp()) return { slackUrl, sampleUrl, started: false, stop: async () => undefined };
  if (await answersOk(readyUrls[0] ?? '')) {
    throw new Error(
      'the product runs, but without the local Slack workspace: the demo presses buttons there and nowhere else',
    );
  }
  say('No product is running: starting one (npm start) …');
  const child = spawn(process.execPath, [projectPath('dist/lib/launch/main.js')], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: process.env,
  });
  const printed: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on('line', (line) => printed.push(line));
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = async () => {
    child.kill('SIGINT');
    await gone;
  };
  const deadline = performance.now() + 60_000;
  while (!printed.some((line) => line.startsWith('Agentic AI is ready'))) {
    if (child.exitCode !== null || performance.now() > deadline) {
      if (child.exitCode === null) await stop();
      throw new Error(`the product did not start:\n${printed.join('\n')}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { slackUrl, sampleUrl, started: true, stop };
}

async function answersOk(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(1_000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}
