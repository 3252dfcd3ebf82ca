import type { Db } from '../db.ts';
import type { ManualPoints, PointWriter } from '../ports/vector-store.ts';
import { type FeedMark, feedStart, readChanges, readPoints, readyManuals } from './index-feed.ts';
import type { VectorSettings } from './point-rules.ts';

const pointsAtOnce = 128;

/** Writes the points of these manuals; `onBatch` is told how many points are written so far. */
async function putManuals(
  db: Db,
  writer: PointWriter,
  manualIds: readonly string[],
  settings: VectorSettings,
  onBatch: (points: number) => Promise<void> | void,
): Promise<void> {
  let held: ManualPoints[] = [];
  let points = 0;
  let written = 0;
  const write = async (): Promise<void> => {
    await writer.putManuals(held);
    written += points;
    held = [];
    points = 0;
    await onBatch(written);
  };
  const seen = new Set<string>();
  for await (const manual of readPoints(db, manualIds, settings)) {
    seen.add(manual.manualId);
    held.push(manual);
    points += manual.points.length;
    if (points >= pointsAtOnce) await write();
  }
  if (held.length > 0) await write();
  const empty = manualIds.filter((id) => !seen.has(id));
  if (empty.length > 0) await writer.removeManuals(empty);
}

/** Fills an empty index with everything that is found now. Answers the mark from which changes have to be followed. */
export async function fillIndex(
  db: Db,
  writer: PointWriter,
  settings: VectorSettings,
  onBatch: (points: number) => Promise<void> | void = () => undefined,
): Promise<FeedMark> {
  // The mark first: what changes while the index is filled is read once more.
  const { mark } = await readChanges(db, feedStart);
  await putManuals(db, writer, await readyManuals(db), settings, onBatch);
  return mark;
}

/** Brings an index up to date from a mark. Answers the next mark; the same one when nothing happened. */
export async function followIndex(
  db: Db,
  writer: PointWriter,
  settings: VectorSettings,
  since: FeedMark,
): Promise<FeedMark> {
  const { mark, changed, gone } = await readChanges(db, since);
  if (gone.length > 0) await writer.removeManuals(gone);
  if (changed.length > 0) await putManuals(db, writer, changed, settings, () => undefined);
  return mark;
}
