import { inert } from '../../lib/text.ts';

/** A text as it is compared: one Unicode form, lower case, plain dashes and quotes, no Markdown marks, single spaces. */
export function comparable(text: string): string {
  return inert(text)
    .normalize('NFKC')
    .replace(/[‐-―−﹘－]/g, '-')
    .replace(/[“”„‟«»]/g, '"')
    .replace(/[‘’‚‛]/g, "'")
    .replace(/^\s{0,3}(?:#{1,6}|>|[-*+]|\d{1,3}[.)])\s+/gm, '')
    .replace(/\[([^\]\n]{1,300})\]\([^)\s]{1,600}\)/g, '$1')
    .replace(/[`|]|\*{1,3}/g, ' ')
    .toLowerCase()
    .replace(/\s+/g, ' ')
    .trim();
}

/** Sentences of a text. A dot inside a name or number ends none. */
export function sentencesOf(text: string): string[] {
  return text
    .split(/(?<=[.!?。])\s+|\n+/u)
    .map((one) => one.trim())
    .filter((one) => one !== '');
}

/** Whether most letters of a text are Hangul. */
export function isHangul(text: string): boolean {
  const hangul = text.match(/\p{Script=Hangul}/gu)?.length ?? 0;
  const latin = text.match(/\p{Script=Latin}/gu)?.length ?? 0;
  // A Korean sentence about Latin names has fewer letters of its own: each syllable counts for three.
  return hangul * 3 >= latin && hangul > 0;
}
