import { canonicalJson } from '../../lib/canonical-json.ts';

/** The largest reply that is kept whole. */
const largestReplyBytes = 64 * 1024;

/** JSON as replies are made of. */
export type ReplyJson = null | boolean | number | string | ReplyJson[] | { [key: string]: ReplyJson };

/** A reply that fits, and in words what was left out of it. */
export interface SizedReply {
  readonly data: ReplyJson;
  readonly cut: string | null;
}

/** From the gentlest to the hardest: longest text in characters, longest list in items. */
const steps: readonly (readonly [number, number])[] = [
  [8_000, 1_000],
  [2_000, 300],
  [500, 100],
  [200, 30],
  [80, 8],
  [40, 3],
];

const sizeBytes = (value: ReplyJson): number => Buffer.byteLength(canonicalJson(value));

function shorten(value: ReplyJson, texts: number, items: number): ReplyJson {
  if (typeof value === 'string') return value.length <= texts ? value : `${value.slice(0, texts)}…`.toWellFormed();
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.slice(0, items).map((item) => shorten(item, texts, items));
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, items)
      .map(([key, item]) => [key.slice(0, 200).toWellFormed(), shorten(item, texts, items)]),
  );
}

/** Makes a reply fit: long texts and long lists are cut, evenly and only as far as needed, and the note says so. */
export function fitReply(value: ReplyJson, largest = largestReplyBytes): SizedReply {
  const size = sizeBytes(value);
  if (size <= largest) return { data: value, cut: null };
  for (const [texts, items] of steps) {
    const data = shorten(value, texts, items);
    if (sizeBytes(data) <= largest)
      return { data, cut: `${size} bytes; texts cut to ${texts} characters, lists to ${items} items` };
  }
  const start = canonicalJson(value)
    .slice(0, Math.floor(largest / 4))
    .toWellFormed();
  return { data: { start }, cut: `${size} bytes; only the start of the JSON text is kept` };
}
