import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startEmbeddedPostgres } from '../../lib/launch/embedded-postgres.ts';
import { migrateDeploy } from '../../prisma/migrate.ts';

/** A migrated PostgreSQL that belongs to one test file, because the file breaks it. */
export interface OwnServer {
  readonly url: string;
  /** Cuts all sessions without a checkpoint, as a power loss would, and starts the server again on its port. */
  restartHard(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a server of its own in a folder of its own. */
export async function startOwnServer(): Promise<OwnServer> {
  const home = mkdtempSync(path.join(tmpdir(), 'own-server-'));
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
