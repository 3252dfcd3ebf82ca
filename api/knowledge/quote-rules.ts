import { clip, inert } from '../../lib/text.ts';
import { queryTerms } from './query-rules.ts';
import { termsOf } from './sparse-rules.ts';

/** A range of a quote, in UTF-16 units as JavaScript and GraphQL clients count. */
export interface Highlight {
  readonly start: number;
  readonly end: number;
}

export interface Quote {
  readonly text: string;
  readonly highlights: readonly Highlight[];
}

const mostHighlights = 40;
/** Terms a question only hints at (pairs of syllables across words) mark nothing. */
const leastWeight = 0.5;
/** What endings of Korean questions mean by accident (하나요: one). */
const marksNothing = new Set(['one', 'two', 'do', 'be', 'is'].flatMap((word) => [word, ...termsOf(word)]));

/** What a question asks for, as words of passages in both languages. */
export function questionTerms(question: string): ReadonlySet<string> {
  return new Set(
    queryTerms(question).flatMap(({ term, weight }) =>
      weight >= leastWeight && !marksNothing.has(term) ? [term] : [],
    ),
  );
}

const word = /[\p{Script=Hangul}]+|[\p{Script=Latin}\d]+/gu;

/** Where a text holds one of these terms. */
export function highlightsOf(text: string, terms: ReadonlySet<string>): Highlight[] {
  if (terms.size === 0) return [];
  const found: Highlight[] = [];
  for (const match of text.matchAll(word)) {
    if (!termsOf(match[0]).some((term) => term.length > 1 && terms.has(term))) continue;
    const end = match.index + match[0].length;
    const last = found.at(-1);
    // Words that follow each other are one mark.
    if (last !== undefined && /^[ _-]?$/.test(text.slice(last.end, match.index)))
      found[found.length - 1] = { start: last.start, end };
    else found.push({ start: match.index, end });
  }
  return found.slice(0, mostHighlights);
}

/**
 * The part of a passage that answers best, at most `max` characters: the run of lines with the most different terms of the question.
 * A part that leaves something out says so with an ellipsis at that end.
 */
export function quoteOf(passage: string, terms: ReadonlySet<string>, max: number): Quote {
  const text = inert(passage)
    .replace(/[ \t]+$/gm, '')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
  if ([...text].length <= max) return { text, highlights: highlightsOf(text, terms) };
  const lines = text.split('\n').flatMap((line) => pieces(line, max));
  const held = lines.map((line) => new Set(termsOf(line).filter((term) => terms.has(term))));
  let best = { from: 0, to: 0, score: -1 };
  for (let from = 0; from < lines.length; from++) {
    const seen = new Set<string>();
    let length = 0;
    for (let to = from; to < lines.length; to++) {
      length += [...(lines[to] ?? '')].length + 1;
      if (length > max + 1 && to > from) break;
      for (const term of held[to] ?? []) seen.add(term);
      // The earliest run wins a tie, and a longer one that begins at the same line.
      if (seen.size > best.score || (seen.size === best.score && from === best.from))
        best = { from, to, score: seen.size };
      if (length > max) break;
    }
  }
  const body = clip(
    lines
      .slice(best.from, best.to + 1)
      .join('\n')
      .trim(),
    max,
  );
  const shown = `${best.from > 0 ? '… ' : ''}${body}${best.to < lines.length - 1 && !body.endsWith('…') ? ' …' : ''}`;
  return { text: shown, highlights: highlightsOf(shown, terms) };
}

/** A line as it is, or a long one cut between its sentences and, where that does not help, hard. */
function pieces(line: string, max: number): string[] {
  if ([...line].length <= max) return [line];
  const cut: string[] = [];
  for (const sentence of line.split(/(?<=[.!?。])\s+/u)) {
    const points = [...sentence];
    for (let at = 0; at < points.length; at += max) cut.push(points.slice(at, at + max).join(''));
  }
  return cut;
}
