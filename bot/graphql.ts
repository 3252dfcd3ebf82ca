import { initGraphQLTada } from 'gql.tada';
import type { introspection } from '../lib/generated/graphql-env.d.ts';

/** Makes documents whose variables and answers are typed from the committed schema. */
export const graphql = initGraphQLTada<{
  introspection: introspection;
  disableMasking: true;
  scalars: { DateTime: string; Duration: string; URL: string; JSON: unknown; AgentId: string; AlertSourceName: string };
}>();
