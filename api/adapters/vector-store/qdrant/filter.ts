import type { Schemas } from '@qdrant/js-client-rest';
import type { PointFilter, PointReader } from '../../../ports/vector-store.ts';

type Condition = Schemas['Condition'];

const is = (key: string, value: string): Condition => ({ key, match: { value } });
const isOneOf = (key: string, values: readonly string[]): Condition => ({ key, match: { any: [...values] } });

/** What a reader may see, as a condition. */
function visibleTo({ operator, admin, teams }: PointReader): Condition {
  const ofTeams: Condition[] = admin
    ? [is('visibility', 'TEAM')]
    : teams.length > 0
      ? [{ must: [is('visibility', 'TEAM'), isOneOf('team', teams)] }]
      : [];
  const forOperators = operator || admin ? [is('visibility', 'OPERATORS')] : [];
  return { should: [is('visibility', 'EVERYONE'), ...forOperators, ...ofTeams] };
}

/** A filter in Qdrant's words. */
export function filterOf({ reader, locale, system, team, manualIds }: PointFilter): Schemas['Filter'] {
  return {
    must: [
      visibleTo(reader),
      ...(locale ? [is('locale', locale)] : []),
      ...(system ? [{ should: [{ is_empty: { key: 'systems' } }, is('systems', system)] }] : []),
      ...(team ? [is('team', team)] : []),
      ...(manualIds === undefined ? [] : [isOneOf('manualId', manualIds)]),
    ],
  };
}
