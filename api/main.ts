import 'reflect-metadata';
import { parseArgs } from 'node:util';
import { exitConfig, orExit, readConfig } from '../lib/env.ts';
import { createLogger } from '../lib/log.ts';
import { createShutdown } from '../lib/shutdown.ts';
import { type Role, startApp } from './app.ts';
import { apiConfigSchema, llmOf, sqlConnectionsOf } from './config.ts';

const roles: readonly Role[] = ['all', 'api', 'worker'];
const { values } = parseArgs({ options: { role: { type: 'string', default: 'all' } } });
const role = roles.find((known) => known === values.role);
const config = orExit(() => readConfig(apiConfigSchema, process.env));
const model = llmOf(config);
if ('problems' in model || role === undefined) {
  const problems = [
    ...('problems' in model ? model.problems : []),
    ...(role === undefined ? ['  --role: must be all, api or worker'] : []),
  ];
  process.stderr.write(`${problems.join('\n')}\n`);
  process.exit(exitConfig);
}
const log = createLogger({ name: `api-${role}`, level: config.LOG_LEVEL });
const shutdown = createShutdown({ log });
process.on('unhandledRejection', (error) => log.error({ err: error }, 'a rejection nobody handled'));
try {
  await startApp({
    config: { ...config, llm: model.llm, sqlConnections: sqlConnectionsOf(process.env) },
    role,
    log,
    shutdown,
  });
} catch (error) {
  log.fatal({ err: error }, 'the start failed');
  await shutdown.stop('failed start', 1);
}
