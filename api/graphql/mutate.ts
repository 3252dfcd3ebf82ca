import { z } from 'zod';
import { type AppErrorCode, isAppError } from '../../lib/errors.ts';
import { fromGlobalId, isUuid } from '../../lib/ids.ts';
import { inTransaction } from '../db.ts';
import type { RequestContext } from './request-context.ts';
import { UserErrorCode } from './types/enums.ts';
import type { UserError } from './types/payload.ts';

/** A refusal as the domain says it. */
export interface DomainRefusal {
  readonly code: AppErrorCode | UserErrorCode;
  readonly message: string;
  readonly path?: readonly string[] | null | undefined;
}

/** Several refusals at once, thrown where the input is read. */
class Refused extends Error {
  readonly refusals: readonly DomainRefusal[];

  constructor(refusals: readonly DomainRefusal[]) {
    super('refused');
    this.refusals = refusals;
  }
}

const isUserCode = (code: string): code is UserErrorCode => Object.hasOwn(UserErrorCode, code);

/** Refusals as callers read them. */
export function userErrorsOf(refusals: readonly DomainRefusal[], retryAfterMs: number | null = null): UserError[] {
  return refusals.map(({ code, message, path }) => ({
    code: isUserCode(code) ? code : UserErrorCode.INVALID_STATE,
    message,
    path: path ?? null,
    retryAfter: retryAfterMs,
  }));
}

/** Stops a mutation with one refusal. */
export function refuse(code: UserErrorCode, message: string, path: readonly string[] | null = null): never {
  throw new Refused([{ code, message, path }]);
}

/** Reads an input by its schema; every problem becomes a refusal with its place. */
export function parseInput<T>(schema: z.ZodType<T>, input: unknown): T {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new Refused(
    parsed.error.issues.slice(0, 20).map((issue) => ({
      code: 'INVALID_INPUT' as const,
      message: issue.message,
      path: ['input', ...issue.path.map(String)],
    })),
  );
}

/** The row's id behind a global id of this type; any other id is refused like one that does not exist. */
export function rowId(type: string, globalId: string, path: readonly string[] = ['input', 'id']): string {
  const known = fromGlobalId(globalId);
  if (known?.type === type && isUuid(known.id)) return known.id;
  return refuse(UserErrorCode.NOT_FOUND, `There is no such ${type}.`, path);
}

interface Payload {
  readonly userErrors: readonly UserError[];
}

/** One mutation: what it is called in the audit log, its input, and what it answers when it refuses before anything was done. */
export interface Mutation<P extends Payload> {
  readonly operation: string;
  readonly input: unknown;
  readonly empty: Omit<P, 'userErrors'>;
  /** True when the function of the domain writes its refusals into the audit log itself. */
  readonly auditsItself?: boolean;
}

/**
 * Runs a mutation. A refusal becomes userErrors and leaves an audit entry; everything else that goes wrong is an error of the whole
 * request, and then nothing was accepted.
 */
export async function mutate<P extends Payload>(
  ctx: RequestContext,
  mutation: Mutation<P>,
  work: () => Promise<P>,
): Promise<P | (Omit<P, 'userErrors'> & Payload)> {
  try {
    const payload = await work();
    if (payload.userErrors.length > 0 && mutation.auditsItself !== true)
      await auditRefusal(ctx, mutation, payload.userErrors);
    return payload;
  } catch (error) {
    const userErrors = refusalsOf(error);
    if (userErrors === null) throw error;
    await auditRefusal(ctx, mutation, userErrors);
    return { ...mutation.empty, userErrors };
  }
}

function refusalsOf(error: unknown): UserError[] | null {
  if (error instanceof Refused) return userErrorsOf(error.refusals);
  if (isAppError(error) && isUserCode(error.code)) return userErrorsOf([error], error.retryAfterMs ?? null);
  return null;
}

async function auditRefusal<P extends Payload>(
  ctx: RequestContext,
  { operation, input }: Mutation<P>,
  errors: readonly UserError[],
): Promise<void> {
  const { viewer, deps } = ctx;
  const first = errors[0];
  await inTransaction(deps.db, (tx) =>
    deps.audit(tx, {
      actor: viewer.actor,
      onBehalfOf: viewer.key === null ? null : `key:${viewer.key.name}`,
      operation,
      input,
      outcome: 'refused',
      reason: first === undefined ? null : `${first.code}: ${first.message}`,
      correlationId: viewer.correlationId,
    }),
  );
}

/** Text of a person or a program: trimmed, bounded, and storable. */
export const words = (max: number, min = 1) =>
  z
    .string()
    .trim()
    .min(min, min === 1 ? 'must not be empty' : undefined)
    .max(max)
    .refine((value) => !value.includes('\u0000') && value.isWellFormed(), 'holds a character that cannot be stored');

/** An idempotency key. */
export const keySchema = words(300);

/** Where a request was made, as chat clients say it. */
export const addressSchema = z.object({
  workspace: words(80),
  channel: words(80),
  thread: words(80).nullish(),
  message: words(80).nullish(),
});
