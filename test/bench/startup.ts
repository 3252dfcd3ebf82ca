import { spawn, spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { startEmbeddedPostgres } from '../../lib/launch/embedded-postgres.ts';
import { projectPath } from '../../lib/project-path.ts';
import { freePort } from '../support/free-port.ts';
import { temporaryHome } from '../support/temporary-home.ts';
import { type Asked, type Measurement, type Outcome, percentile } from '../trials/measurement.ts';
import { descendantsOf, residentMb } from './memory.ts';

const laterStarts = 5;
const startWithinMs = 90_000;
const settleMs = 5_000;

/** Starts the product as `npm start` does and stops it again. */
async function startProduct(home: string, ports: Readonly<Record<string, string>>) {
  const begun = performance.now();
  const child = spawn(process.execPath, [projectPath('dist/lib/launch/main.js')], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, TZ: 'UTC', AGENTIC_HOME: home, ...ports },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const printed: string[] = [];
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const ready = new Promise<number>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr])
      createInterface({ input: stream }).on('line', (line) => {
        printed.push(line);
        if (line.startsWith('Agentic AI is ready')) resolve(performance.now() - begun);
      });
    void gone.then(() => reject(new Error(`the product did not start:\n${printed.join('\n')}`)));
    setTimeout(
      () => reject(new Error(`the product was not ready in time:\n${printed.join('\n')}`)),
      startWithinMs,
    ).unref();
  });
  const stop = async () => {
    child.kill('SIGINT');
    await gone;
  };
  const readyMs = await ready.catch(async (error: unknown) => {
    if (child.exitCode === null) await stop();
    throw error;
  });
  return { readyMs, pid: child.pid ?? 0, stop };
}

/** The least this machine could need: a bare Node process, and PostgreSQL alone. */
async function measureBaseline() {
  const nodeMs = Array.from({ length: 5 }, () => {
    const begun = performance.now();
    spawnSync(process.execPath, ['-e', '0']);
    return performance.now() - begun;
  });
  const home = temporaryHome('agentic-bench-pg-');
  const postgresMs: number[] = [];
  for (let i = 0; i < 3; i++) {
    const begun = performance.now();
    const server = await startEmbeddedPostgres({ home });
    postgresMs.push(performance.now() - begun);
    await server.stop();
  }
  rmSync(home, { recursive: true, force: true });
  return {
    nodeStartMs: percentile(nodeMs, 0.5),
    postgresFirstStartMs: Math.round(postgresMs[0] ?? 0),
    postgresLaterStartMs: percentile(postgresMs.slice(1), 0.5),
  };
}

async function run(asked: Asked): Promise<Outcome> {
  asked.say('baseline: a bare Node process and PostgreSQL alone');
  const baseline = await measureBaseline();
  const home = temporaryHome('agentic-bench-');
  const names = ['API_PORT', 'BOT_PORT', 'WEB_PORT', 'LOCAL_SLACK_PORT', 'SAMPLE_PORT'];
  const ports: Record<string, string> = {};
  for (const name of names) ports[name] = String(await freePort());
  try {
    asked.say('first start, in an empty home');
    const first = await startProduct(home, ports);
    asked.say(`ready after ${Math.round(first.readyMs)} ms`);
    await new Promise((resolve) => setTimeout(resolve, settleMs));
    const memory = residentMb(descendantsOf(first.pid, home));
    asked.say(`resident memory: ${JSON.stringify(memory)}`);
    await first.stop();
    const later: number[] = [];
    for (let i = 0; i < (asked.trials ?? laterStarts); i++) {
      const again = await startProduct(home, ports);
      later.push(again.readyMs);
      asked.say(`later start: ready after ${Math.round(again.readyMs)} ms`);
      await again.stop();
    }
    const resident = memory.occupied ?? memory.summed;
    const slowest = percentile(later, 1) ?? Number.POSITIVE_INFINITY;
    return {
      figures: {
        firstStartMs: Math.round(first.readyMs),
        laterStartP50Ms: percentile(later, 0.5),
        laterStartMaxMs: percentile(later, 1),
        residentMb: resident,
        residentSummedMb: memory.summed,
        residentByProcessMb: memory.byProcess,
      },
      baseline,
      aims: { firstStartMs: 12_000, laterStartMs: 4_000, residentMb: 700 },
      met: {
        firstStartMs: first.readyMs <= 12_000,
        laterStartMs: slowest <= 4_000,
        residentMb: resident <= 700,
      },
    };
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

/** From an empty home to ready, again, and how much memory all of it takes. */
export const startup: Measurement = {
  name: 'startup',
  about: 'first start to ready, later starts, resident memory of all processes',
  run,
};
