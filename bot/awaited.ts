import type { Api } from './api.ts';
import type { InboundOf } from './inbound.ts';
import { taskThreadsAwaited } from './operations.ts';

const askWithinMs = 1_500;
const freshForMs = 1_000;

/** Whether a task waits for an answer in the thread of a reply. One look serves the replies of a second. */
export function createAwaited(api: Api): (reply: InboundOf<'reply'>) => Promise<boolean> {
  let read: { readonly workspace: string; readonly at: number; readonly threads: Promise<ReadonlySet<string>> } | null =
    null;
  const look = async (workspace: string): Promise<ReadonlySet<string>> => {
    const answer = await api.call(taskThreadsAwaited, { workspace }, { timeoutMs: askWithinMs });
    return new Set(answer.taskThreadsAwaited.map((one) => `${one.channel} ${one.thread}`));
  };
  return async ({ workspace, channel, thread }) => {
    if (read === null || read.workspace !== workspace || performance.now() - read.at > freshForMs)
      read = { workspace, at: performance.now(), threads: look(workspace) };
    try {
      return (await read.threads).has(`${channel} ${thread}`);
    } catch {
      // The api is away: kept if it can be, so that an answer is not lost; whether it is one is seen when it is worked on.
      read = null;
      return true;
    }
  };
}
