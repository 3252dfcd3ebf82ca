import { z } from 'zod';

/** Every fault that can be switched on, as POST /local/faults takes it. */
export const faultSchema = z.object({
  kind: z.enum([
    'delay',
    'lost-answer',
    'hang',
    'hang-after',
    'rate-limit',
    'server-error',
    'error',
    'duplicate-delivery',
    'reorder-delivery',
    'drop-delivery',
  ]),
  /** Web API method, or * for all (default). */
  method: z.string().optional(),
  /** For delays of deliveries instead of API calls, and to narrow delivery faults. */
  delivery: z.enum(['events_api', 'slash_commands', 'interactive', '*']).optional(),
  channel: z.string().optional(),
  /** How many calls are hit; default 1, 0 for all until cleared. */
  times: z.number().int().min(0).optional(),
  ms: z.number().min(0).optional(),
  retryAfterSeconds: z.number().min(1).optional(),
  status: z.number().int().min(500).max(599).optional(),
  error: z.string().optional(),
});

/** One fault to be switched on. */
export type Fault = z.infer<typeof faultSchema>;

const DELIVERY_KINDS = new Set(['duplicate-delivery', 'reorder-delivery', 'drop-delivery']);

/** The faults that are on; each is used up by the calls it hits. */
export class Faults {
  #active: (Fault & { left: number })[] = [];

  add(fault: Fault): void {
    const times = fault.times ?? 1;
    this.#active.push({ ...fault, left: times === 0 ? Number.POSITIVE_INFINITY : times });
  }

  clear(): void {
    this.#active = [];
  }

  list(): Fault[] {
    return this.#active.map(({ left, ...fault }) => ({ ...fault, times: Number.isFinite(left) ? left : 0 }));
  }

  /** The fault that hits this Web API call, if any. */
  forCall(method: string, channel: string | undefined): Fault | undefined {
    return this.#use(
      (fault) =>
        !DELIVERY_KINDS.has(fault.kind) &&
        fault.delivery === undefined &&
        [undefined, '*', method].includes(fault.method) &&
        (fault.channel === undefined || fault.channel === channel),
    );
  }

  /** The fault that hits this delivery to the app, if any. */
  forDelivery(type: string, channel: string | undefined): Fault | undefined {
    return this.#use(
      (fault) =>
        (DELIVERY_KINDS.has(fault.kind) || (fault.kind === 'delay' && fault.delivery !== undefined)) &&
        [undefined, '*', type].includes(fault.delivery) &&
        (fault.channel === undefined || fault.channel === channel),
    );
  }

  #use(hits: (fault: Fault) => boolean): Fault | undefined {
    const found = this.#active.find(hits);
    if (!found) return undefined;
    found.left -= 1;
    if (found.left <= 0) this.#active.splice(this.#active.indexOf(found), 1);
    return found;
  }
}
