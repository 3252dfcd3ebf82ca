import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

/** What a check answers about one input. */
export interface Verdict {
  readonly verdict: 'allow' | 'refuse';
  readonly [field: string]: unknown;
}

const longestLine = 1_000_000;

/**
 * Reads JSON lines `{"id", "input"}` and writes one JSON line for each, in order, as they come. A line that is none is answered with
 * `refuse` and `not-a-request`; nothing in a line stops the run. Resolves at the end of the input.
 */
export async function checkLines(
  input: Readable,
  output: NodeJS.WritableStream,
  check: (input: string, request: Readonly<Record<string, unknown>>) => Verdict | Promise<Verdict>,
): Promise<void> {
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.trim() === '') continue;
    const answer = await answerOf(line, check);
    if (!output.write(`${JSON.stringify(answer)}\n`)) await new Promise((resolve) => output.once('drain', resolve));
  }
}

async function answerOf(line: string, check: Parameters<typeof checkLines>[2]): Promise<object> {
  const request = line.length > longestLine ? null : parse(line);
  const id = request?.id ?? null;
  if (request === null || typeof request.input !== 'string')
    return {
      id,
      verdict: 'refuse',
      code: 'not-a-request',
      reason: {
        en: 'A line has to be JSON with id and input (text).',
        ko: '각 줄은 id와 input(문자열)이 있는 JSON이어야 합니다.',
      },
    };
  try {
    return { id, ...(await check(request.input, request)) };
  } catch {
    return {
      id,
      verdict: 'refuse',
      code: 'not-judged',
      reason: { en: 'It could not be judged.', ko: '판정할 수 없습니다.' },
    };
  }
}

function parse(line: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(line);
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}
