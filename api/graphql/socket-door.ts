import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import {
  type DocumentNode,
  type ExecutionArgs,
  GraphQLError,
  type GraphQLSchema,
  parse,
  specifiedRules,
  validate,
} from 'graphql';
import { useServer as serveSockets } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import { z } from 'zod';
import { isAppError } from '../../lib/errors.ts';
import { newId } from '../../lib/ids.ts';
import type { Logger } from '../../lib/log.ts';
import type { Metrics } from '../metrics.ts';
import type { Credentials } from '../users/resolve-viewer.ts';
import { limitRules, limits } from './limits.ts';
import { presentError, refusedRequest } from './present-error.ts';
import type { RequestContext } from './request-context.ts';

const mostOperations = 50;
const largestMessageBytes = 1024 * 1024;

interface SocketDoorOptions {
  readonly schema: GraphQLSchema;
  readonly makeContext: (credentials: Credentials, options: { readonly cache: boolean }) => Promise<RequestContext>;
  readonly httpServer: Server;
  /** Origins a browser may open a socket from; programs send none. */
  readonly allowedOrigins: readonly string[];
  readonly metrics: Pick<Metrics, 'onRejected'>;
  readonly log: Logger;
}

interface Extra extends Record<PropertyKey, unknown> {
  credentials?: Credentials;
  active?: Set<string>;
}

const paramsSchema = z.object({ authorization: z.string().max(600), onBehalfOf: z.string().max(200).nullish() });

/** GraphQL over WebSocket on the same path, under the same limits and rights; who asks is looked up for every operation. */
export function createSocketGraphql(options: SocketDoorOptions): { readonly stop: () => Promise<void> } {
  const { schema, log } = options;
  const sockets = new WebSocketServer({ noServer: true, maxPayload: largestMessageBytes });
  const rules = [...specifiedRules, ...limitRules((limit) => options.metrics.onRejected(limit))];
  const shown = (error: GraphQLError): GraphQLError => {
    const { message, extensions } = presentError(error.toJSON(), error, newId(), log);
    return new GraphQLError(message, {
      ...(error.nodes ? { nodes: error.nodes } : {}),
      ...(error.path ? { path: error.path } : {}),
      ...(extensions ? { extensions } : {}),
    });
  };
  const door = serveSockets<Record<string, unknown>, Extra>(
    {
      schema,
      connectionInitWaitTimeout: 5_000,
      onConnect: async ({ connectionParams, extra }) => {
        const given = paramsSchema.safeParse(connectionParams ?? {});
        if (!given.success) return false;
        const credentials: Credentials = {
          authorization: given.data.authorization,
          onBehalfOf: given.data.onBehalfOf ?? null,
          correlationId: newId(),
        };
        try {
          await options.makeContext(credentials, { cache: false });
        } catch (error) {
          if (isAppError(error) && error.code !== 'UNAVAILABLE') return false;
          throw error;
        }
        extra.credentials = credentials;
        extra.active = new Set();
        return true;
      },
      onSubscribe: async ({ extra }, id, payload) => {
        const { credentials, active } = extra;
        if (credentials === undefined || active === undefined) return [new GraphQLError('No credential was given.')];
        if (active.size >= mostOperations)
          return [new GraphQLError(`At most ${mostOperations} operations at once on a connection.`)];
        active.add(id);
        const refused = (errors: readonly GraphQLError[]): readonly GraphQLError[] => {
          active.delete(id);
          return errors.map(shown);
        };
        let document: DocumentNode;
        try {
          document = parse(payload.query, { maxTokens: limits.tokens });
        } catch (error) {
          return refused([error instanceof GraphQLError ? error : new GraphQLError('This cannot be read.')]);
        }
        const problems = validate(schema, document, rules);
        if (problems.length > 0) return refused(problems);
        try {
          const args: ExecutionArgs = {
            schema,
            document,
            contextValue: await options.makeContext({ ...credentials, correlationId: newId() }, { cache: false }),
            operationName: payload.operationName ?? null,
            variableValues: payload.variables ?? null,
          };
          return args;
        } catch (error) {
          return refused([refusedRequest(error)]);
        }
      },
      onNext: (_context, _id, _payload, _args, result) => {
        if (result.errors === undefined) return;
        const errors = result.errors.map((error) => shown(error).toJSON());
        return result.data === undefined ? { errors } : { data: result.data, errors };
      },
      onError: ({ extra }, id, _payload, errors) => {
        extra.active?.delete(id);
        return errors.map((error) => error.toJSON());
      },
      onComplete: ({ extra }, id) => {
        extra.active?.delete(id);
      },
    },
    sockets,
    // A proxy must not find the connection idle.
    12_000,
  );
  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const { pathname } = new URL(request.url ?? '/', 'http://api');
    const { origin } = request.headers;
    const isHere = pathname === '/graphql';
    if (!isHere || (origin !== undefined && !options.allowedOrigins.includes(origin))) {
      socket.on('error', () => undefined);
      socket.end(`HTTP/1.1 ${isHere ? '403 Forbidden' : '404 Not Found'}\r\nconnection: close\r\n\r\n`);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (client) => sockets.emit('connection', client, request));
  };
  options.httpServer.on('upgrade', upgrade);
  return {
    stop: async () => {
      options.httpServer.off('upgrade', upgrade);
      await door.dispose();
    },
  };
}
