import type { ModalView } from '@slack/types';
import type { ResultOf } from 'gql.tada';
import { AppError } from '../lib/errors.ts';
import type { Logger } from '../lib/log.ts';
import type { Api, ChatPerson } from './api.ts';
import { said, sentence } from './blocks/answers.ts';
import type { Message } from './blocks/elements.ts';
import type { Scene } from './blocks/scene.ts';
import type { ErrorFields } from './fragments.ts';
import type { Arguments, CommandRead, NounWords } from './grammar.ts';
import { type Inbound, isSpoken } from './inbound.ts';
import type { viewerQuery } from './operations.ts';
import type { SlackClient } from './slack-client.ts';
import type { Texts } from './texts.ts';

/** Both languages of a short text. */
export interface Both {
  readonly en: string;
  readonly ko: string;
}

export interface VerbFile {
  readonly name: string;
  /** Other words for it, Korean ones too. */
  readonly words: readonly string[];
  readonly changes?: boolean;
  readonly args: Arguments;
}

/** One command: its words, its help, and what it does. The file is named after it. */
export interface Command {
  readonly name: string;
  readonly words: readonly string[];
  readonly label: Both;
  readonly summary: Both;
  /** Lines that work, without /agent. */
  readonly usage: { readonly en: readonly string[]; readonly ko: readonly string[] };
  readonly verbs: readonly VerbFile[];
  readonly bare: { readonly verb: string | null; readonly changes?: boolean; readonly args: Arguments };
  readonly ids?: readonly string[];
  readonly run: (input: CommandRead, session: Session) => Promise<void>;
}

export interface CommandSet {
  readonly all: readonly Command[];
  readonly nouns: readonly NounWords[];
  get(name: string): Command | undefined;
}

export type Viewer = ResultOf<typeof viewerQuery>['viewer'];

/** One person asking for one thing, with all that a command or button needs to answer. */
export interface Session {
  readonly inbound: Inbound;
  readonly person: ChatPerson;
  readonly viewer: Viewer;
  readonly t: Texts;
  readonly scene: Scene;
  /** The api on behalf of the person; the rights checked are theirs. */
  readonly api: Api;
  readonly slack: SlackClient;
  readonly log: Logger;
  readonly commands: CommandSet;
  /** The bot's own user, once known. */
  readonly self: string | null;
  /** Key of what this delivery starts. */
  readonly key: string;
  /** Where it was said: the thread too, when there is one. */
  readonly place: { readonly channel: string; readonly thread: string | null } | null;
  /** The incident in whose thread it was said. */
  readonly threadIncident: () => Promise<string | null>;
  /** Tells only the person: in the place when that is possible, else by direct message. */
  readonly answer: (message: Message) => Promise<void>;
  /** Opens a form; when the moment for it has passed, asks the person to press again. */
  readonly openForm: (view: ModalView) => Promise<void>;
  /** Reads a text as if the person had written it as a command. */
  readonly runText: (text: string) => Promise<void>;
}

/** The first refusal as the person reads it; nothing when there is none. */
export async function answeredErrors(session: Session, errors: readonly ErrorFields[]): Promise<boolean> {
  if (errors.length === 0) return false;
  await session.answer(said(errors.map(({ message }) => message).join('\n')));
  return true;
}

/** The thing, or a refusal that names what was not found. */
export function found<T>(session: Session, value: T | null | undefined, what: string): T {
  if (value !== null && value !== undefined) return value;
  throw new AppError('NOT_FOUND', session.t.notFound(what));
}

/** Where a task that is started here shall speak. A command in a channel has no message of its own, so the channel is given. */
export function conversationOf(session: Session): {
  workspace: string;
  channel: string;
  thread?: string;
} | null {
  const { inbound, place, person } = session;
  if (place === null) return null;
  const thread = place.thread ?? (isSpoken(inbound) && !inbound.isDirect ? inbound.message : null);
  return { workspace: person.workspace, channel: place.channel, ...(thread === null ? {} : { thread }) };
}

/** A sentence of ours for the person only. */
export function tell(session: Session, text: string): Promise<void> {
  return session.answer(sentence(text));
}
