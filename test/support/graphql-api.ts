import type { AddressInfo } from 'node:net';
import { createNoLlm } from '../../api/adapters/llm/none.ts';
import { createMemoryPubSub } from '../../api/adapters/pubsub/memory.ts';
import { usualSettings } from '../../api/alerts/settings.ts';
import { cancelApprovalsOf } from '../../api/approvals/cancel.ts';
import { createAudit } from '../../api/audit/append.ts';
import type { Core } from '../../api/context.ts';
import { createDb, type Db } from '../../api/db.ts';
import { may } from '../../api/graphql/request-context.ts';
import { createGraphqlServer } from '../../api/graphql/server.ts';
import { createDocsRouter } from '../../api/http/docs.ts';
import { createManualDoor } from '../../api/http/manuals.ts';
import { createRestRouter } from '../../api/http/rest.ts';
import { createHttpDoor } from '../../api/http/server.ts';
import { createFindPassages } from '../../api/knowledge/find-passages.ts';
import { createManualLibrary } from '../../api/knowledge/library.ts';
import { createMetrics } from '../../api/metrics.ts';
import { loadAgents } from '../../api/orchestrator/load-agents.ts';
import type { Llm } from '../../api/ports/llm.ts';
import { resolveViewer } from '../../api/users/resolve-viewer.ts';
import { localPeople, seedKeys, seedPeople } from '../../api/users/seed.ts';
import { loadWorkflows } from '../../api/workflows/load-workflows.ts';
import { createLogger } from '../../lib/log.ts';
import { Secret } from '../../lib/secret.ts';
import { manualSearch } from './manual-search.ts';

/** Keys of the test product. */
export const keys = {
  bot: 'aak_bot_0123456789abcdef0123',
  admin: 'aak_admin_0123456789abcdef01',
  web: 'aak_web_0123456789abcdef0123',
};
export const people = {
  requester: 'slack:T0LOCAL:U0REQUESTER',
  approver: 'slack:T0LOCAL:U0APPROVER',
  viewer: 'slack:T0LOCAL:U0VIEWER',
  stranger: 'slack:T0LOCAL:U0STRANGER',
};

/** The doors of the product on a port of their own, over a given database. */
export interface GraphqlApi {
  readonly db: Db;
  readonly core: Core;
  readonly url: string;
  /** Sends one operation as one of the keys, for a person when named. */
  post(
    query: string,
    variables?: Readonly<Record<string, unknown>>,
    as?: { readonly key?: string | null; readonly person?: string; readonly accept?: string },
  ): Promise<{ readonly status: number; readonly headers: Headers; readonly body: GraphqlAnswer }>;
  close(): Promise<void>;
}
export interface GraphqlAnswer {
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of any shape
  readonly data?: any;
  readonly errors?: readonly { readonly message: string; readonly extensions: Readonly<Record<string, unknown>> }[];
}

export async function graphqlApi(databaseUrl: string, options: { readonly llm?: Llm } = {}): Promise<GraphqlApi> {
  const log = createLogger({ name: 'test', level: 'silent' });
  const handle = createDb(databaseUrl, { poolSize: 8, program: 'test' });
  const { db } = handle;
  const pubsub = createMemoryPubSub(log);
  const core: Core = {
    db,
    log,
    audit: createAudit(new Secret('k'.repeat(40)), log),
    wake: (topic, id) => pubsub.publish(topic, id),
  };
  await seedKeys(core, { bot: new Secret(keys.bot), admin: new Secret(keys.admin), web: new Secret(keys.web) });
  await seedPeople(core, localPeople);
  const metrics = createMetrics({
    databaseConnections: async () => 0,
    outbox: async () => ({ pending: 0, oldestSeconds: 0 }),
    approvalsPending: async () => 0,
    queueDepth: async () => 0,
  });
  const door = createHttpDoor({
    log,
    registry: metrics.registry,
    readiness: async () => ({ ready: true, checks: {} }),
    onRequest: metrics.onRequest,
  });
  const graphql = await createGraphqlServer({
    deps: {
      ...core,
      cancelApprovals: (tx, incidentId, reason) => cancelApprovalsOf(core, tx, { incidentId }, reason),
      settings: usualSettings,
      agents: await loadAgents(),
      manuals: createManualLibrary(db, manualSearch(core)),
      findPassages: createFindPassages(db, manualSearch(core)),
      llm: options.llm ?? createNoLlm(),
      onAnswer: metrics.onManualAnswer,
      workflows: await loadWorkflows(await loadAgents()),
      pubsub,
      metrics,
      lastAnchor: async () => null,
      isReady: async () => true,
      dependencies: async () => [],
      unavailable: () => null,
      version: '0.0.0',
      commit: null,
      startedAt: new Date(),
    },
    httpServer: door.server,
    allowedOrigins: ['http://console.example'],
    introspection: false,
    log,
  });
  door.mount({
    graphql: graphql.handler,
    files: createManualDoor({
      core,
      resolveViewer: (credentials) => resolveViewer(core, credentials),
      mayRead: (viewer) => may(viewer, 'MANUAL_READ'),
    }),
    rest: createRestRouter({
      resolveViewer: (credentials) => resolveViewer(core, credentials),
      execute: graphql.execute,
    }),
    docs: createDocsRouter('0.0.0'),
  });
  await door.listen(0, '127.0.0.1');
  const address = door.server.address();
  const port = isAddress(address) ? address.port : 0;
  const url = `http://127.0.0.1:${port}`;
  return {
    db,
    core,
    url,
    async post(query, variables = {}, as = {}) {
      const key = as.key === undefined ? keys.admin : as.key;
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: as.accept ?? 'application/graphql-response+json',
          ...(key === null ? {} : { authorization: `Bearer ${key}` }),
          ...(as.person === undefined ? {} : { 'x-on-behalf-of': as.person }),
        },
        body: JSON.stringify({ query, variables }),
      });
      const body: GraphqlAnswer = JSON.parse(await response.text());
      return { status: response.status, headers: response.headers, body };
    },
    async close() {
      await graphql.stop();
      await door.stop();
      await pubsub.close();
      await handle.close();
    },
  };
}

const isAddress = (address: AddressInfo | string | null): address is AddressInfo =>
  typeof address === 'object' && address !== null;
