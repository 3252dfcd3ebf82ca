import { createHmac } from 'node:crypto';
import { timingSafeEqualText } from '../lib/http.ts';
import type { Secret } from '../lib/secret.ts';

export type SignatureVerdict =
  | { readonly ok: true; readonly signature: string }
  | { readonly ok: false; readonly reason: 'signature' | 'stale' | 'replay' };

const windowSeconds = 300;
const mostRemembered = 100_000;

/** Remembers signatures for as long as their timestamp would be taken. */
export interface ReplayMemory {
  seen(signature: string): boolean;
  remember(signature: string, nowSeconds: number): void;
  forget(signature: string): void;
}

/** A memory of one process; Slack signs every delivery anew, its repeats too. */
export function replayMemory(): ReplayMemory {
  const until = new Map<string, number>();
  return {
    seen: (signature) => until.has(signature),
    remember: (signature, now) => {
      for (const [known, end] of until) {
        if (end > now && until.size < mostRemembered) break;
        until.delete(known);
      }
      until.set(signature, now + 2 * windowSeconds + 1);
    },
    forget: (signature) => void until.delete(signature),
  };
}

/** Checks a request in the name of Slack: exactly ten digits, a window that closes on both sides, v0 HMAC in constant time, and no replay. */
export function verifySignature(
  request: {
    readonly rawBody: Uint8Array;
    readonly timestamp: string | undefined;
    readonly signature: string | undefined;
  },
  secret: Secret,
  memory: ReplayMemory,
  nowSeconds: number,
): SignatureVerdict {
  const { timestamp, signature, rawBody } = request;
  if (timestamp === undefined || signature === undefined || !/^\d{10}$/.test(timestamp))
    return { ok: false, reason: 'signature' };
  const expected = `v0=${createHmac('sha256', secret.reveal()).update(`v0:${timestamp}:`).update(rawBody).digest('hex')}`;
  // The window is judged last, so that an answer about time is given only to whoever knows the secret.
  if (!/^v0=[0-9a-f]{64}$/.test(signature) || !timingSafeEqualText(signature, expected))
    return { ok: false, reason: 'signature' };
  if (Math.abs(nowSeconds - Number(timestamp)) > windowSeconds) return { ok: false, reason: 'stale' };
  if (memory.seen(signature)) return { ok: false, reason: 'replay' };
  memory.remember(signature, nowSeconds);
  return { ok: true, signature };
}
