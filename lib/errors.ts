/** Why something was refused or failed: the closed list people and programs see. */
export const appErrorCodes = [
  'INVALID_INPUT',
  'MISSING_INPUT',
  'NOT_FOUND',
  'FORBIDDEN',
  'INVALID_STATE',
  'CONFLICT',
  'IDEMPOTENCY_MISMATCH',
  'APPROVAL_REQUIRED',
  'APPROVAL_MISMATCH',
  'SELF_APPROVAL',
  'EXPIRED',
  'POLICY_REFUSED',
  'BUDGET_EXCEEDED',
  'NOT_CONFIGURED',
  'UPSTREAM_REJECTED',
  'UPSTREAM_UNAVAILABLE',
  'UNAUTHENTICATED',
  'UNAVAILABLE',
  'INTERNAL',
  'RATE_LIMITED',
] as const;
export type AppErrorCode = (typeof appErrorCodes)[number];

export interface AppErrorOptions {
  readonly cause?: unknown;
  /** Whether trying again may help: the adapter knows, the caller decides. */
  readonly retryable?: boolean;
  /** Where in the input. */
  readonly path?: readonly string[];
  readonly retryAfterMs?: number;
}

/** An error whose message was written for a person. Everything else about it goes to the log. */
export class AppError extends Error {
  readonly code: AppErrorCode;
  readonly retryable: boolean;
  readonly path: readonly string[] | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(code: AppErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.retryable = options.retryable ?? false;
    this.path = options.path;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** Whether an error carries a code and a message for people. */
export function isAppError(error: unknown): error is AppError {
  return error instanceof AppError;
}
