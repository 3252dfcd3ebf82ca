import { AppError } from '../../lib/errors.ts';
import type { Embedder } from '../ports/embedder.ts';

/** Turns a question into a vector of the configured model; null when there is none. */
export function embedQuestion(
  embedder: Embedder,
): ((text: string, signal: AbortSignal) => Promise<Float32Array>) | null {
  if (embedder.model === null) return null;
  return async (text, signal) => {
    const [vector] = (await embedder.embed([text], signal)).vectors;
    if (vector === undefined) throw new AppError('UPSTREAM_REJECTED', 'The embedding model sent no vector.');
    return vector;
  };
}
