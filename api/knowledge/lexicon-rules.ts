import curated from './glossary/curated.json' with { type: 'json' };
import learned from './glossary/learned.json' with { type: 'json' };
import { isFunctionWord, stemHangul, wordsOfRun } from './hangul-rules.ts';
import { stemLatin } from './latin-rules.ts';

/** One concept of a question that the glossary knows in the other language; each meaning is one to three words. */
export interface Meaning {
  readonly from: string;
  readonly meanings: readonly string[];
}

interface Lexicon {
  readonly toEnglish: ReadonlyMap<string, readonly string[]>;
  readonly toKorean: ReadonlyMap<string, readonly string[]>;
  /** Korean words that are known without a meaning: they tell where words begin and end. */
  readonly words: ReadonlySet<string>;
  readonly longest: number;
}

/** A key of one syllable is a noun with a particle or the root of a verb: only these may follow it. */
const followsOneSyllable = /^(?:$|[이가을를의에로은는도만과와었았였어아으고지게음기니다면습네요던져여])/u;
/** Runs from this length on are taken for words whose spaces were left out. */
const unspacedFrom = 5;
const mostKoreanWords = 3;

let made: Lexicon | null = null;

/** Made at the first use: the files are small, and most processes never search. */
function lexicon(): Lexicon {
  if (made !== null) return made;
  const toEnglish = new Map<string, readonly string[]>([
    ...Object.entries(learned.terms),
    ...Object.entries(curated.terms),
  ]);
  made = {
    toEnglish,
    toKorean: koreanByEnglish(toEnglish),
    words: new Set(learned.words.split(' ')),
    longest: Math.max(...[...toEnglish.keys()].map((key) => key.length)),
  };
  return made;
}

/** For each English meaning the Korean words it stands highest for, the shorter first: long ones are phrases that the short ones are part of. */
function koreanByEnglish(toEnglish: ReadonlyMap<string, readonly string[]>): Map<string, readonly string[]> {
  const found = new Map<string, { readonly korean: string; readonly at: number }[]>();
  for (const [korean, meanings] of toEnglish) {
    if (korean.length < 2) continue;
    for (const [at, meaning] of meanings.entries()) {
      const key = englishKey(meaning);
      found.set(key, [...(found.get(key) ?? []), { korean, at }]);
    }
  }
  const order = (one: { readonly korean: string; readonly at: number }): number => one.at * 2 + one.korean.length;
  return new Map(
    [...found].map(([key, list]) => [
      key,
      list
        .toSorted((one, other) => order(one) - order(other))
        .slice(0, mostKoreanWords)
        .map(({ korean }) => korean),
    ]),
  );
}

const englishKey = (text: string): string =>
  text
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '')
    .map(stemLatin)
    .join(' ');

const hangulWords = /\p{Script=Hangul}+(?:[ \t]+\p{Script=Hangul}+)*/gu;

/**
 * What the Korean words of a text mean in English, and which words the glossary does not know. The longest key is taken first, also across a space (준비 되지) or where spaces are missing (인증서만료); what follows a key is
 * a particle or an ending and is passed over.
 */
export function englishOf(text: string): { readonly known: readonly Meaning[]; readonly unknown: readonly string[] } {
  const { toEnglish, longest } = lexicon();
  const found: Meaning[] = [];
  const unknown: string[] = [];
  for (const [phrase] of text.matchAll(hangulWords)) {
    const words = phrase.split(/[ \t]+/);
    const joined = words.join('');
    const starts = new Set<number>();
    const lengthAt = new Map<number, number>();
    let at = 0;
    for (const word of words) {
      starts.add(at);
      lengthAt.set(at, word.length);
      at += word.length;
    }
    starts.add(joined.length);
    let taken = 0;
    for (const [start, length] of lengthAt) {
      const end = start + length;
      const before = found.length;
      const wasTaken = taken > start;
      for (let from = Math.max(start, taken), matched = from > start; from < end; ) {
        const key =
          from === start || matched || length >= unspacedFrom
            ? keyAt(joined, from, end, starts, toEnglish, longest)
            : null;
        if (key === null) {
          matched = false;
          from++;
          continue;
        }
        found.push({ from: key, meanings: toEnglish.get(key) ?? [] });
        matched = true;
        from += key.length;
        taken = from;
      }
      const word = joined.slice(start, end);
      if (found.length === before && !wasTaken && length >= 2 && !isFunctionWord(word)) unknown.push(stemHangul(word));
    }
  }
  return { known: found, unknown };
}

function keyAt(
  text: string,
  from: number,
  end: number,
  starts: ReadonlySet<number>,
  keys: ReadonlyMap<string, unknown>,
  longest: number,
): string | null {
  for (let length = Math.min(longest, text.length - from); length >= 1; length--) {
    const until = from + length;
    // A key may reach into the next word only when it ends with one or is long enough to be no accident.
    if (until > end && !(starts.has(from) && (starts.has(until) || length >= 4))) continue;
    const key = text.slice(from, until);
    if (!keys.has(key)) continue;
    if (length === 1 && !(starts.has(from) && followsOneSyllable.test(text.slice(until, end)))) continue;
    return key;
  }
  return null;
}

/** Korean words for the English words of a text, for questions asked in English over Korean manuals. */
export function koreanOf(text: string): Meaning[] {
  const { toKorean } = lexicon();
  const words = (text.toLowerCase().match(/[a-z][a-z0-9]+/g) ?? []).map((word) => stemLatin(word));
  const found: Meaning[] = [];
  for (const [at, word] of words.entries()) {
    const keys = [word, ...(at + 1 < words.length ? [`${word} ${words[at + 1]}`] : [])];
    for (const key of keys) {
      const meanings = toKorean.get(key);
      if (meanings !== undefined) found.push({ from: key, meanings: [...new Set(meanings.map(stemHangul))] });
    }
  }
  return found;
}

/** The words of a run whose spaces were left out, as far as the glossary knows them; a short run is one word. */
export function unspaced(run: string, afterLatin: boolean): string[] {
  if (run.length < (afterLatin ? 3 : unspacedFrom)) return [run];
  const { toEnglish, words, longest } = lexicon();
  const isLearned = (word: string): boolean => words.has(word) || Object.hasOwn(learned.terms, word);
  const isWord = (word: string): boolean => toEnglish.has(word) || words.has(word) || isFunctionWord(word);
  // What two known words make up is read as the two, unless it was met as one word often enough to be learned.
  const isSimple = (word: string): boolean =>
    isWord(word) && !(word.length >= 4 && !isLearned(word) && isCompound(word, isWord));
  return wordsOfRun(run, isSimple, longest, afterLatin);
}

function isCompound(word: string, isWord: (part: string) => boolean): boolean {
  for (let at = 2; at + 2 <= word.length; at++) if (isWord(word.slice(0, at)) && isWord(word.slice(at))) return true;
  return false;
}
