import { isAppError } from '../../lib/errors.ts';
import type { Logger } from '../../lib/log.ts';
import type { PointSearch } from '../ports/vector-store.ts';

/** Why a search was answered by the embedded index: a closed set, it is a metric label. */
export const fallbackReasons = ['away', 'behind', 'refused'] as const;
export type FallbackReason = (typeof fallbackReasons)[number];

const words: Readonly<Record<FallbackReason, string>> = {
  away: 'Qdrant does not answer; searched in the embedded index',
  behind: 'the Qdrant index is being brought up to date; searched in the embedded index',
  refused: 'Qdrant refused the search; searched in the embedded index',
};

/** Qdrant as far as searches see it now. */
export interface FallbackState {
  /** Null while Qdrant answers. */
  readonly reason: FallbackReason | null;
  readonly since: Date | null;
}

export interface FallbackSearch extends PointSearch {
  readonly state: () => FallbackState;
}

/**
 * Asks the first index, and the second one where the first does not answer, refuses, or is behind the record: a manual that was
 * hidden or removed a while ago must not be found. The first bounds its own time, so both together stay below three seconds.
 */
export function createFallbackStore(options: {
  readonly primary: PointSearch;
  readonly embedded: PointSearch;
  /** Whether the first index was up to date a moment ago. */
  readonly isCurrent: () => Promise<boolean>;
  readonly onFallback: (reason: FallbackReason) => void;
  readonly log: Logger;
}): FallbackSearch {
  const { primary, embedded, isCurrent, onFallback, log } = options;
  let state: FallbackState = { reason: null, since: null };
  const become = (reason: FallbackReason | null): void => {
    if (reason === state.reason) return;
    if (reason === null) log.info('searches are answered by Qdrant again');
    else log.warn({ reason }, 'searches are answered by the embedded index');
    state = { reason, since: reason === null ? null : new Date() };
  };
  return {
    state: () => state,
    async search(query) {
      let reason: FallbackReason;
      if (await isCurrent()) {
        try {
          const answer = await primary.search(query);
          become(null);
          return answer;
        } catch (error) {
          reason = isAppError(error) && error.code === 'UPSTREAM_UNAVAILABLE' ? 'away' : 'refused';
          log.debug({ err: error }, 'Qdrant did not answer a search');
        }
      } else reason = 'behind';
      become(reason);
      onFallback(reason);
      const answer = await embedded.search(query);
      const also = answer.degraded === null ? '' : ` (${answer.degraded})`;
      return { ...answer, degraded: `${words[reason]}${also}` };
    },
  };
}
