import type OpenAI from 'openai';
import { toFile } from 'openai';
import { z } from 'zod';
import { AppError } from '../../../lib/errors.ts';
import { type Llm, LlmError } from '../../ports/llm.ts';
import { failureWords } from './failure-rules.ts';

const replySchema = z.object({
  text: z.string(),
  segments: z.array(z.object({ start: z.number(), end: z.number(), text: z.string() })).nullish(),
});
const largestBytes = 25 * 1024 * 1024;

/** Recordings to words, with the time of each stretch where the endpoint gives it. Not repeated: a file is large and slow. */
export function createTranscription(deps: {
  readonly model: string | null;
  readonly clientFor: (model: string) => OpenAI;
  readonly limited: <T>(signal: AbortSignal, call: () => Promise<T>) => Promise<T>;
  readonly fail: (error: unknown, signal: AbortSignal) => never;
}): Llm['transcribe'] {
  return async ({ audio, fileName, language, signal }) => {
    const { model } = deps;
    if (model === null) throw new AppError('NOT_CONFIGURED', 'No model for recordings is configured.');
    if (audio.byteLength > largestBytes)
      throw new AppError('INVALID_INPUT', `A recording may have ${largestBytes / 1024 / 1024} MB at most.`);
    const reply = await deps.limited(signal, async () => {
      try {
        return await deps.clientFor(model).audio.transcriptions.create(
          {
            file: await toFile(audio, fileName),
            model,
            response_format: 'verbose_json',
            ...(language === undefined ? {} : { language }),
          },
          { signal },
        );
      } catch (error) {
        return deps.fail(error, signal);
      }
    });
    const parsed = replySchema.safeParse(reply);
    if (!parsed.success) throw new LlmError('unusable', failureWords.unusable);
    const { text, segments } = parsed.data;
    return {
      text,
      model,
      segments: (segments ?? []).map((one) => ({ startSeconds: one.start, endSeconds: one.end, text: one.text })),
    };
  };
}
