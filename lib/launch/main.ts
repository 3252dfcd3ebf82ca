import { existsSync, mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { projectPath } from '../project-path.ts';
import { describeStart } from './addresses.ts';
import { startEmbeddedPostgres } from './embedded-postgres.ts';
import { takeLock } from './lock.ts';
import { planProcesses } from './plan.ts';
import { EXIT_CONFIG, type Supervised, supervise } from './processes.ts';
import { readOrCreateSecrets } from './secrets.ts';
import { readSettings, type Settings } from './settings.ts';

const begun = performance.now();
const say = (line: string) => process.stdout.write(`${line}\n`);
const complain = (line: string) => process.stderr.write(`${line}\n`);

async function main(): Promise<number> {
  if (existsSync(projectPath('.env'))) process.loadEnvFile(projectPath('.env'));
  const read = readSettings(process.env, projectPath());
  if ('problems' in read) {
    complain(`The configuration is not usable:\n${read.problems.map((problem) => `  ${problem}`).join('\n')}`);
    return EXIT_CONFIG;
  }
  const { settings } = read;
  mkdirSync(settings.home, { recursive: true, mode: 0o755 });
  const lock = takeLock(settings.home);
  if (!lock.held) {
    complain(
      `Agentic AI already runs here (process ${lock.pid}, data in ${settings.home}). Stop it first, or set AGENTIC_HOME and other ports for a second copy.`,
    );
    return 1;
  }
  try {
    const taken = await takenPorts(settings);
    if (taken.length > 0) {
      complain(`These ports are in use by another program: ${taken.join(', ')}. Free them or set the variables named.`);
      return 1;
    }
    return await run(settings);
  } finally {
    lock.release();
  }
}

/** Starts everything, waits for the end, stops everything in order. Answers the exit code. */
async function run(settings: Settings): Promise<number> {
  const ending = endOfRun();
  const logs = path.join(settings.home, 'logs');
  const secrets = readOrCreateSecrets(settings.home);
  const database =
    settings.DATABASE_URL === undefined
      ? await startEmbeddedPostgres({ home: settings.home, supervised: true, log: (line) => say(`database: ${line}`) })
      : null;
  const running: Supervised[] = [];
  const configProblems = new Map<string, string>();
  let ready = false;
  try {
    const specs = planProcesses(settings, secrets, database?.url ?? settings.DATABASE_URL ?? '', process.env);
    for (const spec of specs) {
      running.push(
        supervise(spec, {
          dist: projectPath('dist'),
          logs,
          onConfigProblems: (name, text) => {
            configProblems.set(name, text);
            ending.end(EXIT_CONFIG);
          },
          onRestart: (name, reason) => {
            if (ready) complain(`${name}: ended (${reason})`);
          },
        }),
      );
    }
    const allReady = Promise.all(running.map((one) => one.ready(60_000)));
    const first = await Promise.race([allReady.then(() => 'ready' as const), ending.ended]);
    if (first === 'ready') {
      ready = true;
      say(describeStart(settings, process.env, performance.now() - begun));
    } else {
      allReady.catch(() => undefined);
      // Give the other processes the moment they need to report their own configuration, so that all problems come at once.
      if (first === EXIT_CONFIG) await settled(running, configProblems);
    }
    return await ending.ended;
  } catch (error) {
    complain(error instanceof Error ? error.message : String(error));
    return 1;
  } finally {
    if (configProblems.size > 0) {
      complain('The configuration is not usable:');
      for (const text of configProblems.values()) complain(text);
    }
    if (ready) say('Stopping …');
    for (const one of running.reverse()) await one.stop();
    await database?.stop();
    if (ready) say('Stopped.');
  }
}

async function settled(running: readonly Supervised[], problems: ReadonlyMap<string, string>): Promise<void> {
  const deadline = performance.now() + 3_000;
  const checked = running.filter((one) => ['api', 'bot', 'web'].includes(one.spec.name));
  while (performance.now() < deadline && checked.some((one) => !problems.has(one.spec.name))) {
    const waiting = checked.filter((one) => !problems.has(one.spec.name));
    const up = await Promise.all(
      waiting.map((one) =>
        one.ready(50).then(
          () => true,
          () => false,
        ),
      ),
    );
    if (up.every(Boolean)) return;
  }
}

/** The first of: a stop signal, a refused configuration. A second signal ends at once. */
function endOfRun(): { readonly ended: Promise<number>; end(code: number): void } {
  let resolveEnd: (code: number) => void = () => undefined;
  const ended = new Promise<number>((resolve) => {
    resolveEnd = resolve;
  });
  let signals = 0;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      signals++;
      if (signals > 1) process.exit(130);
      resolveEnd(0);
    });
  }
  return { ended, end: (code) => resolveEnd(code) };
}

/** Names of the port variables whose port another program holds. Orphans of a killed launcher get a moment to leave. */
async function takenPorts(settings: Settings): Promise<readonly string[]> {
  const names = [
    'API_PORT',
    'BOT_PORT',
    'WEB_PORT',
    ...(settings.localSlack ? (['LOCAL_SLACK_PORT'] as const) : []),
  ] as const;
  const deadline = performance.now() + 15_000;
  for (;;) {
    const free = await Promise.all(names.map((name) => isFree(settings[name])));
    const taken = names.filter((_, i) => !free[i]);
    if (taken.length === 0 || performance.now() > deadline) return taken.map((name) => `${name}=${settings[name]}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}

process.exitCode = await main();
