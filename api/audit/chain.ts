import { createHmac, timingSafeEqual } from 'node:crypto';
import { canonicalJson } from '../../lib/canonical-json.ts';
import type { Secret } from '../../lib/secret.ts';

/** Everything of an entry that the chain protects. */
export interface ChainedEntry {
  readonly seq: number;
  readonly at: Date;
  readonly actorType: string;
  readonly actorId: string | null;
  readonly actorName: string;
  readonly onBehalfOf: string | null;
  readonly operation: string;
  readonly subjectType: string | null;
  readonly subjectId: string | null;
  readonly tool: string | null;
  readonly inputDigest: string;
  readonly input: unknown;
  readonly outcome: string;
  readonly reason: string | null;
  readonly correlationId: string;
  readonly previousHash: string;
}

/** What stands before the first entry. */
export const chainStart = '0'.repeat(64);

/** Keyed hash of one entry; without the key nobody can write an entry that fits. `seq` may be another one, to find out where a moved entry belongs. */
export function entryHash(key: Secret, entry: ChainedEntry, seq = entry.seq): string {
  const { at, actorType, actorId, actorName, onBehalfOf, operation, subjectType, subjectId, tool } = entry;
  const { inputDigest, input, outcome, reason, correlationId, previousHash } = entry;
  const names = { actorType, actorId, actorName, onBehalfOf, operation, subjectType, subjectId, tool };
  const facts = { inputDigest, input, outcome, reason, correlationId, previousHash };
  return keyedHash(key, canonicalJson({ seq, at: at.toISOString(), ...names, ...facts }));
}

/** HMAC-SHA256 in hex. */
export function keyedHash(key: Secret, text: string): string {
  return createHmac('sha256', key.reveal()).update(text).digest('hex');
}

/** Compares two hex hashes without telling by time where they differ. */
export function sameHash(a: string, b: string): boolean {
  const left = Buffer.from(a, 'utf8');
  const right = Buffer.from(b, 'utf8');
  return left.length === right.length && timingSafeEqual(left, right);
}
