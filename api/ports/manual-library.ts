/** One passage of a manual that may help. */
export interface ManualPassage {
  /** The chunk that was found, and those around it that belong to the passage. */
  readonly chunkId: string;
  readonly chunkIds: readonly string[];
  readonly manualId: string;
  readonly code: string;
  readonly title: string;
  readonly revision: number;
  readonly revisedAt: string | null;
  readonly section: string;
  readonly page: number | null;
  readonly lineFrom: number;
  readonly lineTo: number;
  readonly quote: string;
  readonly score: number;
  /** Codes of other manuals that say nearly the same. */
  readonly alsoIn: readonly string[];
  /** Not revised for more than a year. */
  readonly isOld: boolean;
  /** A newer revision exists that the index has not heard of yet. */
  readonly isSuperseded: boolean;
}

/** A step of a runbook that may run by itself, from its front matter. */
export interface RunbookStep {
  readonly action: string;
  readonly when: string | null;
  readonly arguments: Readonly<Record<string, string>>;
}

export interface Runbook {
  readonly manualId: string;
  readonly code: string;
  readonly title: string;
  readonly revision: number;
  readonly revisedAt: string | null;
  readonly found: 'alert-name' | 'runbook-url' | 'search';
  readonly steps: readonly string[];
  readonly automation: readonly RunbookStep[];
  readonly passage: ManualPassage;
}

/** The manuals as agents see them. Nothing found is an answer (null or an empty list). */
export interface ManualLibrary {
  /** Exact alert name, then runbook_url, then search; null when nothing answers. */
  findRunbook(query: {
    readonly alertName: string;
    readonly runbookUrl: string | null;
    readonly words: string;
  }): Promise<Runbook | null>;
  search(words: string, limit: number): Promise<readonly ManualPassage[]>;
}
