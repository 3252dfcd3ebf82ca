import { distance, jamo } from './jamo.ts';

/** What may follow a noun or verb. */
export type Arguments = 'none' | 'id' | 'optional-id' | 'id-text' | 'text' | 'optional-text';

export interface VerbWords {
  readonly name: string;
  readonly words: readonly string[];
  /** Whether it changes something: such a verb never runs from a prefix or a guess. */
  readonly changes: boolean;
  readonly args: Arguments;
}

/** The words of one command. */
export interface NounWords {
  readonly name: string;
  readonly words: readonly string[];
  readonly verbs: readonly VerbWords[];
  /** What the noun does without a verb; null: it lists by its first verb. */
  readonly bare: { readonly verb: string | null; readonly changes: boolean; readonly args: Arguments };
  /** Prefixes of ids it shows or works on, for example INC. */
  readonly ids: readonly string[];
}

export interface CommandRead {
  readonly kind: 'command';
  readonly noun: string;
  readonly verb: string | null;
  /** Ids among the words, in upper case. */
  readonly ids: readonly string[];
  /** All other words as they were written. */
  readonly args: readonly string[];
  /** The rest as one text, as it was written. */
  readonly rest: string;
  readonly flags: Readonly<Record<string, string>>;
  /** All of it as it was written, quotes and line ends too; for what is itself a language. */
  readonly raw?: string;
}
export type Reading =
  | CommandRead
  | { readonly kind: 'question'; readonly text: string }
  | { readonly kind: 'did-you-mean'; readonly command: string; readonly text: string };

interface Token {
  /** As written, in one Unicode form. */
  readonly written: string;
  /** For comparing. */
  readonly word: string;
  readonly quoted: boolean;
}

const idPattern = /^(?:(?:T|INC|AG|APR|SIL|W|CHG|SCH)-\d{1,9}|(?:INC|CHG|RITM)\d{7,10})$/;
const endings = [
  '해주시겠어요',
  '해주십시오',
  '부탁드립니다',
  '부탁합니다',
  '부탁해요',
  '해주세요',
  '해줘요',
  '부탁해',
  '주세요',
  '해줘',
  '하기',
  '해요',
  '줘',
  '해',
];
const fillers = new Set(['좀', ...endings]);
const particles = ['에서', '을', '를', '은', '는', '이', '가'];
const most = { guessWords: 3, prefixLetters: 3 };

/** Reads what a person wrote. Pure: the words come from the command files, `thread` is the incident whose thread it was said in. */
export function readCommand(text: string, nouns: readonly NounWords[], thread: string | null = null): Reading {
  const clean = text.normalize('NFC').trim();
  const { tokens, flags } = tokenize(clean);
  if (tokens.length === 0) return command(nouns, 'help', null, [], {});
  const reading =
    byId(tokens, flags, nouns, thread) ??
    byNoun(tokens, flags, nouns, thread) ??
    byVerb(tokens, flags, nouns, thread) ??
    byPrefix(tokens, flags, nouns, clean) ??
    guess(tokens, nouns, clean);
  if (reading === null) return { kind: 'question', text: clean };
  return reading.kind === 'command' ? { ...reading, raw: clean } : reading;
}

/** An ISO duration of "30m", "2h", "1d", "30분", "2시간", "1일"; null when it is none. */
export function readDuration(word: string): string | null {
  const match = /^(\d{1,5})(m|h|d|분|시간|일)$/.exec(word.normalize('NFKC').toLowerCase());
  const count = Number(match?.[1] ?? 0);
  if (count < 1) return null;
  switch (match?.[2]) {
    case 'm':
    case '분':
      return `PT${count}M`;
    case 'h':
    case '시간':
      return `PT${count}H`;
    default:
      return `P${count}D`;
  }
}

/** The copy that is compared: compatibility form, plain dashes and quotes, lower case. */
function comparable(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/[\u2010-\u2015\u2212\ufe58\uff0d]/g, '-')
    .replace(/[\u201c\u201d\u201e\u201f\u00ab\u00bb]/g, '"')
    .replace(/[\u2018\u2019\u201a\u201b]/g, "'")
    .toLowerCase();
}

