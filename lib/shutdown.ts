import type { Logger } from './log.ts';

export interface Shutdown {
  /** Registers how something that was started is stopped; stopping runs backwards. */
  add(name: string, stop: () => Promise<void> | void, limitMs?: number): void;
  /** Stops everything and ends the process with the code. A second call changes nothing. */
  stop(reason: string, exitCode?: number): Promise<void>;
}

/**
 * Orderly end of a process: SIGTERM and SIGINT run the registered stops backwards, each within its limit, and exit with 0.
 * A second signal ends at once. A process started by the launcher also stops when the launcher is gone (its standard input closes).
 */
export function createShutdown({ log }: { readonly log: Logger }): Shutdown {
  const stops: { readonly name: string; readonly stop: () => Promise<void> | void; readonly limitMs: number }[] = [];
  let stopping = false;
  const stop = async (reason: string, exitCode = 0): Promise<void> => {
    if (stopping) return;
    stopping = true;
    log.info({ reason }, 'stopping');
    for (const one of stops.reverse()) {
      let timer: NodeJS.Timeout | undefined;
      const limit = new Promise<void>((_, reject) => {
        timer = setTimeout(() => reject(new Error(`not stopped within ${one.limitMs} ms`)), one.limitMs);
      });
      try {
        await Promise.race([Promise.resolve(one.stop()), limit]);
      } catch (error) {
        log.error({ err: error, part: one.name }, 'could not stop a part');
      } finally {
        clearTimeout(timer);
      }
    }
    log.info('stopped');
    process.exit(exitCode);
  };
  let signals = 0;
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(signal, () => {
      signals++;
      if (signals > 1) process.exit(130);
      void stop(signal);
    });
  }
  if (process.env.AGENTIC_LAUNCHED === '1') {
    process.stdin.on('error', () => void stop('launcher gone'));
    process.stdin.on('close', () => void stop('launcher gone'));
    process.stdin.resume();
  }
  return { add: (name, stopOne, limitMs = 10_000) => void stops.push({ name, stop: stopOne, limitMs }), stop };
}
