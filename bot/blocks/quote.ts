import type { RichTextBlockElement, RichTextElement } from '@slack/types';
import { inert } from '../../lib/text.ts';
import { literal } from './rich-text.ts';

interface Range {
  readonly start: number;
  readonly end: number;
}
type Style = 'plain' | 'bold' | 'code';

/** Marks of Markdown that only set a style; what they enclose is shown in that style, and everything else as it is written. */
const marks: readonly (readonly [RegExp, Style])[] = [
  [/`([^`\n]{1,500})`/g, 'code'],
  [/\*\*([^*\n]{1,500})\*\*/g, 'bold'],
];
const fence = /^[ \t]*(?:```|~~~)[^\n]*\n?/gm;

/**
 * A passage as literal pieces of text: highlights are bold, and code is code. Nothing in it can become a link, a mention or a block, since
 * every piece is a text element.
 */
export function quoteElements(text: string, highlights: readonly Range[] = []): RichTextElement[] {
  const styles: Style[] = Array.from({ length: text.length }, () => 'plain');
  const hidden = new Set<number>();
  const fill = ({ start, end }: Range, style: Style) => {
    for (let at = Math.max(0, start); at < Math.min(end, text.length); at++) styles[at] = style;
  };
  const hide = (from: number, to: number) => {
    for (let at = from; at < to; at++) hidden.add(at);
  };
  for (const range of highlights) fill(range, 'bold');
  const fences = [...text.matchAll(fence)];
  for (const [index, match] of fences.entries()) {
    hide(match.index, match.index + match[0].length);
    const close = fences[index + 1];
    if (index % 2 === 0) fill({ start: match.index + match[0].length, end: close?.index ?? text.length }, 'code');
  }
  for (const [pattern, style] of marks)
    for (const match of text.matchAll(pattern)) {
      const inner = match[1] ?? '';
      const width = (match[0].length - inner.length) / 2;
      if (styles[match.index + width] === 'code' && style !== 'code') continue;
      hide(match.index, match.index + width);
      hide(match.index + match[0].length - width, match.index + match[0].length);
      fill({ start: match.index + width, end: match.index + width + inner.length }, style);
    }
  const elements: RichTextElement[] = [];
  let held = '';
  let style: Style = 'plain';
  const flush = () => {
    if (held !== '') elements.push(literal(held, styleOf(style)));
    held = '';
  };
  for (let at = 0; at < text.length; at++) {
    if (hidden.has(at)) continue;
    const own = styles[at] ?? 'plain';
    if (own !== style) flush();
    style = own;
    held += text[at] ?? '';
  }
  flush();
  return elements.length === 0 ? [literal(' ')] : elements;
}

const styleOf = (style: Style): { bold?: true; code?: true } | undefined =>
  style === 'plain' ? undefined : style === 'bold' ? { bold: true } : { code: true };

/** A quotation, at most `max` characters of it. */
export function quotation(text: string, highlights: readonly Range[] = [], max = 600): RichTextBlockElement {
  const shown = cut(text, max);
  return { type: 'rich_text_quote', elements: quoteElements(shown, highlights) };
}

/** The beginning of a text, without what cannot be seen, cut at a character's end. Ranges into a text that was made inert still fit. */
export function cut(text: string, max: number): string {
  const clean = inert(text);
  if (clean.length <= max) return clean;
  return `${[...clean.slice(0, max - 2)].join('').replace(/[\ud800-\udbff]$/, '')} …`;
}