function tokenize(text: string): { tokens: Token[]; flags: Record<string, string> } {
  const tokens: Token[] = [];
  const flags: Record<string, string> = {};
  const pattern = /["“”„«]([^"“”„»]*)["”“»]|(\S+)/g;
  let flag: string | null = null;
  for (const match of text.matchAll(pattern)) {
    const quoted = match[1] !== undefined;
    const written = match[1] ?? match[2] ?? '';
    // Phone keyboards turn two dashes into one long one.
    const named = quoted ? null : /^(?:--|[—–])([\p{L}][\p{L}\p{N}-]*)(?:=(.*))?$/u.exec(written);
    if (named?.[1] !== undefined) {
      if (flag !== null) flags[flag] = '';
      flag = null;
      const name = comparable(named[1]);
      if (named[2] === undefined) flag = name;
      else flags[name] = named[2];
      continue;
    }
    if (flag !== null) {
      flags[flag] = written;
      flag = null;
      continue;
    }
    tokens.push({ written, word: comparable(written), quoted });
  }
  if (flag !== null) flags[flag] = '';
  return { tokens, flags };
}

/** The word without polite endings: 음소거해줘 → 음소거. A word that is only an ending vanishes. */
function stem(word: string): string {
  const bare = word.replace(/[.!~]+$/u, '');
  for (const ending of endings) {
    if (bare === ending) return '';
    if (bare.endsWith(ending) && bare.length > ending.length) return bare.slice(0, -ending.length);
  }
  return bare;
}

/** Whether a word is one of these, also with an ending or (Korean) a particle behind it. */
function matches(token: Token, words: readonly string[]): boolean {
  if (token.quoted) return false;
  const candidates = [token.word, stem(token.word)];
  for (const particle of particles)
    if (token.word.endsWith(particle) && token.word.length > particle.length)
      candidates.push(token.word.slice(0, -particle.length));
  return candidates.some((candidate) => candidate !== '' && words.includes(candidate));
}

const isId = (token: Token): boolean => !token.quoted && idPattern.test(stem(token.word).toUpperCase());
const idOf = (token: Token): string => stem(token.word).toUpperCase();
const kindOf = (id: string): string => /^[A-Z]+/.exec(id)?.[0] ?? '';

/** Words of politeness at the end, and 좀 anywhere, say nothing. */
function withoutFillers(tokens: readonly Token[]): Token[] {
  const rest = tokens.filter((token) => token.quoted || token.word !== '좀');
  while (rest.length > 0) {
    const last = rest.at(-1);
    if (last === undefined || last.quoted || !fillers.has(last.word.replace(/[.!~]+$/u, ''))) break;
    rest.pop();
  }
  return rest;
}

function command(
  nouns: readonly NounWords[],
  noun: string,
  verb: string | null,
  tokens: readonly Token[],
  flags: Readonly<Record<string, string>>,
  thread: string | null = null,
): CommandRead {
  const own = nouns.find(({ name }) => name === noun);
  const ids = tokens.filter(isId).map(idOf);
  const fromThread = ids.length === 0 && thread !== null && own?.ids.includes(kindOf(thread)) === true;
  const args = tokens.filter((token) => !isId(token)).map(({ written }) => written);
  return { kind: 'command', noun, verb, ids: fromThread ? [thread] : ids, args, rest: args.join(' '), flags };
}

/** Whether the words fit what may follow. */
function fits(args: Arguments, tokens: readonly Token[]): boolean {
  const others = tokens.filter((token) => !isId(token));
  switch (args) {
    case 'none':
      return tokens.length === 0;
    case 'id':
    case 'optional-id':
      return others.every((token) => readDuration(token.word) !== null || /^\d/.test(token.word));
    default:
      return true;
  }
}

