/** How many steps run at the same moment. */
export interface StepSlots {
  readonly run: <T>(fn: () => Promise<T>) => Promise<T>;
}

/** First come, first served. Each caller goes on in its own async context, which a queue that calls back would lose. */
export function createStepSlots(limit: number): StepSlots {
  const waiting: (() => void)[] = [];
  let free = limit;
  return {
    run: async (fn) => {
      if (free > 0) free--;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      try {
        return await fn();
      } finally {
        const next = waiting.shift();
        if (next === undefined) free++;
        else next();
      }
    },
  };
}
