import type { Logger } from '../lib/log.ts';
import { said } from './blocks/answers.ts';
import { draw, type Notification, subjectNumber } from './blocks/draw.ts';
import { type Message, planAsLines, withBlockIds } from './blocks/elements.ts';
import { chatUserOf, type Scene } from './blocks/scene.ts';
import type { MessageMark, SlackAnswer, SlackClient } from './slack-client.ts';

/** What became of one notification: told to the api, or (limited) tried again in its place. */
export type DeliveryReport =
  | {
      readonly result: 'DELIVERED';
      readonly channel: string;
      readonly thread: string | null;
      readonly message: string | null;
    }
  | { readonly result: 'LIMITED'; readonly method: 'post' | 'update'; readonly retryAfterMs: number }
  | { readonly result: 'RETRY_LATER' | 'REFUSED' | 'UNCERTAIN'; readonly error: string };

export interface DeliverOneOptions {
  readonly slack: SlackClient;
  readonly log: Logger;
  readonly scene: (notification: Notification) => Scene;
}

/** Slack errors after which other blocks may pass. */
const blockErrors = new Set([
  'invalid_blocks',
  'invalid_blocks_format',
  'msg_blocks_too_long',
  'msg_too_long',
  'invalid_arguments',
]);
/** Slack errors of an edit whose message is gone. */
const goneErrors = new Set([
  'message_not_found',
  'cant_update_message',
  'edit_window_closed',
  'streaming_state_conflict',
]);
const lookBackMs = 120_000;

/** Posts or edits one message exactly once as far as can be known; never posts again without having looked. */
export async function deliverOne(options: DeliverOneOptions, notification: Notification): Promise<DeliveryReport> {
  const { slack } = options;
  const scene = options.scene(notification);
  const place = await placeOf(options, scene, notification);
  if ('result' in place) return place;
  const message = draw(scene, notification);
  const mark: MessageMark = {
    notification: notification.id,
    revision: notification.revision,
    subject: subjectNumber(notification),
  };
  const known = notification.address?.message ?? null;
  if (known !== null) {
    const edited = await edit(options, place, known, message, mark);
    if (edited !== 'gone') return edited;
    options.log.info({ notificationId: notification.id }, 'a message has vanished, it is posted anew');
  } else if (notification.uncertain) {
    const since = (Date.parse(notification.createdAt) - lookBackMs) / 1_000;
    const found = await slack.find(place, notification.id, since);
    if (!found.ok) return failed(found, 'update', true);
    const first = found.value[0];
    if (first !== undefined) {
      await silenceRepeats(
        options,
        place.channel,
        found.value.slice(1).map(({ ts }) => ts),
        scene,
      );
      if (first.revision >= notification.revision) return delivered(place, first.ts);
      const edited = await edit(options, place, first.ts, message, mark);
      if (edited !== 'gone') return edited;
    }
  }
  return postNew(options, place, message, mark, notification.broadcast);
}

interface KnownPlace {
  readonly channel: string;
  readonly thread: string | null;
}

async function placeOf(
  { slack }: DeliverOneOptions,
  scene: Scene,
  notification: Notification,
): Promise<KnownPlace | DeliveryReport> {
  const { address, privateTo } = notification;
  if (address !== null && address.channel !== '') return { channel: address.channel, thread: address.thread };
  const user = privateTo === null ? null : chatUserOf(scene, privateTo);
  if (user === null) return { result: 'REFUSED', error: 'no address in this workspace' };
  const opened = await slack.openDirect(user);
  return opened.ok ? { channel: opened.value, thread: null } : failed(opened, 'post', true);
}

const delivered = (place: KnownPlace, ts: string): DeliveryReport => ({
  result: 'DELIVERED',
  channel: place.channel,
  thread: place.thread,
  message: ts,
});

/** The drawn message first, then simpler ones for a workspace that refuses its blocks. */
function* variants(message: Message): Generator<Message> {
  yield message;
  if (message.blocks.some(({ type }) => type === 'plan')) yield planAsLines(message);
  const [first] = message.blocks;
  yield withBlockIds(said(message.text), `${first?.block_id ?? 'r'}.plain`);
}

async function tryVariants(
  { log }: DeliverOneOptions,
  message: Message,
  send: (variant: Message) => Promise<SlackAnswer<string>>,
): Promise<SlackAnswer<string>> {
  let last: SlackAnswer<string> = { ok: false, kind: 'refused', error: 'nothing to send', details: [] };
  for (const variant of variants(message)) {
    last = await send(variant);
    if (last.ok || last.kind !== 'refused' || !blockErrors.has(last.error)) return last;
    log.error({ error: last.error, details: last.details }, 'Slack refused blocks of ours');
  }
  return last;
}

async function edit(
  options: DeliverOneOptions,
  place: KnownPlace,
  ts: string,
  message: Message,
  mark: MessageMark,
): Promise<DeliveryReport | 'gone'> {
  const answer = await tryVariants(options, message, (variant) =>
    options.slack.update(place.channel, ts, variant, mark),
  );
  if (answer.ok) return delivered(place, ts);
  if (answer.kind === 'refused' && goneErrors.has(answer.error)) return 'gone';
  return failed(answer, 'update', true);
}

async function postNew(
  options: DeliverOneOptions,
  place: KnownPlace,
  message: Message,
  mark: MessageMark,
  broadcast: boolean,
): Promise<DeliveryReport> {
  const post = (where: KnownPlace) =>
    tryVariants(options, message, (variant) => options.slack.post(where, variant, mark, broadcast));
  const answer = await post(place);
  if (answer.ok) return delivered(place, answer.value);
  if (answer.kind === 'refused' && answer.error === 'thread_not_found') {
    const bare = { channel: place.channel, thread: null };
    const again = await post(bare);
    return again.ok ? delivered(bare, again.value) : failed(again, 'post', false);
  }
  return failed(answer, 'post', false);
}

/** An edit or a look-up may be repeated; a post whose answer was lost must be looked up first. */
function failed(
  answer: SlackAnswer<unknown> & { readonly ok: false },
  method: 'post' | 'update',
  repeatable: boolean,
): DeliveryReport {
  switch (answer.kind) {
    case 'limited':
      return { result: 'LIMITED', method, retryAfterMs: answer.retryAfterMs };
    case 'refused':
      return { result: 'REFUSED', error: [answer.error, ...answer.details].join('; ').slice(0, 500) };
    case 'unsent':
      return { result: 'RETRY_LATER', error: answer.error };
    case 'lost':
      return { result: repeatable ? 'RETRY_LATER' : 'UNCERTAIN', error: answer.error };
    default:
      return answer satisfies never;
  }
}

/** More than one copy was posted: the later ones lose their buttons. */
async function silenceRepeats(
  options: DeliverOneOptions,
  channel: string,
  repeats: readonly string[],
  scene: Scene,
): Promise<void> {
  for (const ts of repeats.slice(0, 5))
    await options.slack.update(channel, ts, withBlockIds(said(scene.t.repeatOf), `repeat.${ts}`), null);
}
