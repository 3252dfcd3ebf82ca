import { rmSync } from 'node:fs';
import { startEmbeddedPostgres } from '../../lib/launch/embedded-postgres.ts';
import { migrateDeploy } from '../../prisma/migrate.ts';
import { temporaryHome } from './temporary-home.ts';
import { until } from './until.ts';

/** A migrated PostgreSQL that belongs to one test file, because the file breaks it. */
export interface OwnServer {
  readonly url: string;
  /** Cuts all sessions without a checkpoint, as a power loss would. */
  crash(): Promise<void>;
  /** Starts it again on its port. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a server of its own in a folder of its own. */
export async function startOwnServer(): Promise<OwnServer> {
  const home = temporaryHome('own-server-');
  let server = await startEmbeddedPostgres({ home });
  await migrateDeploy(server.url);
  return {
    url: server.url,
    crash: async () => {
      process.kill(server.pid, 'SIGQUIT');
      await until(() => !isAlive(server.pid), { what: 'the end of the server' });
    },
    start: async () => {
      server = await startEmbeddedPostgres({ home, port: server.port });
    },
    stop: async () => {
      await server.stop();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