/** "INC-31 조사", "INC-31": an id, then perhaps a verb. */
function byId(
  all: readonly Token[],
  flags: Record<string, string>,
  nouns: readonly NounWords[],
  thread: string | null,
): Reading | null {
  const tokens = withoutFillers(all);
  const first = tokens[0];
  if (first === undefined || !isId(first)) return null;
  const kind = kindOf(idOf(first));
  const able = nouns.filter(({ ids }) => ids.includes(kind));
  if (tokens.length === 1) {
    const noun = able.find(({ verbs }) => verbs.some(({ name }) => name === 'show')) ?? able[0];
    if (noun === undefined) return null;
    return command(nouns, noun.name, noun.verbs.some(({ name }) => name === 'show') ? 'show' : null, tokens, flags);
  }
  const second = tokens[1];
  if (second === undefined) return null;
  const rest = [first, ...tokens.slice(2)];
  return verbOf(second, able, rest, flags, nouns, thread);
}

/** A verb, or a noun used as one, among the commands that know this kind of id. */
function verbOf(
  token: Token,
  able: readonly NounWords[],
  rest: readonly Token[],
  flags: Record<string, string>,
  nouns: readonly NounWords[],
  thread: string | null,
): Reading | null {
  for (const noun of able) {
    const verb = noun.verbs.find(({ words }) => matches(token, words));
    if (verb !== undefined && fits(verb.args, rest)) return command(nouns, noun.name, verb.name, rest, flags, thread);
  }
  const noun = able.find(({ words }) => matches(token, words));
  if (noun === undefined || noun.bare.args === 'none' || !fits(noun.bare.args, rest)) return null;
  return command(nouns, noun.name, noun.bare.verb, rest, flags, thread);
}

/** "alert list", "알림 AG-218 30분 음소거해줘": a noun, then a verb, or the verb last. */
function byNoun(
  all: readonly Token[],
  flags: Record<string, string>,
  nouns: readonly NounWords[],
  thread: string | null,
): Reading | null {
  const first = all[0];
  const noun = first === undefined ? undefined : nouns.find(({ words }) => matches(first, words));
  if (noun === undefined) return null;
  const rest = withoutFillers(all.slice(1));
  const second = rest[0];
  if (second !== undefined) {
    const verb = noun.verbs.find(({ words }) => matches(second, words));
    if (verb !== undefined && fits(verb.args, rest.slice(1)))
      return command(nouns, noun.name, verb.name, rest.slice(1), flags, thread);
  }
  const last = rest.length > 1 ? rest.at(-1) : undefined;
  if (last !== undefined) {
    const verb = noun.verbs.find(({ words }) => matches(last, words));
    const between = rest.slice(0, -1);
    if (verb !== undefined && verb.args !== 'text' && fits(verb.args, between))
      return command(nouns, noun.name, verb.name, between, flags, thread);
  }
  if (second !== undefined && rest.every(isId) && noun.verbs.some(({ name }) => name === 'show'))
    return command(nouns, noun.name, 'show', rest, flags, thread);
  if (fits(noun.bare.args, rest))
    return command(nouns, noun.name, noun.bare.verb, bareTokens(noun, all, rest), flags, thread);
  const near = nearVerb(noun, all, second);
  if (near !== null) return near;
  return { kind: 'question', text: all.map(({ written }) => written).join(' ') };
}

/** A text keeps its polite ending; only what is compared loses it. */
function bareTokens(noun: NounWords, all: readonly Token[], rest: readonly Token[]): readonly Token[] {
  return noun.bare.args === 'text' || noun.bare.args === 'optional-text' ? all.slice(1) : rest;
}

/** "ack INC-31", "확인" in a thread: a verb first. Its kind of id, or the thread, says whose verb it is. */
function byVerb(
  all: readonly Token[],
  flags: Record<string, string>,
  nouns: readonly NounWords[],
  thread: string | null,
): Reading | null {
  const tokens = withoutFillers(all);
  const first = tokens[0] ?? all[0];
  if (first === undefined) return null;
  const rest = tokens.slice(1);
  const id = rest.find(isId);
  const kind = id === undefined ? (thread === null ? null : kindOf(thread)) : kindOf(idOf(id));
  if (
    kind === null ||
    (id === undefined && rest.length > 0 && !rest.every((token) => readDuration(token.word) !== null))
  )
    return null;
  const able = nouns.filter(({ ids }) => ids.includes(kind));
  return verbOf(first, able, rest, flags, nouns, thread);
}

