import { Worker } from 'node:worker_threads';
import { AppError } from '../../../lib/errors.ts';
import type { Logger } from '../../../lib/log.ts';
import { parseLimits } from './limits.ts';
import type { PreparedManual, PrepareInput } from './prepare.ts';
import { Refusal } from './refusal.ts';
import type { WorkerAnswer } from './worker.ts';

/** Reads foreign files one at a time, each within limits of time and memory. */
export interface ManualReaderThread {
  /** Throws a Refusal for a file that cannot be taken in. */
  read(input: PrepareInput): Promise<PreparedManual>;
  close(): Promise<void>;
}

export interface ReaderOptions {
  readonly log: Logger;
  readonly timeoutMs?: number;
  readonly heapMb?: number;
  /** How long an idle thread is kept: it holds some 100 MB. */
  readonly idleMs?: number;
}

const stopped = (): AppError =>
  new AppError('UNAVAILABLE', 'The process is stopping; the file is read later.', { retryable: true });
const program = new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url);

/**
 * A thread of its own for foreign files. One that takes too long, grows too large or falls over ends alone: the file is refused and
 * the next one gets a new thread. The thread is made when the first file comes and ends when none has come for a while.
 */
export function createReader(options: ReaderOptions): ManualReaderThread {
  const { log, timeoutMs = parseLimits.ms, heapMb = parseLimits.heapMb, idleMs = 10_000 } = options;
  let thread: Worker | null = null;
  let idle: NodeJS.Timeout | undefined;
  let queue: Promise<unknown> = Promise.resolve();
  let closed = false;

  const start = (): Worker => {
    const made = new Worker(program, {
      resourceLimits: { maxOldGenerationSizeMb: heapMb, maxYoungGenerationSizeMb: 64, stackSizeMb: 8 },
      // Neither the environment with its secrets nor the arguments are any business of a foreign file.
      env: {},
      argv: [],
      stdout: true,
      stderr: true,
    });
    // Whatever it dies of is heard by the one who waits for its answer; an idle one is simply made anew.
    made.on('error', () => undefined);
    made.once('exit', () => {
      if (thread === made) thread = null;
    });
    made.stdout.resume();
    made.stderr.resume();
    made.unref();
    return made;
  };
  const end = async (): Promise<void> => {
    clearTimeout(idle);
    const ended = thread;
    thread = null;
    await ended?.terminate();
  };

  /** The thread's answer, or what became of it. */
  const answerOf = (own: Worker, input: PrepareInput, signal: AbortSignal): Promise<WorkerAnswer> =>
    new Promise((resolve, reject) => {
      const onError = (error: Error & { code?: string }): void =>
        error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? resolve({ refused: 'TOO_COMPLEX', detail: {} }) : reject(error);
      // Ended by us when the process stops: the file did nothing wrong and is read the next time.
      const onExit = (): void => (closed ? reject(stopped()) : resolve({ refused: 'TOO_COMPLEX', detail: {} }));
      const timer = setTimeout(
        () => resolve({ refused: 'TOO_SLOW', detail: { seconds: timeoutMs / 1_000 } }),
        timeoutMs,
      );
      own.once('message', resolve).once('error', onError).once('exit', onExit);
      signal.addEventListener('abort', () => {
        clearTimeout(timer);
        own.off('message', resolve).off('error', onError).off('exit', onExit);
      });
      own.postMessage(input);
    });

  async function readOne(input: PrepareInput): Promise<PreparedManual> {
    if (input.bytes.length > parseLimits.bytes)
      throw new Refusal('TOO_LARGE', { bytes: input.bytes.length, most: parseLimits.bytes });
    if (closed) throw stopped();
    clearTimeout(idle);
    thread ??= start();
    const own = thread;
    const listening = new AbortController();
    try {
      const answer = await answerOf(own, input, listening.signal);
      if ('manual' in answer) return answer.manual;
      if ('refused' in answer) {
        if (['TOO_SLOW', 'TOO_COMPLEX'].includes(answer.refused)) await end();
        throw new Refusal(answer.refused, answer.detail);
      }
      log.warn(
        { file: input.name, fault: answer.failed },
        'a manual could not be read by a fault of ours or of a library',
      );
      throw new Refusal('UNREADABLE');
    } catch (error) {
      if (error instanceof Refusal || closed) throw error;
      await end();
      log.warn({ err: error, file: input.name }, 'the thread that reads manuals fell over');
      throw new Refusal('UNREADABLE');
    } finally {
      listening.abort();
      if (thread !== null) idle = setTimeout(() => void end(), idleMs).unref();
    }
  }

  return {
    read(input) {
      const result = queue.then(() => readOne(input));
      queue = result.catch(() => undefined);
      return result;
    },
    async close() {
      closed = true;
      await end();
    },
  };
}
