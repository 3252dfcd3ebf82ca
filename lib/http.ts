import { createHash, timingSafeEqual } from 'node:crypto';
import type { Server } from 'node:http';

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
