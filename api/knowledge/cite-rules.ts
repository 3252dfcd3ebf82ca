import { isTurnedRound, uncitedDeed } from './deed-rules.ts';
import { missingFact } from './fact-rules.ts';
import { englishOf, koreanOf } from './lexicon-rules.ts';
import { comparable, isHangul, sentencesOf } from './plain-rules.ts';
import { termsOf } from './sparse-rules.ts';

/** A passage as it was given to the model, under the number [n] it was shown with. */
export interface GivenPassage {
  readonly ref: number;
  readonly text: string;
  /** Code, title and section: words a sentence may use though the passage does not repeat them. */
  readonly head: string;
}

/** A sentence as the model sent it. */
export interface DraftSentence {
  readonly text: string;
  readonly citations: readonly { readonly ref: number; readonly quote: string }[];
}

export type DropReason =
  | 'uncited'
  | 'unknown-passage'
  | 'quote-not-in-passage'
  | 'quote-too-short'
  | 'fact-not-in-passage'
  | 'deed-not-in-quote'
  | 'turned-round'
  | 'not-about-it'
  | 'markup'
  | 'too-long';

/** A sentence that holds, and the passages whose words carry it. */
export interface CitedSentence {
  readonly text: string;
  readonly refs: readonly number[];
  /** The words it rests on, by the passage they stand in. */
  readonly quotes: readonly { readonly ref: number; readonly quote: string }[];
}

export interface CheckedAnswer {
  readonly sentences: readonly CitedSentence[];
  readonly dropped: readonly { readonly text: string; readonly reason: DropReason }[];
}

const mostSentences = 6;
const longestSentence = 400;
/** From this many words of the glossary on, one of them must be met. */
const mostUnmet = 2;
/** Share of a sentence's own terms that the quote, and the passage with its heading, must hold when both are in one language. */
const leastShare = { quote: 0.25, passage: 0.5 };

/** Words that reach out of the answer: chat markup, mentions of everybody, link marks. */
const markup = /<[!@#]|<https?:|<mailto:|@(?:channel|here|everyone)\b|\]\(|<\/?[a-z][^>]*>/i;

/**
 * Keeps what is carried by the words it cites and drops the rest. The model is not trusted: a quote must stand in the passage it names,
 * and numbers, commands, names and deeds of the sentence must stand in what it cites. A reference to a passage that was not given is none.
 */
export function checkAnswer(drafts: readonly DraftSentence[], passages: readonly GivenPassage[]): CheckedAnswer {
  const given = new Map(passages.map((passage) => [passage.ref, passage]));
  const sentences: CitedSentence[] = [];
  const dropped: { text: string; reason: DropReason }[] = [];
  for (const draft of drafts) {
    const cited = citedOf(draft, given);
    // Several sentences under one citation are checked one by one: the second may say what nothing carries.
    for (const text of sentencesOf(withoutRefs(draft.text))) {
      const reason = typeof cited === 'string' ? cited : problemOf(text, cited);
      if (reason !== null || typeof cited === 'string') dropped.push({ text, reason: reason ?? 'uncited' });
      else if (sentences.length < mostSentences)
        sentences.push({
          text,
          refs: [...new Set(cited.map(({ passage }) => passage.ref))],
          quotes: cited.map(({ passage, quote }) => ({ ref: passage.ref, quote })),
        });
      else dropped.push({ text, reason: 'too-long' });
    }
  }
  return { sentences, dropped };
}

interface Cited {
  readonly passage: GivenPassage;
  readonly quote: string;
}

/** The citations that hold; a reason when there is none. One that does not hold spoils nothing that others carry. */
function citedOf(draft: DraftSentence, given: ReadonlyMap<number, GivenPassage>): readonly Cited[] | DropReason {
  if (draft.citations.length === 0) return 'uncited';
  const cited: Cited[] = [];
  let reason: DropReason = 'unknown-passage';
  for (const { ref, quote } of draft.citations) {
    const passage = given.get(ref);
    if (passage === undefined) continue;
    const wanted = comparable(quote);
    if (wanted.length < (isHangul(wanted) ? 5 : 10) || termsOf(wanted).length < 2) {
      reason = 'quote-too-short';
      continue;
    }
    if (!comparable(passage.text).includes(wanted)) {
      reason = 'quote-not-in-passage';
      continue;
    }
    cited.push({ passage, quote });
  }
  return cited.length === 0 ? reason : cited;
}

function problemOf(text: string, cited: readonly Cited[]): DropReason | null {
  if (text.length > longestSentence) return 'too-long';
  if (markup.test(text)) return 'markup';
  const quote = cited.map((one) => one.quote).join('\n');
  const passage = cited.map((one) => `${one.passage.head}\n${one.passage.text}`).join('\n');
  if (missingFact(text, passage) !== null) return 'fact-not-in-passage';
  if (uncitedDeed(text, quote) !== null) return 'deed-not-in-quote';
  if (isTurnedRound(text, quote)) return 'turned-round';
  if (isHangul(text) === isHangul(quote)) {
    if (share(text, quote) < leastShare.quote || share(text, passage) < leastShare.passage) return 'not-about-it';
  } else if (speaksOfOther(text, passage)) return 'not-about-it';
  return null;
}

/**
 * Whether a sentence in one language speaks of other things than a passage in the other one: the glossary knows several of its words, and
 * none of their meanings stands there.
 */
function speaksOfOther(text: string, passage: string): boolean {
  if (isHangul(text)) {
    const { known } = englishOf(text);
    const held = new Set(termsOf(passage));
    const meets = known.filter(({ meanings }) => meanings.some((one) => termsOf(one).every((term) => held.has(term))));
    return known.length >= mostUnmet && meets.length === 0;
  }
  const known = koreanOf(text);
  const meets = known.filter(({ meanings }) => meanings.some((one) => passage.includes(one)));
  return known.length >= mostUnmet && meets.length === 0;
}

/** Share of the terms of one text that the other holds; 1 for a text without any. */
export function share(text: string, other: string): number {
  const own = new Set(termsOf(text));
  if (own.size === 0) return 1;
  const held = new Set(termsOf(other));
  return [...own].filter((term) => held.has(term)).length / own.size;
}

/** The model's own [n] marks: ours are set by code. */
const withoutRefs = (text: string): string =>
  text
    .replace(/\s*\[\d{1,3}(?:\s*,\s*\d{1,3})*\]/g, '')
    .replace(/^\s*(?:[-*•]|\d{1,2}[.)])\s+/, '')
    .trim();
