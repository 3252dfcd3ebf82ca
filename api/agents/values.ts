/** Values that tasks, tools and the model's investigation pass to each other. */

/** Text in both languages, side by side. */
export interface Bilingual {
  readonly en: string;
  readonly ko: string;
}

/** JSON as it is stored. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A stored tool reply. `ref` is the [n] people see. */
export interface StoredEvidence {
  readonly id: string;
  readonly ref: number;
  readonly summary: string;
}

/** What a read tool brought: evidence is stored for every outcome but `error` of the product itself. */
export type ToolOutcome<D> =
  | { readonly outcome: 'success'; readonly data: D; readonly evidence: StoredEvidence }
  | { readonly outcome: 'no_data'; readonly reason: string; readonly evidence: StoredEvidence }
  | { readonly outcome: 'error'; readonly reason: string; readonly evidence: StoredEvidence };

/** A check a machine makes on the stored reply `ref`; `path` leads into the reply's data. A claim whose check fails is dropped. */
export type ClaimCheck = { readonly ref: number; readonly path: readonly (string | number)[] } & (
  | { readonly kind: 'equals'; readonly value: string | number | boolean | null }
  | { readonly kind: 'above' | 'below'; readonly limit: number }
  | { readonly kind: 'contains'; readonly text: string }
  | { readonly kind: 'count'; readonly atLeast: number }
);

export interface ClaimDraft {
  readonly text: Bilingual | string;
  readonly evidenceRefs: readonly number[];
  readonly check?: ClaimCheck;
}

/** What a task hands in; finding-rules drops claims without evidence and caps the confidence. */
export interface FindingDraft {
  readonly headline: Bilingual | string;
  readonly verdict: 'FOUND' | 'INCONCLUSIVE';
  readonly confidence: 'HIGH' | 'MEDIUM' | 'LOW' | 'NONE';
  readonly situation: readonly ClaimDraft[];
  readonly reasons: readonly ClaimDraft[];
  readonly against: readonly ClaimDraft[];
  readonly notChecked: readonly (Bilingual | string)[];
  readonly needed: readonly (Bilingual | string)[];
  /** True when a model wrote words of it. */
  readonly writtenByModel: boolean;
}
