import type { RichTextBlock, RichTextBlockElement, RichTextElement, RichTextSection } from '@slack/types';
import { clip, inert } from '../../lib/text.ts';

/** Longest outside text of one line; the whole is in the console. */
const longestLine = 600;

/** A literal piece of text: whatever it holds, Slack shows it as written. */
export function literal(text: string, style?: { bold?: true; code?: true; italic?: true }): RichTextElement {
  return { type: 'text', text: text === '' ? ' ' : text, ...(style === undefined ? {} : { style }) };
}

/** Outside words made safe and short, on one line. */
export function safe(text: string, max = longestLine): string {
  return clip(inert(text).replace(/\s+/g, ' ').trim(), max);
}

/** One line with [n] as links to the evidence and, where we wrote them ourselves, `code`. */
export function line(
  text: string,
  options: { readonly bold?: boolean; readonly evidenceUrl?: (ref: number) => string; readonly code?: boolean } = {},
): RichTextSection {
  const pattern = options.code === true ? /(`[^`]+`|\[\d{1,6}\])/ : /(\[\d{1,6}\])/;
  const elements = text
    .split(pattern)
    .filter((part) => part !== '')
    .map((part): RichTextElement => {
      if (options.code === true && part.startsWith('`') && part.endsWith('`') && part.length > 2)
        return literal(part.slice(1, -1), { code: true });
      const ref = /^\[(\d{1,6})\]$/.exec(part)?.[1];
      if (ref !== undefined && options.evidenceUrl !== undefined)
        return { type: 'link', url: options.evidenceUrl(Number(ref)), text: part };
      return literal(part, options.bold === true ? { bold: true } : undefined);
    });
  return { type: 'rich_text_section', elements: elements.length === 0 ? [literal(' ')] : elements };
}

/** Lines already built, as one block. Slack puts no space between sections, so each line but the last ends itself. */
export function richText(elements: readonly RichTextBlockElement[]): RichTextBlock {
  return {
    type: 'rich_text',
    elements: elements.map((element, index) => {
      const next = elements[index + 1];
      if (element.type !== 'rich_text_section' || next?.type !== 'rich_text_section') return element;
      return { ...element, elements: [...element.elements, literal('\n')] };
    }),
  };
}

/** A list of outside lines. */
export function bullets(
  lines: readonly string[],
  options: { readonly ordered?: boolean; readonly evidenceUrl?: (ref: number) => string } = {},
): RichTextBlockElement {
  return {
    type: 'rich_text_list',
    style: options.ordered === true ? 'ordered' : 'bullet',
    elements: lines.map((text) => line(safe(text), options)),
  };
}

/** Exactly this text, in a box; nothing in it can end the box. */
export function code(text: string, max = 2_500): RichTextBlock {
  return {
    type: 'rich_text',
    elements: [{ type: 'rich_text_preformatted', elements: [{ type: 'text', text: clip(inert(text), max) || ' ' }] }],
  };
}
