/** Names of the wake-ups the product sends. */
export type WakeTopic =
  | 'tasks'
  | 'decisions'
  | 'alerts'
  | 'silences'
  | 'notifications'
  | 'task'
  | 'incident'
  | 'approval'
  | 'manuals';

/**
 * A wake-up, never the data: whoever hears one reads the rows again. A lost message costs at most one poll interval.
 * `publish` never throws and never waits for a listener; after a commit it may be called twice without harm.
 */
export interface PubSub {
  publish(topic: WakeTopic, id?: string): void;
  /** Returns the function that ends the subscription. A listener that throws is logged and kept. */
  subscribe(topic: WakeTopic, listener: (id: string | undefined) => void): () => void;
  close(): Promise<void>;
}
