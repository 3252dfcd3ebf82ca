import type { LocalSlackClient, ShownMessage } from '../../bot/local-slack/client.ts';
import { until } from './until.ts';

export const CHANNEL = 'C0OPS';
export const REQUESTER = 'U0REQUESTER';
export const APPROVER = 'U0APPROVER';

/** A message with all its blocks, as text to look things up in. */
export const textOf = (message: ShownMessage): string => `${message.text}\n${JSON.stringify(message.blocks)}`;

export const hasControl = (message: ShownMessage, actionId: string): boolean =>
  textOf(message).includes(`"action_id":"${actionId}"`);

/** Parents of threads in a channel: what people see without opening anything. */
export async function parents(slack: LocalSlackClient, channel = CHANNEL): Promise<readonly ShownMessage[]> {
  return (await slack.messages(channel)).filter(
    (message) => message.thread_ts === undefined || message.thread_ts === message.ts,
  );
}

/** Waits for a reply in a thread. */
export function waitForReply(
  slack: LocalSlackClient,
  parentTs: string,
  what: string,
  matches: (message: ShownMessage) => boolean,
  timeoutMs = 30_000,
): Promise<ShownMessage> {
  return until(
    async () => (await slack.thread(CHANNEL, parentTs)).find((message) => message.ts !== parentTs && matches(message)),
    { what, timeoutMs, everyMs: 50 },
  );
}

/** Waits until the parent of a thread looks as wanted. */
export function waitForParent(
  slack: LocalSlackClient,
  parentTs: string,
  what: string,
  matches: (message: ShownMessage) => boolean,
  timeoutMs = 60_000,
): Promise<ShownMessage> {
  return until(async () => (await parents(slack)).find((message) => message.ts === parentTs && matches(message)), {
    what,
    timeoutMs,
    everyMs: 50,
  });
}
