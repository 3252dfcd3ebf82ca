import { z } from 'zod';
import { localSlackClient, type ShownMessage } from '../client.ts';

const CHANNEL = 'C0OPS';
const REQUESTER = 'U0REQUESTER';
const APPROVER = 'U0APPROVER';

export interface Stage {
  readonly name: string;
  /** Milliseconds since the service was broken. */
  readonly atMs: number;
  /** What was seen. */
  readonly seen: string;
}

export interface StoryOptions {
  readonly slackUrl: string;
  readonly sampleUrl: string;
  readonly timeoutMs: number;
  readonly onStage: (stage: Stage) => void;
}

const sampleHealth = z.looseObject({ status: z.string(), pid: z.number() });

/** Every block of a message as text, for looking things up in it. */
const textOf = (message: ShownMessage) => JSON.stringify(message.blocks ?? []) + message.text;
/** A message in one of its states: edits carry a higher revision. */
const versionOf = (message: ShownMessage) => `${message.ts} ${String(message.metadata?.event_payload.revision)}`;
const hasControl = (message: ShownMessage, actionId: string) => textOf(message).includes(`"action_id":"${actionId}"`);

/**
 * Plays alert to verified fix: breaks the sample service for real, then does in the local workspace what two people would do.
 * Fails, naming the stage, when one does not come within the time limit.
 */
export async function playStory(options: StoryOptions): Promise<readonly Stage[]> {
  const slack = localSlackClient(options.slackUrl);
  const stages: Stage[] = [];
  const before = await readHealth(options.sampleUrl);
  if (before?.status !== 'ok') throw new Error('the sample service is not healthy before the story begins');
  // The same service breaking again soon reopens its incident: the card is the old one, everything else must be new.
  const earlier = await slack.messages(CHANNEL);
  const known = new Set(earlier.map(versionOf));
  if (earlier.some((message) => message.thread_ts === undefined && hasControl(message, 'incident.acknowledge')))
    throw new Error('an incident is open already: wait for its end, or end it in the local Slack');
  const broken = await fetch(`${options.sampleUrl}/break`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ mode: 'crash' }),
    signal: AbortSignal.timeout(5_000),
  });
  await broken.body?.cancel();
  const begun = performance.now();
  const stage = (name: string, seen: string) => {
    const one = { name, atMs: Math.round(performance.now() - begun), seen };
    stages.push(one);
    options.onStage(one);
  };
  const waitFor = async <T>(what: string, look: () => Promise<T | undefined>): Promise<T> => {
    while (performance.now() - begun < options.timeoutMs) {
      const found = await look();
      if (found !== undefined) return found;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`stage "${what}" was not reached within ${options.timeoutMs / 1000} s`);
  };
  stage('broken', 'payment-api crashed');

  const card = await waitFor('card', async () =>
    (await slack.messages(CHANNEL)).find(
      (message) => message.thread_ts === undefined && hasControl(message, 'incident.acknowledge'),
    ),
  );
  stage('card', card.text);
  const replies = async () =>
    (await slack.thread(CHANNEL, card.ts)).filter(
      (message) => message.ts !== card.ts && !known.has(versionOf(message)),
    );
  const parent = async () => (await slack.messages(CHANNEL)).find((message) => message.ts === card.ts);

  await slack.press({ user: REQUESTER, channel: CHANNEL, ts: card.ts, action_id: 'incident.acknowledge' });
  await waitFor('acknowledged', async () => {
    const now = await parent();
    return now !== undefined && !hasControl(now, 'incident.acknowledge') ? now : undefined;
  });
  stage('acknowledged', `by <@${REQUESTER}>`);

  const finding = await waitFor('finding', async () =>
    (await replies()).find((message) => /What is happening|무슨 일인가/.test(textOf(message))),
  );
  stage('finding', finding.text);

  const request = await waitFor('approval asked', async () =>
    (await replies()).find((message) => hasControl(message, 'approval.approve')),
  );
  stage('approval asked', request.text);
  const refused = await slack.press({
    user: REQUESTER,
    channel: CHANNEL,
    ts: request.ts,
    action_id: 'approval.approve',
  });
  await waitFor('refused', async () => {
    const answers = (await slack.messages(CHANNEL, REQUESTER)).filter(
      (message) => message.ephemeral_to === REQUESTER && Number(message.ts) > Number(request.ts),
    );
    return refused.text ?? answers.at(-1)?.text;
  }).then((text) => stage('refused', text));

  await slack.press({ user: APPROVER, channel: CHANNEL, ts: request.ts, action_id: 'approval.approve' });
  await waitFor('approved', async () => {
    const now = (await replies()).find((message) => message.ts === request.ts);
    return now !== undefined && !hasControl(now, 'approval.approve') ? now : undefined;
  });
  stage('approved', `by <@${APPROVER}>`);

  const resolved = await waitFor('resolved', async () => {
    const now = await parent();
    return now !== undefined && textOf(now).includes('🟢') ? now : undefined;
  });
  stage('resolved', resolved.text);
  const report = await waitFor('report', async () =>
    (await replies()).find((message) => /report|보고서/i.test(message.text)),
  );
  stage('report', report.text);

  const after = await readHealth(options.sampleUrl);
  if (after?.status !== 'ok' || after.pid === before.pid)
    throw new Error('the service is not running again in a new process');
  stage('healthy again', `new process ${after.pid} instead of ${before.pid}`);
  return stages;
}

async function readHealth(sampleUrl: string): Promise<z.infer<typeof sampleHealth> | null> {
  try {
    const response = await fetch(`${sampleUrl}/healthz`, { signal: AbortSignal.timeout(2_000) });
    return sampleHealth.parse(await response.json());
  } catch {
    return null;
  }
}
