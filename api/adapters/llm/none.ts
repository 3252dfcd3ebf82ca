import { AppError } from '../../../lib/errors.ts';
import type { Llm } from '../../ports/llm.ts';

/** No language model is set up: tasks see the mode and go on without. */
export function createNoLlm(): Llm {
  const refuse = () => Promise.reject(new AppError('NOT_CONFIGURED', 'No language model is configured.'));
  return { mode: 'none', model: null, chat: refuse, complete: refuse, transcribe: refuse };
}
