import { Worker } from 'node:worker_threads';
import { AppError } from '../../../../lib/errors.ts';
import type { FromIndex, ToIndex } from './messages.ts';

type Asked<Kind extends ToIndex['kind']> = Omit<Extract<ToIndex, { readonly kind: Kind }>, 'id'>;

/** The thread that holds the index, and how it is asked. */
export interface IndexThread {
  ask<Kind extends ToIndex['kind']>(
    message: Asked<Kind>,
    transfer?: readonly ArrayBuffer[],
  ): Promise<FromIndex['value']>;
  /** Rises when the thread died: the next one is empty. */
  readonly lives: () => number;
  /** Ends the thread as a crash would. */
  kill(): Promise<void>;
  close(): Promise<void>;
}

/** The same file as source and as built program. */
const program = new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url);

/** Starts the thread. When it dies, what was asked of it fails, and the next question starts another one. */
export function startIndexThread(options: {
  readonly limitMs: number;
  readonly onDeath: (error: Error) => void;
}): IndexThread {
  const waiting = new Map<number, { resolve: (value: FromIndex['value']) => void; reject: (error: Error) => void }>();
  let worker: Worker | null = null;
  let lives = 0;
  let next = 0;
  let closed = false;
  const away = (cause?: unknown) =>
    new AppError('UPSTREAM_UNAVAILABLE', 'The search index is not available now.', { retryable: true, cause });

  const start = (): Worker => {
    const made = new Worker(program, {
      name: 'search index',
      execArgv: [],
      // What lives long here is flat memory outside the heap; a small nursery keeps the rest small.
      resourceLimits: { maxYoungGenerationSizeMb: 8 },
    });
    made.unref();
    const end = (error: Error): void => {
      if (worker !== made) return;
      worker = null;
      lives++;
      for (const { reject } of [...waiting.values()]) reject(away(error));
      waiting.clear();
      if (!closed) options.onDeath(error);
    };
    made.on('message', ({ id, value, error }: FromIndex) => {
      const one = waiting.get(id);
      waiting.delete(id);
      if (error === undefined) one?.resolve(value);
      else one?.reject(new AppError('INTERNAL', 'The search index failed.', { cause: new Error(error) }));
    });
    made.on('error', end);
    made.on('exit', (code) => end(new Error(`the thread of the search index ended with ${code}`)));
    worker = made;
    return made;
  };

  return {
    lives: () => lives,
    ask(message, transfer = []) {
      if (closed) return Promise.reject(away());
      const to = worker ?? start();
      const id = next++;
      let timer: NodeJS.Timeout | undefined;
      return new Promise<FromIndex['value']>((resolve, reject) => {
        waiting.set(id, { resolve, reject });
        timer = setTimeout(() => {
          waiting.delete(id);
          reject(away(new Error(`no answer in ${options.limitMs} ms`)));
        }, options.limitMs);
        to.postMessage({ ...message, id }, transfer);
      }).finally(() => clearTimeout(timer));
    },
    async kill() {
      await worker?.terminate();
    },
    async close() {
      closed = true;
      await worker?.terminate();
    },
  };
}
