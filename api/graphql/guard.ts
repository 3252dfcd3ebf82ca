import { isObjectType } from 'graphql';
import type { MiddlewareFn } from 'type-graphql';
import { AppError } from '../../lib/errors.ts';
import { refuseCostly } from './cost.ts';
import { need, type RequestContext } from './request-context.ts';
import { rightsOfType } from './types/field-rights.ts';

/**
 * Stands before every field: what costs too much is refused before anything is done, a request that takes too long ends, and a
 * field is shown only to whoever may see its type, however it was reached.
 */
export const guard: MiddlewareFn<RequestContext> = ({ context, info }, next) => {
  const { parentType } = info;
  if (info.path.prev === undefined) refuseCostly(info, context.deps.metrics.onRejected);
  if (info.operation.operation !== 'subscription' && performance.now() > context.endsAt)
    throw new AppError('UNAVAILABLE', 'The request took too long and was ended.', { retryable: true });
  const needed = isObjectType(parentType) ? rightsOfType(parentType.name) : [];
  if (needed.length > 0) need(context, ...needed);
  return next();
};
