import type { Credentials } from '../users/resolve-viewer.ts';

/** Who asks, from the headers of a request. */
export function credentialsOf(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  correlationId: string,
): Credentials {
  const onBehalfOf = headers['x-on-behalf-of'];
  const authorization = headers.authorization;
  return {
    authorization: typeof authorization === 'string' ? authorization : null,
    onBehalfOf: typeof onBehalfOf === 'string' ? onBehalfOf : null,
    correlationId,
  };
}
