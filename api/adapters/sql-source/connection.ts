import pg from 'pg';
import { AppError } from '../../../lib/errors.ts';
import { redactText } from '../../../lib/redact.ts';
import type { Secret } from '../../../lib/secret.ts';

/** Finds the address behind a name; undefined when the environment has none. */
export type ConnectionOf = (name: string) => Secret | undefined;

const connectMs = 5_000;

/** What the database says, without the address of the server it may hold. */
export function databaseError(error: unknown, what: string): AppError {
  if (error instanceof AppError) return error;
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
  const message = error instanceof Error ? redactText(error.message).slice(0, 500) : 'unknown';
  if (code === '57014') return new AppError('UPSTREAM_REJECTED', `${what}: ended at the time limit`, { cause: error });
  if (code === '55P03')
    return new AppError('UPSTREAM_REJECTED', `${what}: waited too long for a lock`, { cause: error });
  if (code === '28P01' || code === '28000' || code === '3D000')
    return new AppError('NOT_CONFIGURED', `${what}: the database refuses the connection`, { cause: error });
  // Class 08, 53 and 57P are the server's own trouble; a SQLSTATE of another kind is an answer.
  if (/^[0-9A-Z]{5}$/.test(code) && !/^(08|53|57P)/.test(code))
    return new AppError('UPSTREAM_REJECTED', `${what}: ${message}`, { cause: error });
  return new AppError('UPSTREAM_UNAVAILABLE', `${what}: not reachable`, { cause: error, retryable: true });
}

/** Opens one connection, does the work, and ends it however the work ends. An abort cuts the connection at once. */
export async function withConnection<T>(
  address: Secret | undefined,
  what: string,
  signal: AbortSignal,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  if (address === undefined) throw new AppError('NOT_CONFIGURED', `${what}: its connection is not set`);
  const client = new pg.Client({
    connectionString: address.reveal(),
    application_name: 'agentic-ai',
    connectionTimeoutMillis: connectMs,
    keepAlive: true,
  });
  client.on('error', () => undefined);
  const cut = () => void client.end().catch(() => undefined);
  signal.addEventListener('abort', cut, { once: true });
  try {
    signal.throwIfAborted();
    await client.connect();
    return await work(client);
  } catch (error) {
    if (signal.aborted)
      throw new AppError('UPSTREAM_UNAVAILABLE', `${what}: no answer in time`, { retryable: true, cause: error });
    throw databaseError(error, what);
  } finally {
    signal.removeEventListener('abort', cut);
    void client.end().catch(() => undefined);
  }
}
