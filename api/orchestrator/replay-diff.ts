import { z } from 'zod';
import type { Finding } from '../db.ts';
import type { Replay } from './replay.ts';

const claims = z.array(z.object({ text: z.string(), evidenceRefs: z.array(z.number()) })).catch([]);
const parts = ['situation', 'reasons', 'against'] as const;

/** One line of the difference: what was stored, what the replay came to. */
export interface ReplayDifference {
  readonly what: string;
  readonly stored: string | null;
  readonly replayed: string | null;
}

const cited = (one: { readonly text: string; readonly evidenceRefs: readonly number[] }) =>
  `${one.text} ${one.evidenceRefs.map((ref) => `[${ref}]`).join('')}`;

/** What a replay came to that the stored finding does not say, and the other way round. Nothing in it means: the same. */
export function differences(stored: Finding | null, replay: Replay): ReplayDifference[] {
  const last = replay.findings.at(-1) ?? null;
  const found: ReplayDifference[] = [];
  const compare = (what: string, one: string | null, two: string | null) => {
    if (one !== two) found.push({ what, stored: one, replayed: two });
  };
  compare('headline', stored?.headline ?? null, last?.headline ?? null);
  compare('verdict', stored?.verdict ?? null, last?.verdict ?? null);
  compare('confidence', stored?.confidence ?? null, last?.confidence ?? null);
  for (const part of parts) {
    const before = claims.parse(stored?.[part] ?? []).map(cited);
    const after = (last?.[part] ?? []).map(cited);
    for (const text of before) if (!after.includes(text)) found.push({ what: part, stored: text, replayed: null });
    for (const text of after) if (!before.includes(text)) found.push({ what: part, stored: null, replayed: text });
  }
  return found;
}
