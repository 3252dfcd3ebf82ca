/** Vectors of texts, in their order, all of one model and one size. */
export interface Embeddings {
  readonly vectors: readonly Float32Array[];
  /** Name under which vectors compare: those of another model are of no use beside them. */
  readonly model: string;
  readonly tokens: number;
}

/**
 * A model that turns text into vectors, behind Azure OpenAI or any compatible address. Text is redacted before it leaves. Asking twice
 * gives the same vectors as far as the model does. Errors are AppError UPSTREAM_UNAVAILABLE (worth trying later, with the pause it
 * asked for) or UPSTREAM_REJECTED (the request itself was refused); the overall time limit is the signal's.
 */
export interface Embedder {
  /** Null when no model is configured; then nothing else may be called. */
  readonly model: string | null;
  /** Any number of texts; they are sent in batches the other side takes. */
  embed(texts: readonly string[], signal: AbortSignal): Promise<Embeddings>;
}
