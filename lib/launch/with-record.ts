import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { projectPath } from '../project-path.ts';
import { startEmbeddedPostgres } from './embedded-postgres.ts';
import { EXIT_CONFIG } from './processes.ts';
import { readOrCreateSecrets } from './secrets.ts';
import { readSettings } from './settings.ts';

/**
 * Runs one program of the product beside the record of this machine: `with-record.js api/ingest-main.js ARGS`. The database of
 * `npm start` is joined while it runs and started while it does not; with DATABASE_URL set, that one is used.
 */
async function main([program, ...args]: readonly string[]): Promise<number> {
  if (existsSync(projectPath('.env'))) process.loadEnvFile(projectPath('.env'));
  const read = readSettings(process.env, projectPath());
  if (program === undefined || 'problems' in read) {
    process.stderr.write(`${'problems' in read ? read.problems.join('\n') : 'Which program?'}\n`);
    return EXIT_CONFIG;
  }
  const { settings } = read;
  const complain = (line: string): void => void process.stderr.write(`database: ${line}\n`);
  const database =
    settings.DATABASE_URL === undefined ? await startEmbeddedPostgres({ home: settings.home, log: complain }) : null;
  const local = database === null ? {} : { DATABASE_URL: database.url };
  const secrets =
    database === null || process.env.AUDIT_KEY ? {} : { AUDIT_KEY: readOrCreateSecrets(settings.home).AUDIT_KEY };
  try {
    return await run(program, args, { ...process.env, ...local, ...secrets });
  } finally {
    await database?.stop();
  }
}

/** The program decides when it ends: a signal is passed on to it. */
function run(program: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const child = spawn(process.execPath, [projectPath('dist', program), ...args], { env, stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? (signal === null ? 1 : 130)));
  });
}

process.exitCode = await main(process.argv.slice(2));
