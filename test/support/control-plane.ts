import { execFile } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import { Agent, request } from 'undici';
import { describe } from 'vitest';
import type { z } from 'zod';
import { projectPath } from '../../lib/project-path.ts';
import { findProgram } from './debian.ts';
import { freePort } from './free-port.ts';
import { temporaryHome } from './temporary-home.ts';

const run = promisify(execFile);
const scripts = process.env.CONTROL_PLANE ?? projectPath('../shared/kubernetes');

/** What the API server answered. */
interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** A real Kubernetes control plane (API server, controllers, scheduler, etcd) of one test file. */
export interface ControlPlane {
  readonly kubeconfig: string;
  /** One request as the administrator or as the product's account. */
  call(as: 'admin' | 'bot', method: Method, path: string, body?: unknown): Promise<Answer>;
  /** The same as the administrator; anything but success is an error. */
  admin<Schema extends z.ZodType>(
    schema: Schema,
    method: Method,
    path: string,
    body?: unknown,
  ): Promise<z.infer<Schema>>;
  stop(): Promise<void>;
}
type Method = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';

/** A describe block that needs the control plane; where it is absent, it is skipped and says what is missing. */
export function describeOnControlPlane(title: string, body: () => void): void {
  const missing = [
    ...(existsSync(path.join(scripts, 'start.sh'))
      ? []
      : [`${scripts}/start.sh is not there (CONTROL_PLANE names another folder)`]),
    ...(findProgram('etcd') === null
      ? ['etcd is not installed (apt-get install -y --no-install-recommends etcd-server)']
      : []),
    ...['openssl', 'xz', 'curl'].flatMap((name) => (findProgram(name) === null ? [`${name} is not installed`] : [])),
  ];
  if (missing.length === 0) {
    describe(title, body);
    return;
  }
  process.stderr.write(`SKIPPED: ${title}: ${missing.join('; ')}\n`);
  describe.skip(`${title} (${missing.join('; ')})`, body);
}

/** Starts it in a folder and on ports of its own. */
export async function startControlPlane(): Promise<ControlPlane> {
  const folder = temporaryHome('agentic-kubernetes-');
  const port = await freeRange(3);
  await run('bash', [path.join(scripts, 'start.sh'), folder, String(port)], { timeout: 90_000 });
  const agent = new Agent({ connect: { rejectUnauthorized: false } });
  const call: ControlPlane['call'] = async (as, method, where, body) => {
    const answer = await request(`https://127.0.0.1:${port}${where}`, {
      method,
      dispatcher: agent,
      headersTimeout: 10_000,
      bodyTimeout: 10_000,
      headers: {
        authorization: `Bearer tok-${as}`,
        'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: answer.statusCode, body: await answer.body.json() };
  };
  return {
    kubeconfig: path.join(folder, 'kubeconfig'),
    call,
    async admin(schema, method, where, body) {
      const answer = await call('admin', method, where, body);
      if (answer.status >= 300) throw new Error(`${method} ${where}: ${answer.status} ${JSON.stringify(answer.body)}`);
      return schema.parse(answer.body);
    },
    async stop() {
      await run('bash', [path.join(scripts, 'stop.sh'), folder]);
      await agent.destroy();
      rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    },
  };
}

/** First of some neighbouring ports nothing listens on. */
async function freeRange(length: number): Promise<number> {
  for (;;) {
    const first = await freePort();
    const free = await Promise.all(Array.from({ length }, (_, i) => isFree(first + i)));
    if (free.every(Boolean)) return first;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
