import type { RichTextBlockElement, RichTextElement } from '@slack/types';
import { quotePieces } from '../../lib/quote-pieces.ts';
import { inert } from '../../lib/text.ts';
import { literal } from './rich-text.ts';

interface Range {
  readonly start: number;
  readonly end: number;
}

/** A passage as literal pieces of text. Nothing in it can become a link, a mention or a block, since every piece is a text element. */
export function quoteElements(text: string, highlights: readonly Range[] = []): RichTextElement[] {
  const elements = quotePieces(text, highlights).map(({ text: piece, style }): RichTextElement => {
    if (style === 'plain') return literal(piece);
    return literal(piece, style === 'code' ? { code: true } : { bold: true });
  });
  return elements.length === 0 ? [literal(' ')] : elements;
}

/** A quotation, at most `max` characters of it. */
export function quotation(text: string, highlights: readonly Range[] = [], max = 600): RichTextBlockElement {
  return { type: 'rich_text_quote', elements: quoteElements(cut(text, max), highlights) };
}

/** The beginning of a text, without what cannot be seen, cut at a character's end. Ranges into a text that was made inert still fit. */
export function cut(text: string, max: number): string {
  const clean = inert(text);
  if (clean.length <= max) return clean;
  return `${clean.slice(0, max - 2).replace(/[\ud800-\udbff]$/, '')} …`;
}
