import type { ErrorRequestHandler, Response } from 'express';
import { isAppError } from '../../lib/errors.ts';
import type { Logger } from '../../lib/log.ts';

const statusOf: Readonly<Record<string, number>> = {
  INVALID_INPUT: 400,
  MISSING_INPUT: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  POLICY_REFUSED: 403,
  SELF_APPROVAL: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
  INVALID_STATE: 409,
  EXPIRED: 409,
  APPROVAL_MISMATCH: 409,
  APPROVAL_REQUIRED: 409,
  IDEMPOTENCY_MISMATCH: 422,
  RATE_LIMITED: 429,
  BUDGET_EXCEEDED: 429,
  UPSTREAM_REJECTED: 502,
  UPSTREAM_UNAVAILABLE: 502,
  NOT_CONFIGURED: 501,
  UNAVAILABLE: 503,
};

/** HTTP status of a refusal. */
export function statusOfCode(code: string): number {
  return statusOf[code] ?? 500;
}

/** Sends a refusal as RFC 9457 problem details. */
export function sendProblem(
  res: Response,
  problem: {
    readonly code: string;
    readonly message: string;
    readonly errors?: readonly { readonly path: readonly string[] | null; readonly message: string }[];
    readonly retryAfterMs?: number | undefined;
    readonly requestId: string;
  },
): void {
  const status = statusOfCode(problem.code);
  if (status === 503 || status === 429)
    res.setHeader('retry-after', String(Math.ceil((problem.retryAfterMs ?? 5_000) / 1_000)));
  res
    .status(status)
    .type('application/problem+json')
    .send(
      JSON.stringify({
        type: 'about:blank',
        title: problem.message,
        status,
        code: problem.code,
        errors: problem.errors ?? [],
        requestId: problem.requestId,
      }),
    );
}

/** Last stop of every request: errors of the body parsers and of ours become plain answers without a stack. */
export function problemHandler(log: Logger): ErrorRequestHandler {
  return (error: unknown, _req, res, next) => {
    if (res.headersSent) return next(error);
    const requestId = String(res.getHeader('x-request-id') ?? '');
    if (isAppError(error))
      return sendProblem(res, {
        code: error.code,
        message: error.message,
        retryAfterMs: error.retryAfterMs,
        requestId,
      });
    const status =
      typeof error === 'object' && error !== null && 'status' in error && typeof error.status === 'number'
        ? error.status
        : 500;
    if (status < 500) {
      const message =
        status === 413
          ? 'The body is too large.'
          : status === 415
            ? 'This content type or encoding is not taken here.'
            : 'The body cannot be read as JSON.';
      res
        .status(status)
        .type('application/json')
        .send(JSON.stringify({ errors: [{ message, extensions: { code: 'BAD_USER_INPUT', requestId } }] }));
      return;
    }
    log.error({ err: error, requestId }, 'a request failed by a fault of ours');
    sendProblem(res, {
      code: 'INTERNAL',
      message: 'The request failed. It is logged under the request id.',
      requestId,
    });
  };
}
