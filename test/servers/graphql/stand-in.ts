import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { buildSchema, execute, isAbstractType, parse, validate } from 'graphql';
import { z } from 'zod';
import { projectPath } from '../../../lib/project-path.ts';

/** A root field of the schema: what the test answers with. `__typename` names the type where it is open. */
export type RootField = (args: Record<string, unknown>, request: { readonly onBehalfOf: string | null }) => unknown;

export interface GraphqlStandIn {
  readonly url: string;
  /** Every call of a root field, in order. */
  readonly calls: readonly { readonly field: string; readonly args: Record<string, unknown> }[];
  /** Answers this from now on, for example 503; null for ordinary answers again. */
  fail(status: number | 'hang' | null): void;
  /** Carries out the next request and then breaks the connection instead of answering. */
  loseNextAnswer(): void;
  stop(): Promise<void>;
}

const requestSchema = z.object({
  query: z.string(),
  operationName: z.string().nullish(),
  variables: z.record(z.string(), z.unknown()).nullish(),
});
const typed = z.object({ __typename: z.string() });

/** Speaks GraphQL over HTTP by the committed schema, so that a wrong document or shape fails here as it would there. */
export async function startGraphqlStandIn(fields: Readonly<Record<string, RootField>>): Promise<GraphqlStandIn> {
  const schema = buildSchema(readFileSync(projectPath('api/graphql/schema.graphql'), 'utf8'));
  for (const type of Object.values(schema.getTypeMap()))
    if (isAbstractType(type)) type.resolveType = (value) => typed.safeParse(value).data?.__typename;
  const calls: { field: string; args: Record<string, unknown> }[] = [];
  let failure: number | 'hang' | null = null;
  let lose = false;
  const server = createServer(async (request, response) => {
    if (failure === 'hang') return;
    if (failure !== null) {
      response.writeHead(failure, { 'content-type': 'application/json', 'retry-after': '1' }).end('{}');
      return;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { query, variables } = requestSchema.parse(JSON.parse(Buffer.concat(chunks).toString()));
    const document = parse(query);
    const errors = validate(schema, document);
    const given = request.headers['x-on-behalf-of'];
    const onBehalfOf = typeof given === 'string' ? given : null;
    const rootValue = Object.fromEntries(
      Object.entries(fields).map(([field, answer]) => [
        field,
        (args: Record<string, unknown>) => {
          calls.push({ field, args });
          return answer(args, { onBehalfOf });
        },
      ]),
    );
    const result =
      errors.length > 0
        ? { errors: errors.map(({ message }) => ({ message, extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } })) }
        : await execute({ schema, document, rootValue, variableValues: variables ?? {} });
    if (lose) {
      lose = false;
      request.socket.destroy();
      return;
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(result));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/graphql`,
    calls,
    fail: (status) => {
      failure = status;
    },
    loseNextAnswer: () => {
      lose = true;
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
