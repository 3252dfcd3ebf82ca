/** Weights by term; indices are unsigned 32-bit, rising and unique. */
export interface SparseVector {
  readonly indices: readonly number[];
  readonly values: readonly number[];
}

/** Who may see a point. EVERYONE: whoever may read manuals; OPERATORS: people who work incidents; TEAM: people of that team, and administrators. */
export type PointVisibility = 'EVERYONE' | 'OPERATORS' | 'TEAM';

/** What is kept beside the vectors: enough to filter before ranking. The text itself stays in the record. */
export interface PointPayload {
  /** The document the point is a piece of; all points of a document come and go together. */
  readonly manualId: string;
  readonly code: string;
  readonly revision: number;
  readonly seq: number;
  readonly locale: 'KO' | 'EN';
  /** Systems the document is about; none means any. */
  readonly systems: readonly string[];
  readonly team: string | null;
  readonly visibility: PointVisibility;
  /** Version of the tokeniser that made the sparse vector. */
  readonly indexVersion: number;
}

/** One thing that is found: a chunk of a manual, or a closed incident. */
export interface ChunkPoint {
  /** A UUID: the id of the row in the record. */
  readonly id: string;
  /** BM25's term part of every term; the inverse document frequency is the store's work. */
  readonly sparse: SparseVector;
  /** An embedding of any length; the store normalises it. */
  readonly dense: Float32Array | null;
  readonly payload: PointPayload;
}

/** What decides which points a person may see. */
export interface PointReader {
  readonly operator: boolean;
  readonly admin: boolean;
  readonly teams: readonly string[];
}

/** Applied before ranking, in both halves of a fused query: a point that is filtered out never takes the place of another. */
export interface PointFilter {
  readonly reader: PointReader;
  readonly locale?: 'KO' | 'EN' | null;
  /** Documents that name other systems are left out; those that name none stay. */
  readonly system?: string | null;
  /** Only documents of this team. */
  readonly team?: string | null;
  readonly manualIds?: readonly string[];
}

/** A sparse vector without terms asks for nothing; the same holds for `dense: null`. With both, `fusion` says how they are put together. */
export interface PointQuery {
  readonly sparse: SparseVector;
  readonly dense: Float32Array | null;
  readonly filter: PointFilter;
  /** How many hits are wanted; each half of a fused query looks at as many. */
  readonly limit: number;
  /** Reciprocal rank fusion: the sum of 1 / (position + k) over both halves, positions from 0. */
  readonly fusion: { readonly k: number } | null;
}

/** One point that was found. */
export interface PointHit {
  readonly id: string;
  /** Dot product with idf, cosine, or the fused score, by the kind of query. */
  readonly score: number;
  /** The score in the sparse half, when it was among its hits. */
  readonly sparseScore: number | null;
  /** The cosine in the dense half, when it was among its hits. */
  readonly denseScore: number | null;
}

/** Hits by falling score, equal scores by rising id, and where they come from. */
export interface PointAnswer {
  readonly hits: readonly PointHit[];
  readonly store: 'qdrant' | 'embedded';
  /** Why this is not the answer it should be (an index that is away or still loading); null when all is well. */
  readonly degraded: string | null;
}

/** Everything that answers queries: a store, or two of which one stands in for the other. */
export interface PointSearch {
  /**
   * Only points that share a term with the sparse half can be its hits; idf is ln((N - df + 0.5) / (df + 0.5) + 1) over all points
   * with terms, whatever the filter. Cosine for the dense half. Fails with UPSTREAM_UNAVAILABLE (retryable) when the store does not
   * answer in its time limit, and with INVALID_INPUT when the embedding has another length than the stored ones.
   */
  search(query: PointQuery): Promise<PointAnswer>;
}

/** Length of the embeddings an index takes; null for an index without any. */
export interface IndexShape {
  readonly denseSize: number | null;
}

/** Points of one document, all of them. */
export interface ManualPoints {
  readonly manualId: string;
  readonly points: readonly ChunkPoint[];
}

/** Writing. Every method may be called again with the same values: the result is the same. */
export interface PointWriter {
  /** Writes points by id and waits until a search sees them. An embedding of another length than the shape's is INVALID_INPUT. */
  upsert(points: readonly ChunkPoint[]): Promise<void>;
  /** The documents have exactly these points from now on; what they had besides goes. */
  putManuals(manuals: readonly ManualPoints[]): Promise<void>;
  removeManuals(manualIds: readonly string[]): Promise<void>;
}

/** Another index beside the one in use, that is filled before anybody searches it. */
export interface IndexDraft extends PointWriter {
  /** Name of it in the store, kept in the record beside how far it has followed. */
  readonly name: string;
  /** From now on searches are answered from it, at once and completely; the index that was in use is dropped. */
  use(): Promise<void>;
  drop(): Promise<void>;
}

/** What is known about the index in use. */
export interface IndexDescription extends IndexShape {
  readonly name: string;
  readonly points: number;
}

/**
 * An index of points. It can be lost at any time: whoever fills it does so from the record. Both adapters give the same hits with
 * the same scores (to 1e-4) for the same points.
 */
export interface VectorStore extends PointSearch, PointWriter {
  readonly kind: 'qdrant' | 'embedded';
  /** The index in use; null when there is none yet. */
  describe(): Promise<IndexDescription | null>;
  count(): Promise<number>;
  /** Begins another index; the one in use answers until the draft is used. A draft that was left behind by a dead process is dropped. */
  begin(shape: IndexShape): Promise<IndexDraft>;
  close(): Promise<void>;
}

/** A copy of an index as a file of the store. */
export interface IndexSnapshot {
  readonly name: string;
  readonly sizeBytes: number;
  readonly createdAt: string | null;
  readonly sha256: string | null;
}

/** Copies of the whole index, made and read by the store itself. */
export interface IndexSnapshots {
  create(): Promise<IndexSnapshot>;
  list(): Promise<readonly IndexSnapshot[]>;
  /** Writes the copy to a file; a copy whose checksum is wrong is UPSTREAM_REJECTED and leaves no file. */
  download(name: string, file: string): Promise<void>;
  /** Reads a copy into an index of its own and puts that one in use: searches answer all the time. */
  restore(file: string): Promise<IndexDescription>;
}
