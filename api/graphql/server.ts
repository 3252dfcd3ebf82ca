import type { Server } from 'node:http';
import type { RequestHandler } from 'express';
import { type DocumentNode, type ExecutionResult, execute, GraphQLError, parse, validate } from 'graphql';
import { newId } from '../../lib/ids.ts';
import type { Logger } from '../../lib/log.ts';
import type { Viewer } from '../context.ts';
import { contextFor, createContext } from './create-context.ts';
import { createHttpGraphql } from './http-door.ts';
import { presentError } from './present-error.ts';
import type { ApiDeps } from './request-context.ts';
import { buildApiSchema } from './schema.ts';
import { createSocketGraphql } from './socket-door.ts';

/** What the GraphQL server is made of. */
export interface GraphqlServerOptions {
  readonly deps: ApiDeps;
  readonly httpServer: Server;
  readonly allowedOrigins: readonly string[];
  /** Lets callers without a key read the schema, and nothing else. */
  readonly introspection: boolean;
  readonly log: Logger;
}

/** The doors of the one schema. */
export interface GraphqlServer {
  /** For /graphql, behind a JSON body parser. */
  readonly handler: RequestHandler;
  /** Runs a document of our own for a viewer who is known already: the REST twins. */
  readonly execute: (
    document: string,
    variables: Readonly<Record<string, unknown>>,
    viewer: Viewer,
  ) => Promise<ExecutionResult>;
  readonly stop: () => Promise<void>;
}

const nobody: Viewer = {
  actor: { type: 'api_key', id: null, name: 'stranger' },
  person: null,
  key: null,
  permissions: new Set(),
  keyPermissions: new Set(),
  chat: null,
  via: 'API',
  correlationId: 'none',
  locale: 'EN',
};

/** Opens GraphQL over HTTP and over the socket: one schema, the same limits and rights. */
export async function createGraphqlServer(options: GraphqlServerOptions): Promise<GraphqlServer> {
  const { deps, log } = options;
  const { metrics } = deps;
  const schema = buildApiSchema();
  const makeContext = createContext(deps);
  const http = await createHttpGraphql({
    schema,
    makeContext,
    strangerContext: options.introspection
      ? (correlationId) => contextFor(deps, { ...nobody, correlationId }, async () => nobody)
      : null,
    metrics,
    log,
  });
  const socket = createSocketGraphql({
    schema,
    makeContext,
    httpServer: options.httpServer,
    allowedOrigins: options.allowedOrigins,
    metrics,
    log,
  });
  const documents = new Map<string, DocumentNode>();
  const read = (text: string): DocumentNode => {
    const known = documents.get(text);
    if (known !== undefined) return known;
    const document = parse(text);
    const [problem] = validate(schema, document);
    if (problem !== undefined) throw problem;
    documents.set(text, document);
    return document;
  };
  return {
    handler: http.handler,
    execute: async (text, variableValues, viewer) => {
      const contextValue = contextFor(deps, viewer, async () => viewer);
      const result = await execute({ schema, document: read(text), variableValues, contextValue });
      if (result.errors === undefined) return result;
      const errors = result.errors.map((error) => {
        const shown = presentError(error.toJSON(), error, viewer.correlationId || newId(), log);
        return new GraphQLError(shown.message, { ...(shown.extensions ? { extensions: shown.extensions } : {}) });
      });
      return { ...result, errors };
    },
    stop: async () => {
      await socket.stop();
      await http.stop();
    },
  };
}
