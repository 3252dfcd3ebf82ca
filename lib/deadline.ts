import { AppError } from './errors.ts';

/** Runs work with a time limit; the signal tells the work to stop. A missed limit is UPSTREAM_UNAVAILABLE and may be tried again. */
export async function withTimeout<T>(work: (signal: AbortSignal) => Promise<T>, ms: number, what: string): Promise<T> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const error = new AppError('UPSTREAM_UNAVAILABLE', `${what} did not answer in ${ms / 1000} s`, {
        retryable: true,
      });
      // First: work that fails because of the signal must not answer in the place of the limit.
      reject(error);
      controller.abort(error);
    }, ms);
  });
  try {
    return await Promise.race([work(controller.signal), limit]);
  } finally {
    clearTimeout(timer);
  }
}
