import { randomUUID } from 'node:crypto';
import { isAppError } from '../lib/errors.ts';
import type { Logger } from '../lib/log.ts';
import type { ActionSet } from './action.ts';
import type { Api } from './api.ts';
import { didYouMean, linkAccount, said, sentence } from './blocks/answers.ts';
import { type Message, withBlockIds } from './blocks/elements.ts';
import { makeScene, type Scene } from './blocks/scene.ts';
import type { EventFile } from './event.ts';
import { readCommand } from './grammar.ts';
import { type Inbound, inboxKey, operationKey } from './inbound.ts';
import type { BotMetrics } from './metrics.ts';
import { viewerQuery } from './operations.ts';
import type { CommandSet, Session, Viewer } from './session.ts';
import type { SlackClient } from './slack-client.ts';
import { startTask } from './start-task.ts';
import { type Locale, texts } from './texts.ts';
import { writtenText } from './written-text.ts';

export interface HandleOptions {
  readonly api: Api;
  readonly slack: SlackClient;
  readonly log: Logger;
  readonly metrics: BotMetrics;
  readonly commands: CommandSet;
  readonly actions: ActionSet;
  readonly events: ReadonlyMap<string, EventFile>;
  readonly consoleUrl: string;
  readonly linkHosts: readonly string[];
  /** The bot's own user, once known. */
  readonly self: () => string | null;
  /** Remembers the language of a person for the moments when the api is away. */
  readonly rememberLocale: (user: string, locale: Locale) => void;
}

/** Carries out one stored delivery. Throws only when the api is away, so that it is taken up again later. */
export async function handle(options: HandleOptions, inbound: Inbound): Promise<void> {
  const person = { workspace: inbound.workspace, user: inbound.user };
  const correlationId = randomUUID();
  const log = options.log.child({ correlationId, inbox: inboxKey(inbound) });
  const asked = options.api.as(person);
  const api: Api = {
    as: (other) => asked.as(other),
    put: (path, bytes) => asked.put(path, bytes, { correlationId }),
    call: (document, variables, call = {}) => asked.call(document, variables, { correlationId, ...call }),
  };
  const { viewer } = await api.call(viewerQuery, {});
  options.rememberLocale(inbound.user, viewer.locale);
  const session = makeSession(options, inbound, viewer, api, log);
  try {
    await dispatch(options, inbound, session);
  } catch (error) {
    if (isAppError(error) && error.code === 'UNAVAILABLE') throw error;
    if (isAppError(error) && error.code !== 'INTERNAL' && error.code !== 'UNAUTHENTICATED') {
      log.info({ code: error.code }, 'a request was refused');
      return session.answer(said(error.message));
    }
    log.error({ err: error }, 'a delivery could not be carried out');
    await session.answer(sentence(session.t.failure(correlationId.slice(0, 8))));
  }
}

async function dispatch(options: HandleOptions, inbound: Inbound, session: Session): Promise<void> {
  const stranger = session.viewer.user === null;
  switch (inbound.kind) {
    case 'command':
      if (stranger) return session.answer(linkAccount(session.t));
      return session.runText(inbound.text);
    case 'action': {
      const action = options.actions.control(inbound.action);
      if (action?.press === undefined) return session.answer(sentence(session.t.askedElsewhere));
      if (stranger && action.forStrangers !== true) return session.answer(linkAccount(session.t));
      return action.press(inbound, session);
    }
    case 'form': {
      const action = options.actions.form(inbound.callback);
      if (action?.submit === undefined) return;
      if (stranger) return session.answer(linkAccount(session.t));
      return action.submit(inbound, session);
    }
    default: {
      const event = options.events.get(inbound.kind);
      if (event === undefined) return;
      if (stranger) return event.tellStrangers ? session.answer(linkAccount(session.t)) : undefined;
      return event.run(inbound, session);
    }
  }
}

