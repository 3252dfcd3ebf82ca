import { rmSync } from 'node:fs';
import { startEmbeddedPostgres } from '../../lib/launch/embedded-postgres.ts';
import { migrateDeploy } from '../../prisma/migrate.ts';
import { temporaryHome } from './temporary-home.ts';

/** A migrated PostgreSQL that belongs to one test file, because the file breaks it. */
export interface OwnServer {
  readonly url: string;
  /** Cuts all sessions without a checkpoint, as a power loss would, and starts the server again on its port. */
  restartHard(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a server of its own in a folder of its own. */
export async function startOwnServer(): Promise<OwnServer> {
  const home = temporaryHome('own-server-');
  let server = await startEmbeddedPostgres({ home });
  await migrateDeploy(server.url);
  return {
    url: server.url,
    restartHard: async () => {
      const { pid, port } = server;
      process.kill(pid, 'SIGQUIT');
      server = await startEmbeddedPostgres({ home, port });
    },
    stop: async () => {
      await server.stop();
      rmSync(home, { recursive: true, force: true });
    },
  };
}
