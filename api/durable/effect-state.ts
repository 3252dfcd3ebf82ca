/** One effect's row in the journal, as the process that looks at it sees it. */
export type Journal =
  | { readonly state: 'absent' }
  | { readonly state: 'intent'; readonly owner: 'me' | 'other'; readonly ownerGone: boolean; readonly ageMs: number }
  | { readonly state: 'done' }
  | { readonly state: 'unknown' };

/** What is to be done next about an effect. */
export type EffectMove =
  | { readonly move: 'write_intent' }
  | { readonly move: 'call'; readonly reason: 'fresh-intent' | 'same-key' }
  | { readonly move: 'renew_intent'; readonly reason: 'held-up' }
  | { readonly move: 'wait'; readonly reason: 'owner-alive' | 'not-held' | 'owner-may-still-call' }
  | { readonly move: 'ask_target' }
  | { readonly move: 'answer_done' }
  | { readonly move: 'answer_unknown'; readonly reason: 'recorded' | 'cannot-ask' | 'not-arrived' | 'target-silent' };

/** Between intent and call at most this much may pass on the caller's own monotonic clock. */
export const callWithinMs = 5_000;
/** An intent of a dead owner younger than this may still be about to become a call; the margin is for two clocks. */
export const surelyOverMs = callWithinMs + 1_500;

/** What may be done about an effect whose journal reads like this. */
export function nextMove(journal: Journal, canAsk: boolean): EffectMove {
  switch (journal.state) {
    case 'absent':
      return { move: 'write_intent' };
    case 'done':
      return { move: 'answer_done' };
    case 'unknown':
      return { move: 'answer_unknown', reason: 'recorded' };
    case 'intent':
      if (journal.owner === 'me') return { move: 'call', reason: 'fresh-intent' };
      if (!journal.ownerGone) return { move: 'wait', reason: 'owner-alive' };
      if (journal.ageMs < surelyOverMs) return { move: 'wait', reason: 'owner-may-still-call' };
      return canAsk ? { move: 'ask_target' } : { move: 'answer_unknown', reason: 'cannot-ask' };
    default:
      return journal satisfies never;
  }
}

/** The last look before the call: nobody may have been told meanwhile that the outcome is unknown. */
export function mayCall(lease: { readonly held: boolean; readonly sinceIntentMs: number }): EffectMove {
  if (!lease.held) return { move: 'wait', reason: 'not-held' };
  if (lease.sinceIntentMs > callWithinMs) return { move: 'renew_intent', reason: 'held-up' };
  return { move: 'call', reason: 'fresh-intent' };
}

/** What the target said about the key. */
export type TargetAnswer = 'arrived' | 'not_arrived' | 'unknown';

/**
 * What follows from the target's answer. A second call is made in one case only: the owner is surely gone, the target says that
 * the key did not arrive, and it counts a key once even if the first call should still be under way.
 */
export function afterAnswer(
  answer: TargetAnswer,
  facts: { readonly ownerGone: boolean; readonly honoursKeys: boolean; readonly triesLeft: number },
): EffectMove | { readonly move: 'record_done' } | { readonly move: 'ask_again' } {
  switch (answer) {
    case 'arrived':
      return { move: 'record_done' };
    case 'unknown':
      return facts.triesLeft > 0 ? { move: 'ask_again' } : { move: 'answer_unknown', reason: 'target-silent' };
    case 'not_arrived':
      return facts.ownerGone && facts.honoursKeys
        ? { move: 'call', reason: 'same-key' }
        : { move: 'answer_unknown', reason: 'not-arrived' };
    default:
      return answer satisfies never;
  }
}
