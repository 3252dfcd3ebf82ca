import { initGraphQLTada } from 'gql.tada';
import { Client, cacheExchange, fetchExchange } from 'urql';
import type { introspection } from '../lib/generated/graphql-env.d.ts';
import { authorization } from './key.ts';

/** Typed documents, checked against the committed schema at build. */
export const graphql = initGraphQLTada<{
  introspection: introspection;
  scalars: { DateTime: string; Duration: string; URL: string; JSON: unknown; AgentId: string; AlertSourceName: string };
}>();

/** The API behind the console's own address; the server adds the console's read-only key where no person's key is held. */
export const client = new Client({
  url: '/graphql',
  preferGetMethod: false,
  requestPolicy: 'cache-and-network',
  exchanges: [cacheExchange, fetchExchange],
  fetchOptions: () => ({ headers: { 'apollo-require-preflight': 'true', ...authorization() } }),
});
