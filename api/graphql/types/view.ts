import { AppError } from '../../../lib/errors.ts';

/** The view of a row that must be there because another row points at it. */
export function requireNode<Row, View>(row: Row | null, View: new (row: Row) => View): View {
  if (row === null) throw new AppError('INTERNAL', 'A row that another one points at is missing.');
  return new View(row);
}

/** The view of a row that may be absent. */
export function viewOrNull<Row, View>(row: Row | null, View: new (row: Row) => View): View | null {
  return row === null ? null : new View(row);
}
