import { setTimeout as pause } from 'node:timers/promises';
import { type SentAlert, webhookBody } from '../trials/alert-sender.ts';
import type { Stack } from '../trials/stack.ts';
import { residentMb } from './memory.ts';

/** Forty services with five kinds of alert each, as many pods as it takes; a tenth is critical. One post is one group of Alertmanager. */
export function stormPosts(count: number, perPost: number, mark: string): readonly string[] {
  const posts: string[] = [];
  const startsAt = new Date();
  for (let post = 0; post * perPost < count; post++) {
    const service = `${mark}-service-${post % 40}`;
    const name = `Storm${post % 5}`;
    const alerts = Array.from(
      { length: Math.min(perPost, count - post * perPost) },
      (_, pod): SentAlert => ({
        name,
        labels: {
          service,
          pod: `${service}-${post}-${pod}`,
          node: `node-${pod % 7}`,
          cluster: 'prod',
          severity: post % 10 === 0 ? 'critical' : 'warning',
        },
        summary: `${name} on ${service}, pod ${pod}`,
        startsAt,
      }),
    );
    posts.push(webhookBody(alerts));
  }
  return posts;
}

/** What sending has shown. */
export interface Sent {
  readonly seconds: number;
  readonly posts: number;
  readonly millis: readonly number[];
  readonly statuses: Readonly<Record<string, number>>;
}

/** Sends each post so many times over so many connections, again after 503, as Alertmanager does. */
export async function sendPosts(
  stack: Pick<Stack, 'alertUrls' | 'alertsToken'>,
  posts: readonly string[],
  options: { readonly times: number; readonly connections: number },
): Promise<Sent> {
  const queue = Array.from({ length: options.times }, () => posts).flat();
  const millis: number[] = [];
  const statuses: Record<string, number> = {};
  let next = 0;
  const begun = performance.now();
  const worker = async (turn: number) => {
    for (;;) {
      const index = next++;
      const body = queue[index];
      if (body === undefined) return;
      for (;;) {
        const at = performance.now();
        const response = await fetch(stack.alertUrls[turn % stack.alertUrls.length] ?? '', {
          method: 'POST',
          headers: { 'content-type': 'application/json', authorization: `Bearer ${stack.alertsToken}` },
          body,
        }).catch(() => null);
        await response?.body?.cancel();
        const status = response?.status ?? 0;
        statuses[status] = (statuses[status] ?? 0) + 1;
        if (status >= 200 && status < 300) {
          millis.push(performance.now() - at);
          break;
        }
        if (status >= 400 && status < 500) throw new Error(`the bot refused a post for good (${status})`);
        await pause(Math.min(5_000, Number(response?.headers.get('retry-after') ?? 1) * 1_000));
      }
    }
  };
  await Promise.all(Array.from({ length: options.connections }, (_, turn) => worker(turn)));
  return { seconds: (performance.now() - begun) / 1_000, posts: queue.length, millis, statuses };
}

/** Watches the resident memory of the product's own processes; answers by how much it has grown at most. */
export function watchMemory(stack: Stack): { stop(): { readonly beforeMb: number; readonly mostMb: number } } {
  const pids = [...new Set([...stack.apis, ...stack.workers, ...stack.bots])].map((one) => one.pid());
  const beforeMb = residentMb(pids).summed;
  let mostMb = beforeMb;
  const timer = setInterval(() => {
    mostMb = Math.max(mostMb, residentMb(pids).summed);
  }, 250);
  return {
    stop: () => {
      clearInterval(timer);
      return { beforeMb, mostMb };
    },
  };
}

/** How much of the storm the record holds now. */
export async function recorded(stack: Stack): Promise<{
  readonly alerts: number;
  readonly waiting: number;
  readonly counted: number;
  readonly inbox: number;
  readonly odd: number;
}> {
  const { rows } = await stack.database.pool.query(
    `select (select count(*)::int from "Alert" where "source" = 'alertmanager') as alerts,
      (select count(*)::int from "InboxEvent" where "source" = 'ALERT' and "status" in ('RECEIVED', 'CLAIMED')) as waiting,
      (select coalesce(sum("totalCount"), 0)::int from "AlertGroup" where "source" = 'alertmanager') as counted,
      (select count(*)::int from "InboxEvent" where "source" = 'ALERT') as inbox,
      (select count(*)::int from "InboxEvent" where "source" = 'ALERT' and "status" = 'QUARANTINED') as odd`,
  );
  return rows[0];
}

/** Waits until nothing waits any more. */
export async function drained(stack: Stack, withinMs: number): Promise<number> {
  const begun = performance.now();
  for (;;) {
    const { waiting } = await recorded(stack);
    const ms = performance.now() - begun;
    if (waiting === 0) return ms;
    if (ms > withinMs) throw new Error(`${waiting} alerts still wait after ${withinMs} ms`);
    await pause(100);
  }
}
