import { AppError } from '../../lib/errors.ts';
import type { Viewer } from '../context.ts';
import { type Credentials, resolveViewer } from '../users/resolve-viewer.ts';
import { createLoaders } from './loaders.ts';
import type { ApiDeps, RequestContext } from './request-context.ts';

const longestMs = 10_000;
const viewerWithinMs = 2_000;

/** Says who asks within the patience of alert senders, also when the database does not answer at all. */
async function viewerInTime(deps: ApiDeps, credentials: Credentials): Promise<Viewer> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(
        new AppError('UNAVAILABLE', 'The database does not answer now. Nothing was accepted.', {
          retryable: true,
          retryAfterMs: 5_000,
        }),
      );
    }, viewerWithinMs);
  });
  try {
    return await Promise.race([resolveViewer(deps, credentials), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The context of one operation of a viewer who is known. */
export function contextFor(
  deps: ApiDeps,
  viewer: Viewer,
  refresh: () => Promise<Viewer>,
  options: { readonly cache: boolean } = { cache: true },
): RequestContext {
  return {
    viewer,
    deps,
    load: createLoaders(deps.db, options),
    requestId: viewer.correlationId,
    endsAt: performance.now() + longestMs,
    refresh,
  };
}

/** Makes contexts from credentials. A subscription keeps nothing it has read: each event reads the rows again. */
export function createContext(
  deps: ApiDeps,
): (credentials: Credentials, options?: { readonly cache: boolean }) => Promise<RequestContext> {
  return async (credentials, options) =>
    contextFor(deps, await viewerInTime(deps, credentials), () => viewerInTime(deps, credentials), options);
}
