import { createArtifactStore } from '../../api/adapters/artifact-store/record.ts';
import { createLogsSource } from '../../api/adapters/logs-source/logs.ts';
import { createNetProbe } from '../../api/adapters/net-probe/guarded.ts';
import { createPostgresHealth } from '../../api/adapters/sql-source/health.ts';
import { createPostgresSource } from '../../api/adapters/sql-source/postgres.ts';
import type { Db } from '../../api/db.ts';
import type { DatabaseHealth } from '../../api/ports/database-health.ts';
import { createSourceRegistry } from '../../api/systems/sources.ts';
import type { ToolPorts } from '../../api/tools/tool.ts';
import type { Secret } from '../../lib/secret.ts';

type Sources = Pick<ToolPorts, 'net' | 'sql' | 'dbHealth' | 'logs' | 'registry' | 'artifacts'>;

/** The ports of registered sources over a record; only the named connections and addresses are reached. */
export function sourcePorts(
  db: Db,
  options: {
    readonly connectionOf?: (name: string) => Secret | undefined;
    readonly lokiUrl?: string;
    readonly logsFolder?: string;
    /** Stands between the tools and the server, to lose its answers. */
    readonly healthBetween?: (real: DatabaseHealth) => DatabaseHealth;
    readonly isRegistered?: (hostPort: string) => Promise<boolean>;
  } = {},
): Sources {
  const health = createPostgresHealth({ connectionOf: options.connectionOf ?? (() => undefined) });
  return {
    net: createNetProbe({ isRegistered: options.isRegistered ?? (async () => false) }),
    sql: createPostgresSource({ connectionOf: options.connectionOf ?? (() => undefined) }),
    dbHealth: options.healthBetween?.(health) ?? health,
    logs: createLogsSource({
      loki: options.lokiUrl === undefined ? null : { url: options.lokiUrl },
      folder: options.logsFolder ?? null,
    }),
    registry: createSourceRegistry(db),
    artifacts: createArtifactStore(db),
  };
}

const nothing = () => Promise.reject(new Error('not asked here'));

/** For tests of tools that ask none of these. */
export const silentSources: Sources = {
  net: { web: nothing, tls: nothing, tcp: nothing, dns: nothing },
  sql: { describe: nothing, plan: nothing, select: nothing },
  dbHealth: { read: nothing, backend: nothing, end: nothing },
  logs: { query: nothing },
  registry: { database: nothing, databases: nothing, logSources: nothing, jobs: nothing },
  artifacts: { keep: nothing, read: nothing },
};
