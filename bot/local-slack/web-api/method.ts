import type { Fields } from '../json.ts';
import type { Workspace } from '../workspace.ts';

/** One Web API method: arguments in, Slack's JSON out. */
export type Method = (workspace: Workspace, args: Fields) => Fields;

/** A refusal in Slack's shape. */
export function refuse(error: string, messages?: readonly string[]): Fields {
  return { ok: false, error, ...(messages ? { response_metadata: { messages } } : {}) };
}

/** One page of a list, with the cursor of the next one. */
export function page<Item>(
  items: readonly Item[],
  args: Fields,
  defaultLimit: number,
): { items: Item[]; cursor: string } | undefined {
  const limit = Math.min(1000, Math.max(1, Number(args.limit ?? defaultLimit) || defaultLimit));
  const cursor = typeof args.cursor === 'string' ? args.cursor : '';
  const text = cursor === '' ? 'next:0' : Buffer.from(cursor, 'base64').toString();
  const start = /^next:(\d+)$/.exec(text)?.[1];
  if (start === undefined) return undefined;
  const end = Number(start) + limit;
  return {
    items: items.slice(Number(start), end),
    cursor: end < items.length ? Buffer.from(`next:${end}`).toString('base64') : '',
  };
}
