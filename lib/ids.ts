import { createHash, randomBytes } from 'node:crypto';

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

function format(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** A new UUID version 7 (RFC 9562): sorts by the time it was made. */
export function newId(nowMs = Date.now()): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(nowMs, 0, 6);
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  return format(bytes);
}

/** The same UUID (version 8, from SHA-256) for the same namespace and name. */
export function derivedId(namespace: string, name: string): string {
  const bytes = createHash('sha256').update(namespace).update('\0').update(name).digest().subarray(0, 16);
  bytes[6] = 0x80 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  return format(bytes);
}

/** Whether a text is a UUID as this product writes them. */
export function isUuid(text: string): boolean {
  return uuidPattern.test(text);
}

/** Opaque id for the outside: base64url of `Type:uuid`. */
export function toGlobalId(type: string, id: string): string {
  return Buffer.from(`${type}:${id}`).toString('base64url');
}

/** Reads an id given by the outside; null when it was not made by `toGlobalId`. */
export function fromGlobalId(globalId: string): { readonly type: string; readonly id: string } | null {
  const match = /^([A-Za-z]+):(.+)$/.exec(Buffer.from(globalId, 'base64url').toString('utf8'));
  if (!match?.[1] || !match[2] || toGlobalId(match[1], match[2]) !== globalId) return null;
  return { type: match[1], id: match[2] };
}
