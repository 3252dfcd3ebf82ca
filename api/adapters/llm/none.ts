import { AppError } from '../../../lib/errors.ts';
import type { Llm } from '../../ports/llm.ts';

/** No language model is set up: tasks see the mode and go on without. */
export function createNoLlm(): Llm {
  return {
    mode: 'none',
    model: null,
    complete: () => Promise.reject(new AppError('NOT_CONFIGURED', 'No language model is configured.')),
  };
}
