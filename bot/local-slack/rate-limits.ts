/** How often a method may be called: calls a minute for the workspace, and for posts also a channel's own pace. */
interface Limit {
  readonly perMinute: number;
  readonly perChannel?: { readonly perMinute: number; readonly burst: number };
}

const TIER_2: Limit = { perMinute: 20 };
const TIER_3: Limit = { perMinute: 50 };
const TIER_4: Limit = { perMinute: 100 };

const LIMITS: Record<string, Limit> = {
  'auth.test': { perMinute: 300 },
  // Slack names tier 1 here but lets an app reconnect more often than once a minute.
  'apps.connections.open': TIER_2,
  'chat.postMessage': { perMinute: 300, perChannel: { perMinute: 60, burst: 5 } },
  'chat.postEphemeral': TIER_4,
  'chat.getPermalink': { perMinute: 300 },
  'chat.startStream': TIER_2,
  'chat.appendStream': TIER_4,
  'chat.stopStream': TIER_2,
  'conversations.list': TIER_2,
  'conversations.members': TIER_4,
  'users.list': TIER_2,
  'users.info': TIER_4,
  'usergroups.list': TIER_2,
  'usergroups.users.list': TIER_2,
  'views.open': TIER_4,
  'views.push': TIER_4,
  'views.update': TIER_4,
  'views.publish': TIER_4,
  'files.getUploadURLExternal': TIER_4,
  'files.completeUploadExternal': TIER_4,
  'files.info': TIER_4,
  'assistant.threads.setStatus': { perMinute: 600 },
};

interface Bucket {
  tokens: number;
  at: number;
}

/** Token buckets a method (and, for posts, a channel), as Slack's tiers behave. */
export class RateLimits {
  readonly #buckets = new Map<string, Bucket>();
  readonly #now: () => number;
  enabled: boolean;
  factor: number;

  constructor(options: { enabled: boolean; factor: number; now: () => number }) {
    this.enabled = options.enabled;
    this.factor = options.factor;
    this.#now = options.now;
  }

  /** Takes one call; answers 0, or the whole seconds after which the caller may try again. */
  take(method: string, channel: string | undefined): number {
    if (!this.enabled) return 0;
    const limit = LIMITS[method] ?? TIER_3;
    const wanted: [string, number, number][] = [[method, limit.perMinute, limit.perMinute]];
    if (limit.perChannel && channel !== undefined)
      wanted.push([`${method} ${channel}`, limit.perChannel.perMinute, limit.perChannel.burst]);
    const buckets = wanted.map(([key, perMinute, burst]) => this.#refill(key, perMinute, burst));
    const wait = Math.max(...buckets.map(({ bucket, perMs }) => (1 - bucket.tokens) / perMs));
    if (wait > 0) return Math.max(1, Math.ceil(wait / 1000));
    for (const { bucket } of buckets) bucket.tokens -= 1;
    return 0;
  }

  #refill(key: string, perMinute: number, burst: number): { bucket: Bucket; perMs: number } {
    const perMs = (perMinute * this.factor) / 60_000;
    const most = Math.max(1, burst * this.factor);
    const bucket = this.#buckets.get(key) ?? { tokens: most, at: this.#now() };
    bucket.tokens = Math.min(most, bucket.tokens + (this.#now() - bucket.at) * perMs);
    bucket.at = this.#now();
    this.#buckets.set(key, bucket);
    return { bucket, perMs };
  }
}
