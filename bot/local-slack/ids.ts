import { randomBytes } from 'node:crypto';

/** A new id in Slack's look: one letter for the kind, then capitals and digits. */
export function newId(prefix: string): string {
  return `${prefix}0${randomBytes(6).toString('hex').toUpperCase()}`;
}

/** The short random id Slack gives to a block or control that came without one. */
export function shortId(): string {
  return randomBytes(4).toString('base64url').slice(0, 5);
}
