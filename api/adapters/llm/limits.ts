import {
  BrokenCircuitError,
  BulkheadRejectedError,
  bulkhead,
  type CircuitBreakerPolicy,
  ConsecutiveBreaker,
  circuitBreaker,
  handleWhen,
} from 'cockatiel';
import { LlmError } from '../../ports/llm.ts';
import { failureWords } from './failure-rules.ts';

/** How much this process asks of the model. */
export interface LlmLimits {
  /** Calls at the same moment; as many again times eight may wait. */
  readonly concurrency: number;
  /** Tokens in any minute; null: no limit. */
  readonly tokensPerMinute: number | null;
  /** Failed calls in a row after which nothing is sent, and for how long. */
  readonly failuresInARow: number;
  readonly pauseMs: number;
}

export const usualLimits: LlmLimits = {
  concurrency: 4,
  tokensPerMinute: null,
  failuresInARow: 5,
  pauseMs: 10_000,
};

/** Keeps the limits around calls. */
export interface LimitedCalls {
  readonly run: <T>(signal: AbortSignal, call: () => Promise<T>) => Promise<T>;
  readonly spend: (tokens: number) => void;
  /** True while nothing is sent because of faults of the other side. */
  readonly isOpen: () => boolean;
}

const minuteMs = 60_000;
const outage = (error: unknown): boolean =>
  error instanceof LlmError && (error.kind === 'unavailable' || error.kind === 'timeout' || error.kind === 'cut');

/** One trial call is let through after each pause; the first that succeeds closes the circuit. */
export function limitCalls(limits: LlmLimits, now: () => number = () => performance.now()): LimitedCalls {
  const slots = bulkhead(limits.concurrency, limits.concurrency * 8);
  const circuit: CircuitBreakerPolicy = circuitBreaker(handleWhen(outage), {
    halfOpenAfter: limits.pauseMs,
    breaker: new ConsecutiveBreaker(limits.failuresInARow),
  });
  let open = false;
  circuit.onBreak(() => {
    open = true;
  });
  circuit.onReset(() => {
    open = false;
  });
  let spent: { readonly at: number; readonly tokens: number }[] = [];
  const checkMinute = (): void => {
    if (limits.tokensPerMinute === null) return;
    spent = spent.filter(({ at }) => now() - at < minuteMs);
    const tokens = spent.reduce((sum, one) => sum + one.tokens, 0);
    if (tokens < limits.tokensPerMinute) return;
    const oldest = spent[0]?.at ?? now();
    throw new LlmError('busy', failureWords.busy, { retryAfterMs: Math.ceil(minuteMs - (now() - oldest)) });
  };
  return {
    isOpen: () => open,
    spend: (tokens) => {
      if (limits.tokensPerMinute !== null) spent.push({ at: now(), tokens });
    },
    run: async (signal, call) => {
      checkMinute();
      try {
        return await slots.execute(() => {
          // Whoever waited for a slot until its limit asks nothing any more.
          if (signal.aborted) throw new LlmError('timeout', failureWords.timeout);
          return circuit.execute(call);
        }, signal);
      } catch (error) {
        if (error instanceof BrokenCircuitError)
          throw new LlmError('unavailable', failureWords.unavailable, { retryAfterMs: limits.pauseMs });
        if (error instanceof BulkheadRejectedError) throw new LlmError('busy', failureWords.busy);
        if (signal.aborted && !(error instanceof LlmError)) throw new LlmError('timeout', failureWords.timeout);
        throw error;
      }
    },
  };
}
