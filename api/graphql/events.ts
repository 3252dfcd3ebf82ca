import { Repeater } from '@graphql-yoga/subscription';
import type { WakeTopic } from '../ports/pubsub.ts';
import { createLoaders } from './loaders.ts';
import type { RequestContext } from './request-context.ts';

const usualQuietMs = 1_000;

/** A stream of changes: what wakes it, and what a listener is shown of a thing that has changed. */
export interface EventSource<Value> {
  readonly topic: WakeTopic;
  /** Only this thing, when given. */
  readonly id?: string | null;
  /** True when there is something to see already as the subscription begins. */
  readonly atOnce?: boolean;
  /** Bursts of one thing join to one event in this time. */
  readonly quietMs?: number;
  /** Reads the thing as it is now, with the rights of now; null when it is not for this listener. Throws to end the stream. */
  readonly read: (ctx: RequestContext, id: string | null) => Promise<Value | null>;
}

/**
 * Changes as hints: each event reads the row and the listener's rights afresh. Bursts of one thing join to one event a second, and the
 * last change of a burst is never lost. A lost wake-up loses nothing but time.
 */
export function streamEvents<Value>(ctx: RequestContext, source: EventSource<Value>): AsyncIterable<Value> {
  const quietMs = source.quietMs ?? usualQuietMs;
  return new Repeater<Value>(async (push, stop) => {
    const lastAt = new Map<string, number>();
    const waiting = new Map<string, NodeJS.Timeout>();
    let ended = false;
    const show = async (key: string): Promise<void> => {
      lastAt.set(key, performance.now());
      try {
        const viewer = await ctx.refresh();
        const fresh = { ...ctx, viewer, load: createLoaders(ctx.deps.db, { cache: false }) };
        const value = await source.read(fresh, key === '' ? null : key);
        if (value !== null && !ended) await push(value);
      } catch (error) {
        stop(error);
      }
    };
    const hear = (key: string): void => {
      if (ended || waiting.has(key)) return;
      const since = performance.now() - (lastAt.get(key) ?? -quietMs);
      const pause = Math.max(0, quietMs - since);
      waiting.set(
        key,
        setTimeout(() => {
          waiting.delete(key);
          if (lastAt.size > 10_000) lastAt.clear();
          void show(key);
        }, pause),
      );
    };
    const unsubscribe = ctx.deps.pubsub.subscribe(source.topic, (id) => {
      if (source.id !== undefined && source.id !== null) {
        if (id === undefined || id === source.id) hear(source.id);
      } else hear(id ?? '');
    });
    if (source.atOnce === true) hear(source.id ?? '');
    await stop;
    ended = true;
    unsubscribe();
    for (const timer of waiting.values()) clearTimeout(timer);
  });
}
