/** How urgent a message is, most urgent first. */
export const priorities = ['APPROVAL', 'RESULT', 'NEW_CRITICAL', 'FINDING', 'PROGRESS'] as const;
export type Priority = (typeof priorities)[number];
export type SendMethod = 'post' | 'update';

/** One message that wants to go out. */
export interface Waiting {
  readonly id: string;
  readonly channel: string;
  readonly method: SendMethod;
  readonly priority: Priority;
  /** A parent goes before the replies of its channel, whatever their priority. */
  readonly isParent: boolean;
  /** A digest of a storm: edited calmly. */
  readonly isDigest?: boolean;
  /** Counts up with arrival. */
  readonly order: number;
}

interface ChannelPace {
  readonly tokens: number;
  readonly at: number;
}

/** Everything the pace depends on; times are of a monotonic clock, in ms. */
export interface PaceState {
  /** Posts a channel may still make at once. */
  readonly channels: Readonly<Record<string, ChannelPace>>;
  /** When edits were made, newest last, for the budget of the whole workspace. */
  readonly edits: readonly number[];
  /** When each message was last edited, and how often. */
  readonly edited: Readonly<Record<string, { readonly at: number; readonly count: number }>>;
  /** Until when a method must rest in a channel: "post C0OPS". */
  readonly resting: Readonly<Record<string, number>>;
  /** Channels a call is on its way to: one at a time, so that order holds. */
  readonly busy: readonly string[];
}

export const postBurst = 4;
export const postEveryMs = 1_000;
export const editsPerMinute = 40;
const minuteMs = 60_000;
/** Between two edits of a storm's digest. */
export const digestGapMs = 15_000;

export const idlePace: PaceState = { channels: {}, edits: [], edited: {}, resting: {}, busy: [] };

/** Tokens of a channel now: one more each second, up to the burst. */
function tokensOf(state: PaceState, channel: string, now: number): number {
  const pace = state.channels[channel];
  if (pace === undefined) return postBurst;
  return Math.min(postBurst, pace.tokens + (now - pace.at) / postEveryMs);
}

/** Least time between two progress edits of one message: short at first, longer when it goes on or the budget runs low. */
export function editGapMs(count: number, usedInMinute: number): number {
  if (usedInMinute >= editsPerMinute * 0.75) return 15_000;
  return count < 6 ? 1_000 : 3_000;
}

/** When this message may go: now or earlier means at once. */
export function dueAt(state: PaceState, one: Waiting, now: number): number {
  const resting = state.resting[`${one.method} ${one.channel}`] ?? 0;
  if (one.method === 'post') {
    const tokens = tokensOf(state, one.channel, now);
    return Math.max(resting, tokens >= 1 ? now : now + Math.ceil((1 - tokens) * postEveryMs));
  }
  const recent = state.edits.filter((at) => at > now - minuteMs);
  const overBudget = recent.length >= editsPerMinute ? (recent[recent.length - editsPerMinute] ?? now) + minuteMs : 0;
  const last = state.edited[one.id];
  const gap =
    last === undefined || one.priority !== 'PROGRESS' || one.isParent
      ? 0
      : last.at + (one.isDigest === true ? digestGapMs : editGapMs(last.count, recent.length));
  return Math.max(resting, overBudget, gap);
}

/** First by priority, a parent before everything of its channel, then by arrival. */
export function inOrder(one: Waiting, other: Waiting): number {
  if (one.channel === other.channel && one.isParent !== other.isParent) return one.isParent ? -1 : 1;
  return priorities.indexOf(one.priority) - priorities.indexOf(other.priority) || one.order - other.order;
}

/** What to send now, at most one a channel, and when to look again when nothing else happens. */
export function nextSends(
  state: PaceState,
  waiting: readonly Waiting[],
  now: number,
): { readonly send: readonly Waiting[]; readonly lookAgainAt: number | null } {
  const send: Waiting[] = [];
  let lookAgainAt: number | null = null;
  let left = Math.max(0, editsPerMinute - state.edits.filter((at) => at > now - minuteMs).length);
  for (const one of [...waiting].sort(inOrder)) {
    if (state.busy.includes(one.channel) || send.some(({ channel }) => channel === one.channel)) continue;
    const due = dueAt(state, one, now);
    if (due > now) {
      lookAgainAt = lookAgainAt === null ? due : Math.min(lookAgainAt, due);
      continue;
    }
    if (one.method === 'update') {
      if (left === 0) continue;
      left--;
    }
    send.push(one);
  }
  return { send, lookAgainAt };
}

/** A call leaves. */
export function sending(state: PaceState, one: Waiting, now: number): PaceState {
  const busy = [...state.busy, one.channel];
  if (one.method === 'post')
    return {
      ...state,
      busy,
      channels: { ...state.channels, [one.channel]: { tokens: tokensOf(state, one.channel, now) - 1, at: now } },
    };
  const recent = Object.entries(state.edited).filter(([, { at }]) => at > now - 10 * minuteMs);
  const count = (state.edited[one.id]?.count ?? 0) + 1;
  return {
    ...state,
    busy,
    edits: [...state.edits.filter((at) => at > now - minuteMs), now],
    edited: { ...Object.fromEntries(recent), [one.id]: { at: now, count } },
  };
}

/** A call has ended, whatever came of it. */
export function ended(state: PaceState, channel: string): PaceState {
  const index = state.busy.indexOf(channel);
  return index < 0 ? state : { ...state, busy: state.busy.toSpliced(index, 1) };
}

/** Slack asked for a rest: only this method in this channel waits. */
export function limited(
  state: PaceState,
  method: SendMethod,
  channel: string,
  retryAfterMs: number,
  now: number,
): PaceState {
  const resting = Object.fromEntries(Object.entries(state.resting).filter(([, until]) => until > now));
  return { ...state, resting: { ...resting, [`${method} ${channel}`]: now + retryAfterMs } };
}
