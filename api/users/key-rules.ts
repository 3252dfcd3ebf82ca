import { sha256Hex } from '../../lib/canonical-json.ts';

/** Keys are long random values, so a plain SHA-256 is enough: there is nothing to guess. */
export const shortestKeyChars = 24;
const longestKeyChars = 512;

/** What is stored of a key, and nothing else of it. */
export interface StoredKey {
  readonly prefix: string;
  readonly hash: string;
}

/** Hash and visible prefix of a key; of a key in a foreign form the prefix comes from the hash, so nothing of it is shown. */
export function storedKey(secret: string): StoredKey {
  const hash = sha256Hex(secret);
  const prefix = /^aak_([A-Za-z0-9]{1,16})_/.exec(secret)?.[1];
  return { hash, prefix: prefix === undefined ? `sha256:${hash.slice(0, 8)}` : `aak_${prefix}` };
}

/** The key of an Authorization header; null when it is not a usable bearer. */
export function bearerOf(header: string | null | undefined): string | null {
  const match = /^Bearer +([\x21-\x7e]+)$/i.exec(header ?? '');
  const secret = match?.[1];
  if (secret === undefined || secret.length < shortestKeyChars || secret.length > longestKeyChars) return null;
  return secret;
}

/** Who a bot speaks for: `slack:<workspace>:<user>`; null when it is not of that form. */
export function chatPersonOf(header: string): { readonly workspace: string; readonly chatUserId: string } | null {
  const match = /^slack:([A-Za-z0-9_-]{1,40}):([A-Za-z0-9_-]{1,40})$/.exec(header);
  return match?.[1] && match[2] ? { workspace: match[1], chatUserId: match[2] } : null;
}
