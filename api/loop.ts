import type { Logger } from '../lib/log.ts';

export interface Loop {
  /** Runs at once instead of at the next interval. */
  wake(): void;
  /** Waits for the run under way and begins none. */
  stop(): Promise<void>;
}

/** Runs work again and again: when woken, and after every interval. A run that fails is logged and tried again after a growing pause. */
export function startLoop(options: {
  readonly name: string;
  readonly intervalMs: number;
  readonly log: Logger;
  readonly work: () => Promise<unknown>;
}): Loop {
  let stopped = false;
  let woken = false;
  let failures = 0;
  let ring: () => void = () => undefined;
  const rest = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      ring = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  const run = async () => {
    while (!stopped) {
      woken = false;
      try {
        await options.work();
        failures = 0;
      } catch (error) {
        failures++;
        options.log.warn({ err: error, loop: options.name, failures }, 'a loop failed and goes on');
      }
      if (stopped) return;
      if (failures > 0) await rest(Math.min(10_000, 250 * 2 ** failures));
      else if (!woken) await rest(options.intervalMs);
    }
  };
  const running = run();
  return {
    wake() {
      woken = true;
      if (failures === 0) ring();
    },
    async stop() {
      stopped = true;
      ring();
      await running;
    },
  };
}
