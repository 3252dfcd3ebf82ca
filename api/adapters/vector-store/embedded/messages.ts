import type { EngineQuery } from './engine.ts';
import type { EngineHit } from './fusion.ts';
import type { PackedPoints } from './pack.ts';

/** What the thread of the index is asked. */
export type ToIndex = { readonly id: number; readonly index: number } & (
  | { readonly kind: 'open'; readonly denseSize: number | null }
  | { readonly kind: 'drop' }
  | { readonly kind: 'put'; readonly packs: readonly PackedPoints[]; readonly manuals: readonly string[] | null }
  | { readonly kind: 'remove'; readonly manualIds: readonly string[] }
  | { readonly kind: 'search'; readonly query: EngineQuery }
  | { readonly kind: 'count' }
  | { readonly kind: 'settle' }
);

/** What it answers. */
export interface FromIndex {
  readonly id: number;
  readonly value: readonly EngineHit[] | number | null;
  readonly error?: string;
}