/** "approv", "inc list": the only noun that begins so. Only for reading. */
function byPrefix(
  all: readonly Token[],
  flags: Record<string, string>,
  nouns: readonly NounWords[],
  text: string,
): Reading | null {
  const first = all[0];
  if (first === undefined || first.quoted || [...first.word].length < most.prefixLetters) return null;
  const fitting = nouns.filter(({ words }) => words.some((word) => word.startsWith(first.word)));
  const noun = fitting[0];
  if (noun === undefined || fitting.length !== 1) return null;
  const full: Token = { written: noun.name, word: noun.name, quoted: false };
  const read = byNoun([full, ...all.slice(1)], flags, nouns, null);
  if (read === null || read.kind !== 'command') return null;
  if (!changes(noun, read.verb) && read.ids.length === 0) return read;
  if (all.length > most.guessWords) return null;
  return { kind: 'did-you-mean', command: [noun.name, ...all.slice(1).map(({ written }) => written)].join(' '), text };
}

function changes(noun: NounWords, verb: string | null): boolean {
  const own = noun.verbs.find(({ name }) => name === verb);
  return own === undefined ? noun.bare.changes : own.changes;
}

/** How many letters may be off, counted in jamo for Hangul. */
function near(word: string, other: string): boolean {
  const one = jamo(word);
  const two = jamo(other);
  const letters = Math.min(one.length, two.length);
  if (letters < 3) return false;
  const allowed = letters >= 6 ? 2 : 1;
  return Math.abs(one.length - two.length) <= allowed && distance(one, two, allowed) <= allowed;
}

const nearest = <T extends { readonly words: readonly string[] }>(word: string, of: readonly T[]): T | undefined =>
  of.find(({ words }) => words.some((other) => near(word, other)));

function nearVerb(noun: NounWords, all: readonly Token[], second: Token | undefined): Reading | null {
  if (second === undefined || second.quoted || all.length > most.guessWords) return null;
  const verb = nearest(stem(second.word), noun.verbs);
  if (verb === undefined) return null;
  const shown = shownIn(all[0]?.written ?? noun.name, noun, verb);
  return {
    kind: 'did-you-mean',
    command: [...shown, ...all.slice(2).map(({ written }) => written)].join(' '),
    text: all.map(({ written }) => written).join(' '),
  };
}

/** Noun and verb in the language the person wrote in. */
function shownIn(written: string, noun: NounWords, verb: VerbWords | undefined): string[] {
  const korean = /[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]/.test(written);
  const pick = (name: string, words: readonly string[]) =>
    korean ? (words.find((word) => /[\uac00-\ud7a3]/.test(word)) ?? name) : name;
  return [pick(noun.name, noun.words), ...(verb === undefined ? [] : [pick(verb.name, verb.words)])];
}

/** "alrt list", "알륌 목록": at most three words and a letter or two off. It is offered, never run. */
function guess(all: readonly Token[], nouns: readonly NounWords[], text: string): Reading | null {
  const first = all[0];
  if (first === undefined || first.quoted || all.length > most.guessWords) return null;
  const noun = nearest(stem(first.word), nouns);
  if (noun === undefined) return null;
  const second = all[1];
  const exact = second === undefined ? undefined : noun.verbs.find(({ words }) => matches(second, words));
  const verb = exact ?? (second === undefined ? undefined : nearest(stem(second.word), noun.verbs));
  const rest = verb === undefined ? all.slice(1) : all.slice(2);
  // Other words behind a misspelt noun make a sentence, not a command.
  if (verb === undefined && !rest.every(isId) && noun.bare.args !== 'text') return null;
  const shown = shownIn(first.written, noun, verb);
  return { kind: 'did-you-mean', command: [...shown, ...rest.map(({ written }) => written)].join(' '), text };
}
