import { createNoLlm } from '../../api/adapters/llm/none.ts';
import { createEmbeddedStore } from '../../api/adapters/vector-store/embedded/store.ts';
import type { Db } from '../../api/db.ts';
import { createCollectionSize } from '../../api/knowledge/chunk-reader.ts';
import { createManualPoints } from '../../api/knowledge/manual-points.ts';
import {
  type ManualQuery,
  type ManualSearchResult,
  type SearchDeps,
  searchManuals,
} from '../../api/knowledge/search.ts';
import type { Logger } from '../../lib/log.ts';

/** The product's search over the embedded index of a test's record, which follows the record before every question. */
export function manualSearch(
  { db, log }: { readonly db: Db; readonly log: Logger },
  more: Partial<Pick<SearchDeps, 'llm' | 'embed' | 'fusion' | 'help'>> = {},
): (query: ManualQuery) => Promise<ManualSearchResult> {
  const points = createManualPoints({
    db,
    log,
    embedded: createEmbeddedStore({ log }),
    qdrant: null,
    denseModel: null,
    onFallback: () => undefined,
  });
  return async (query) => {
    await points.refresh();
    return searchManuals(
      { db, store: points, llm: createNoLlm(), embed: null, size: createCollectionSize(db), ...more },
      query,
    );
  };
}
