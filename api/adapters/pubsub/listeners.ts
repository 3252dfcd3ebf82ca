import type { Logger } from 'pino';
import { z } from 'zod';
import type { WakeTopic } from '../../ports/pubsub.ts';

type Listener = (id: string | undefined) => void;

/** The listeners of this process, by topic: what every adapter hands its wake-ups to. */
export interface Listeners {
  readonly add: (topic: WakeTopic, listener: Listener) => () => void;
  readonly tell: (topic: WakeTopic, id: string | undefined) => void;
  /** After a gap in which wake-ups may have been lost, everybody is woken once and looks. */
  readonly tellAll: () => void;
  readonly clear: () => void;
}

/** A listener that throws is logged and kept; the others hear the wake-up all the same. */
export function createListeners(log: Logger): Listeners {
  const byTopic = new Map<WakeTopic, Set<Listener>>();
  const tell = (topic: WakeTopic, id: string | undefined): void => {
    for (const listener of [...(byTopic.get(topic) ?? [])]) {
      try {
        listener(id);
      } catch (error) {
        log.error({ err: error, topic }, 'wake-up listener failed');
      }
    }
  };
  return {
    add: (topic, listener) => {
      const listeners = byTopic.get(topic) ?? new Set();
      byTopic.set(topic, listeners);
      // One function may be given twice; each subscription ends by itself.
      const own: Listener = (id) => listener(id);
      listeners.add(own);
      return () => void listeners.delete(own);
    },
    tell,
    tellAll: () => {
      for (const topic of byTopic.keys()) tell(topic, undefined);
    },
    clear: () => byTopic.clear(),
  };
}

/** The one channel all wake-ups travel on, in PostgreSQL and in Redis. */
export const wakeChannel = 'agentic_wake';

const topics = [
  'tasks',
  'decisions',
  'silences',
  'alerts',
  'notifications',
  'task',
  'incident',
  'approval',
  'manuals',
] as const satisfies readonly WakeTopic[];
const message = z.object({ t: z.enum(topics), i: z.string().max(200).optional() });

/** A wake-up as it travels. */
export function encodeWake(topic: WakeTopic, id: string | undefined): string {
  return JSON.stringify(id === undefined ? { t: topic } : { t: topic, i: id });
}

/** Reads a wake-up; null when it was not written by this product. */
export function decodeWake(text: string): { readonly topic: WakeTopic; readonly id: string | undefined } | null {
  try {
    const { t, i } = message.parse(JSON.parse(text));
    return { topic: t, id: i };
  } catch {
    return null;
  }
}
