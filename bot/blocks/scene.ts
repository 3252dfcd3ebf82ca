import type { RichTextElement } from '@slack/types';
import type { PersonFields } from '../fragments.ts';
import { type Locale, type Texts, texts } from '../texts.ts';
import { escaped } from './elements.ts';
import { literal, safe } from './rich-text.ts';

/** Where and for whom a message is drawn. */
export interface Scene {
  readonly locale: Locale;
  readonly t: Texts;
  readonly workspace: string;
  readonly consoleUrl: string;
  /** Hosts a card may link to besides the console. */
  readonly linkHosts: readonly string[];
  readonly now: Date;
}

/** The scene of one message. */
export function makeScene(options: Omit<Scene, 't'>): Scene {
  return { ...options, t: texts[options.locale] };
}

const slackUser = /^[UW][A-Z0-9]{2,30}$/;

/** The chat account of a person in this workspace, when it looks like one. */
export function chatUserOf(scene: Scene, person: PersonFields): string | null {
  const identity = person.chatIdentities.find(({ workspace }) => workspace === scene.workspace);
  return identity !== undefined && slackUser.test(identity.chatUserId) ? identity.chatUserId : null;
}

/** A person in mrkdwn: a mention of an account we know, else the escaped name. */
export function mention(scene: Scene, person: PersonFields): string {
  const user = chatUserOf(scene, person);
  return user === null ? escaped(person.displayName, 80) : `<@${user}>`;
}

/** The same in rich text. */
export function mentionElement(scene: Scene, person: PersonFields): RichTextElement {
  const user = chatUserOf(scene, person);
  return user === null ? literal(safe(person.displayName, 80)) : { type: 'user', user_id: user };
}

/** Names in plain words, for push texts and plain titles. */
export function namesOf(people: readonly PersonFields[]): string {
  return people.map((person) => safe(person.displayName, 60)).join(', ');
}

/** Who asked: a person is mentioned, a program named. */
export function askerText(
  scene: Scene,
  actor:
    | ({ readonly __typename: 'User' } & PersonFields)
    | { readonly __typename: 'ApiKey' | 'Automation'; readonly name: string },
): string {
  return actor.__typename === 'User' ? mention(scene, actor) : escaped(actor.name, 80);
}

/** An address of the console. */
export function consoleUrl(scene: Scene, ...parts: readonly string[]): string {
  const base = scene.consoleUrl.replace(/\/+$/, '');
  return `${base}/${parts.map((part) => encodeURIComponent(part)).join('/')}`;
}

/** Where evidence [n] of an incident, or of a task that has none, is shown. */
export function evidenceUrl(
  scene: Scene,
  task: { readonly number: string; readonly incident: { readonly number: string } | null },
): (ref: number) => string {
  const page =
    task.incident === null
      ? consoleUrl(scene, 'tasks', task.number)
      : consoleUrl(scene, 'incidents', task.incident.number);
  return (ref) => `${page}#e${ref}`;
}

/** A link from outside, when its host is one we were told to trust; else null and nothing is shown. */
export function trustedLink(scene: Scene, url: string | null): string | null {
  if (url === null || url.length > 2_900) return null;
  const parsed = URL.parse(url);
  if (parsed === null || (parsed.protocol !== 'https:' && parsed.protocol !== 'http:')) return null;
  const own = URL.parse(scene.consoleUrl)?.host;
  if (parsed.username !== '' || parsed.password !== '') return null;
  return parsed.host === own || scene.linkHosts.includes(parsed.host) ? parsed.href : null;
}
