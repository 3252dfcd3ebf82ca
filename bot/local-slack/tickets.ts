import { randomBytes } from 'node:crypto';

/** Why a trigger id was refused, in Slack's words. */
export type TriggerProblem = 'invalid_trigger_id' | 'expired_trigger_id' | 'exchanged_trigger_id';

const TRIGGER_LIFE_MS = 3000;
const RESPONSE_URL_LIFE_MS = 30 * 60_000;
const RESPONSE_URL_USES = 5;
const KEPT = 5000;

/** What a response_url answers to. */
export interface ResponseTarget {
  readonly channel: string;
  readonly user: string;
  readonly messageTs?: string;
  readonly threadTs?: string;
}

function trim(map: Map<string, unknown>): void {
  for (const key of map.keys()) {
    if (map.size <= KEPT) return;
    map.delete(key);
  }
}

/** Trigger ids (3 s, once) and response addresses (30 min, 5 times). */
export class Tickets {
  readonly #triggers = new Map<string, { user: string; at: number; used: boolean }>();
  readonly #responses = new Map<string, ResponseTarget & { at: number; uses: number }>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  newTrigger(user: string): string {
    const id = `${this.#now()}.${randomBytes(5).readUIntBE(0, 5)}.${randomBytes(16).toString('hex')}`;
    this.#triggers.set(id, { user, at: this.#now(), used: false });
    trim(this.#triggers);
    return id;
  }

  spendTrigger(id: string): { user: string } | TriggerProblem {
    const trigger = this.#triggers.get(id);
    if (!trigger) return 'invalid_trigger_id';
    if (trigger.used) return 'exchanged_trigger_id';
    if (this.#now() - trigger.at > TRIGGER_LIFE_MS) return 'expired_trigger_id';
    trigger.used = true;
    return { user: trigger.user };
  }

  newResponse(target: ResponseTarget): string {
    const id = randomBytes(16).toString('hex');
    this.#responses.set(id, { ...target, at: this.#now(), uses: 0 });
    trim(this.#responses);
    return id;
  }

  spendResponse(id: string): ResponseTarget | 'used_url' | 'expired_url' {
    const response = this.#responses.get(id);
    if (!response || response.uses >= RESPONSE_URL_USES) return 'used_url';
    if (this.#now() - response.at > RESPONSE_URL_LIFE_MS) return 'expired_url';
    response.uses += 1;
    return response;
  }
}
