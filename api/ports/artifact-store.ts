/** A file a task made, with what anybody may know of it. */
export interface NewArtifact {
  /** The same key answers the file that was kept first. */
  readonly key: string;
  readonly kind: 'TABLE' | 'CHART' | 'REPORT' | 'LOG' | 'OTHER';
  readonly fileName: string;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
  readonly altText: string | null;
  readonly facts: ArtifactFacts;
}

export type ArtifactFacts = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;

export interface StoredArtifact {
  readonly id: string;
  readonly fileName: string;
  readonly mediaType: string;
  readonly byteSize: number;
  readonly sha256: string;
  readonly altText: string | null;
  readonly facts: ArtifactFacts;
}

/** Keeps files of tasks in the record. Both methods may be called twice. */
export interface ArtifactStore {
  keep(artifact: NewArtifact): Promise<StoredArtifact>;
  /** Null when nothing was kept under this key. */
  read(key: string): Promise<(StoredArtifact & { readonly bytes: Uint8Array }) | null>;
}
