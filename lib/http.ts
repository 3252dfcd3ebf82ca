import { createHash, timingSafeEqual } from 'node:crypto';
import type { Server, ServerResponse } from 'node:http';
import { type AppErrorCode, isAppError } from './errors.ts';

/**
 * Limits of every server here against slow or many clients. Connections are kept 75 s: longer than Alertmanager's idle time,
 * so that a post never meets a connection that was just closed.
 */
export function hardenServer(server: Server): void {
  server.keepAliveTimeout = 75_000;
  server.headersTimeout = 10_000;
  server.requestTimeout = 30_000;
  server.maxConnections = 2_000;
  server.maxRequestsPerSocket = 0;
}

/** Compares two texts in a time that tells nothing about where they differ. */
export function timingSafeEqualText(one: string, other: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}

const statusOf: Readonly<Record<AppErrorCode, number>> = {
  INVALID_INPUT: 400,
  MISSING_INPUT: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  POLICY_REFUSED: 403,
  SELF_APPROVAL: 403,
  NOT_FOUND: 404,
  INVALID_STATE: 409,
  CONFLICT: 409,
  IDEMPOTENCY_MISMATCH: 409,
  APPROVAL_REQUIRED: 409,
  APPROVAL_MISMATCH: 409,
  EXPIRED: 410,
  BUDGET_EXCEEDED: 429,
  RATE_LIMITED: 429,
  INTERNAL: 500,
  NOT_CONFIGURED: 501,
  UPSTREAM_REJECTED: 502,
  UNAVAILABLE: 503,
  UPSTREAM_UNAVAILABLE: 503,
};

/** Answers an error as JSON: code and message of an AppError, of any other nothing but that it is ours. Does nothing once an answer has begun. */
export function sendError(response: ServerResponse, error: unknown): void {
  if (response.headersSent) return;
  const shown = isAppError(error)
    ? { code: error.code, message: error.message }
    : { code: 'INTERNAL' as const, message: 'Something went wrong on our side. It is in the log.' };
  const retryAfterMs = isAppError(error) ? error.retryAfterMs : undefined;
  response.writeHead(statusOf[shown.code], {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...(retryAfterMs === undefined ? {} : { 'retry-after': String(Math.max(1, Math.ceil(retryAfterMs / 1_000))) }),
  });
  response.end(JSON.stringify({ error: shown }));
}
