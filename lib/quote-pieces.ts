/** How a piece of a quotation is shown. */
export type PieceStyle = 'plain' | 'bold' | 'code' | 'mark';

export interface QuotePiece {
  readonly text: string;
  readonly style: PieceStyle;
}

interface Range {
  readonly start: number;
  readonly end: number;
}

/** Marks of Markdown that only set a style; what they enclose is shown in that style, and everything else as it is written. */
const inlineCode = /`([^`\n]{1,500})`/g;
const strong = /\*\*([^*\n]{1,500})\*\*/g;
/** Marks at the edges of a line that only say what the line is: a quotation, a heading, a row of a table. */
const edges = /^[ \t]*(?:>[ \t]?|#{1,6}[ \t]+|\|[ \t]*)|[ \t]*\|[ \t]*$/gm;
/** The line between the head of a table and its rows. */
const ruler = /^[ \t]*\|?(?:[ \t]*:?-{3,}:?[ \t]*\|)+[ \t]*(?::?-{3,}:?[ \t]*)?\n?/gm;
/** A link of Markdown: its words are shown, its address is not. */
const link = /\[([^\]\n]{1,300})\]\([^)\s]{1,600}\)/g;
const fence = /^[ \t]*(?:```|~~~)[^\n]*\n?/gm;

/** A quoted passage in pieces of literal text: highlighted words are marked, code is code, and nothing in it is anything else. */
export function quotePieces(text: string, highlights: readonly Range[] = []): QuotePiece[] {
  const styles: PieceStyle[] = Array.from({ length: text.length }, () => 'plain');
  const hidden = new Set<number>();
  const fill = (from: number, to: number, style: PieceStyle) => {
    for (let at = Math.max(0, from); at < Math.min(to, text.length); at++) styles[at] = style;
  };
  const hide = (from: number, to: number) => {
    for (let at = from; at < to; at++) hidden.add(at);
  };
  for (const { start, end } of highlights) fill(start, end, 'mark');
  const fences = [...text.matchAll(fence)];
  for (const [index, match] of fences.entries()) {
    const from = match.index + match[0].length;
    hide(match.index, from);
    if (index % 2 === 0) fill(from, fences[index + 1]?.index ?? text.length, 'code');
  }
  const style = (pattern: RegExp, as: PieceStyle) => {
    for (const match of text.matchAll(pattern)) {
      const inner = match[1] ?? '';
      const width = (match[0].length - inner.length) / 2;
      const from = match.index + width;
      if (styles[from] === 'code') continue;
      hide(match.index, from);
      hide(from + inner.length, match.index + match[0].length);
      fill(from, from + inner.length, as);
    }
  };
  style(inlineCode, 'code');
  for (const pattern of [ruler, edges])
    for (const match of text.matchAll(pattern))
      if (styles[match.index] !== 'code') hide(match.index, match.index + match[0].length);
  for (const match of text.matchAll(link)) {
    const words = match.index + 1;
    if (styles[words] === 'code') continue;
    hide(match.index, words);
    hide(words + (match[1] ?? '').length, match.index + match[0].length);
  }
  style(strong, 'bold');
  const pieces: { text: string; style: PieceStyle }[] = [];
  for (let at = 0; at < text.length; at++) {
    if (hidden.has(at)) continue;
    const style = styles[at] ?? 'plain';
    const last = pieces.at(-1);
    if (last?.style === style) last.text += text[at] ?? '';
    else pieces.push({ text: text[at] ?? '', style });
  }
  return pieces;
}
