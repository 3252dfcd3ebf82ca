import type { Block, ParsedDocument } from './document.ts';

const longestHeading = 80;

/** Depth of a line that stands alone and reads like a heading (`2.1 Restart`, `제3장 복구`, `Chapter 4`); null for any other line. */
export function headingDepth(line: string): number | null {
  const text = line.trim();
  if (text.length > longestHeading || /[.!?:;,。]$/.test(text)) return null;
  if (/^(?:제\s?\d{1,3}\s?[장편]|(?:chapter|part)\s+\d{1,3}\b)/i.test(text)) return 1;
  if (/^제\s?\d{1,3}\s?[절조항]/.test(text)) return 2;
  const numbered = /^(\d{1,3}(?:\.\d{1,3}){0,4})\.?\s+\S/.exec(text)?.[1];
  return numbered === undefined ? null : numbered.split('.').length;
}

/** Reads plain text: paragraphs between blank lines; underlined lines and numbered lines that stand alone are headings. */
export function parsePlainText(text: string): ParsedDocument {
  const blocks: Block[] = [];
  const lines = text.split('\n');
  let held: string[] = [];
  let from = 1;
  const flush = (before: number): void => {
    const trailing = held.length;
    if (trailing > 0) blocks.push(...blocksOf(held, from, before - 1));
    held = [];
  };
  for (const [index, line] of lines.entries()) {
    const number = index + 1;
    if (line.trim() === '') {
      flush(number);
      continue;
    }
    if (held.length === 0) from = number;
    held.push(line);
  }
  flush(lines.length + 1);
  const first = blocks.find((block) => block.kind === 'heading');
  return { title: first?.text ?? null, blocks, pageCount: null };
}

/** The blocks of lines without a blank one between them: a heading with its text below, or a paragraph. */
function blocksOf(lines: readonly string[], from: number, to: number): Block[] {
  const [first = '', second = ''] = lines;
  const underline = /^\s*(={3,}|-{3,}|~{3,}|\*{3,})\s*$/.exec(second)?.[1];
  const depth =
    underline !== undefined && first.trim().length <= longestHeading
      ? underline.startsWith('=')
        ? 1
        : 2
      : lines.length === 1
        ? headingDepth(first)
        : null;
  const paragraph = (rest: readonly string[], at: number): Block[] => {
    const text = rest.join('\n').trimEnd();
    return text.trim() === '' ? [] : [{ kind: 'text', depth: 0, text, lineFrom: at, lineTo: to, page: null }];
  };
  if (depth === null) return paragraph(lines, from);
  const used = underline === undefined ? 1 : 2;
  return [
    { kind: 'heading', depth, text: first.trim(), lineFrom: from, lineTo: from + used - 1, page: null },
    ...paragraph(lines.slice(used), from + used),
  ];
}
