import type { Fields } from './json.ts';

/** The three kinds of thing Slack tells an app. */
export type DeliveryType = 'events_api' | 'slash_commands' | 'interactive';

/** How one attempt to reach the app ended. */
export type Attempt =
  | { ok: true; payload: unknown }
  | { ok: false; reason: 'timeout' | 'http_timeout' | 'http_error' | 'connection_failed'; noRetry?: boolean };

/** A way to the app: Socket Mode or signed HTTP. */
export interface Transport {
  send(type: DeliveryType, payload: Fields, retry?: { attempt: number; reason: string }): Promise<Attempt>;
}
