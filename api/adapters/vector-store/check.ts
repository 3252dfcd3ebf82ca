import { AppError } from '../../../lib/errors.ts';
import type { PointQuery } from '../../ports/vector-store.ts';

/** An embedding must have the length the index was made for. */
export function checkDense(length: number, denseSize: number | null): void {
  if (length === denseSize) return;
  const kept = denseSize === null ? 'the index keeps no embeddings' : `the index keeps ${denseSize}`;
  throw new AppError('INVALID_INPUT', `The embedding has ${length} values, ${kept}.`);
}

/** What both stores refuse alike. */
export function checkQuery({ sparse, dense, fusion }: PointQuery): void {
  if (sparse.indices.length !== sparse.values.length)
    throw new AppError('INVALID_INPUT', 'A sparse vector needs as many values as indices.');
  if (sparse.indices.length > 0 && dense !== null && fusion === null)
    throw new AppError('INVALID_INPUT', 'A query with both vectors needs a fusion.');
  if (fusion !== null && !(fusion.k >= 1)) throw new AppError('INVALID_INPUT', 'The k of a fusion is 1 or more.');
}