function makeSession(options: HandleOptions, inbound: Inbound, viewer: Viewer, api: Api, log: Logger): Session {
  const scene: Scene = makeScene({
    locale: viewer.locale,
    workspace: inbound.workspace,
    consoleUrl: options.consoleUrl,
    linkHosts: options.linkHosts,
    now: new Date(),
  });
  const place = placeOf(inbound);
  const { slack } = options;
  const session: Session = {
    inbound,
    person: { workspace: inbound.workspace, user: inbound.user },
    viewer,
    t: scene.t,
    scene,
    api,
    slack,
    log,
    commands: options.commands,
    self: options.self(),
    key: operationKey(inbound),
    place,
    threadIncident: async () => {
      const thread = place?.thread ?? (inbound.kind === 'reaction' ? inbound.message : null);
      if (place === null || thread === null) return null;
      const read = await slack.read(place.channel, thread);
      const subject = read.ok ? read.value?.mark?.subject : null;
      return subject?.startsWith('INC-') === true ? subject : null;
    },
    answer: (message) => answerPrivately(slack, log, inbound, place, message),
    openForm: async (view) => {
      const trigger = inbound.kind === 'action' || inbound.kind === 'command' ? inbound.trigger : null;
      const opened = trigger === null ? null : await slack.openView(trigger, view);
      if (opened?.ok === true) return;
      if (opened !== null) log.info({ kind: opened.kind }, 'a form could not be opened');
      await session.answer(sentence(scene.t.pressAgain));
    },
    runText: (text) => runText(options, session, writtenText(text, options.self())),
  };
  return session;
}

async function runText(options: HandleOptions, session: Session, text: string): Promise<void> {
  const reading = readCommand(text, options.commands.nouns, await session.threadIncident());
  const count = (noun: string, outcome: 'done' | 'refused' | 'failed') =>
    options.metrics.commands.inc({ noun, outcome });
  if (reading.kind === 'did-you-mean') {
    count('guess', 'refused');
    return session.answer(didYouMean(session.t, reading.text, reading.command, reading.text));
  }
  const noun = reading.kind === 'question' ? 'ask' : reading.noun;
  try {
    if (reading.kind === 'question') await startTask(session, { instruction: reading.text.slice(0, 4_000) });
    else await options.commands.get(reading.noun)?.run(reading, shared(session, reading.flags));
    count(noun, 'done');
  } catch (error) {
    count(noun, isAppError(error) && error.code !== 'UNAVAILABLE' && error.code !== 'INTERNAL' ? 'refused' : 'failed');
    throw error;
  }
}

/** With --share an answer is shown to everybody in the place. */
function shared(session: Session, flags: Readonly<Record<string, string>>): Session {
  const { place } = session;
  if (place === null || !('share' in flags || '공유' in flags)) return session;
  return {
    ...session,
    answer: async (message) => {
      const posted = await session.slack.post(place, message, null, false);
      if (!posted.ok && posted.kind !== 'lost') await session.answer(message);
    },
  };
}

function placeOf(inbound: Inbound): Session['place'] {
  switch (inbound.kind) {
    case 'command':
      return { channel: inbound.channel, thread: null };
    case 'action':
      return inbound.channel === null ? null : { channel: inbound.channel, thread: inbound.thread };
    case 'mention':
    case 'file-shared':
    case 'reply':
      return { channel: inbound.channel, thread: inbound.thread };
    case 'reaction':
      return { channel: inbound.channel, thread: null };
    default:
      return null;
  }
}

/** Only the person sees it: in the place, or by direct message where the bot may not speak. */
async function answerPrivately(
  slack: SlackClient,
  log: Logger,
  inbound: Inbound,
  place: Session['place'],
  message: Message,
): Promise<void> {
  const drawn =
    message.blocks[0]?.block_id === undefined ? withBlockIds(message, `a${Date.now().toString(36)}`) : message;
  if (place !== null && !place.channel.startsWith('D')) {
    const shown = await slack.ephemeral(place, inbound.user, drawn);
    if (shown.ok || shown.kind === 'lost') return;
    log.debug({ kind: shown.kind }, 'no private note in this place; a direct message instead');
  }
  const direct = await slack.openDirect(inbound.user);
  const sent = direct.ok ? await slack.post({ channel: direct.value }, drawn, null, false) : direct;
  if (!sent.ok)
    log.warn({ kind: sent.kind, error: 'error' in sent ? sent.error : null }, 'an answer could not be shown');
}

/** What a person reads when nothing could be stored; in both languages when theirs is not known. */
export function notAcceptedText(locale: Locale | null): string {
  return locale === null ? `${texts.EN.notAccepted}\n${texts.KO.notAccepted}` : texts[locale].notAccepted;
}
