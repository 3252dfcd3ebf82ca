import type { Block } from './document.ts';

/** A run of text on a page, as a PDF places it. */
export interface PlacedText {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly size: number;
  readonly endsLine: boolean;
}

/** A line of a page. */
export interface PdfLine {
  readonly text: string;
  readonly size: number;
  readonly y: number;
  readonly page: number;
  /** Number of the line on its page. */
  readonly line: number;
}

const longestHeading = 120;

/** The lines of one page, in the order the page was written. */
export function linesOf(items: readonly PlacedText[], page: number): PdfLine[] {
  const lines: PdfLine[] = [];
  let text = '';
  let size = 0;
  let last: PlacedText | null = null;
  const flush = (): void => {
    const clean = text.replace(/[ \t\u00a0]+/g, ' ').trim();
    if (clean !== '') lines.push({ text: clean, size: round(size), y: last?.y ?? 0, page, line: lines.length + 1 });
    text = '';
    size = 0;
  };
  for (const item of items) {
    if (last !== null && text !== '' && Math.abs(item.y - last.y) > Math.max(1, 0.6 * (item.size || last.size)))
      flush();
    const gap = last === null || text === '' ? 0 : item.x - (last.x + last.width);
    if (gap > 0.22 * (item.size || 10) && !/\s$/.test(text) && !/^\s/.test(item.text)) text += ' ';
    text += item.text;
    if (item.text.trim() !== '') size = Math.max(size, item.size);
    last = item;
    if (item.endsLine) flush();
  }
  flush();
  return lines;
}

const round = (size: number): number => Math.round(size * 2) / 2;
/** A running title with its page number compares equal on every page. */
const shapeOf = (text: string): string => text.replace(/\d+/g, '#').toLowerCase();

/** The lines without the titles and page numbers that stand at the edge of most pages. */
export function withoutRunningTitles(pages: readonly (readonly PdfLine[])[]): PdfLine[][] {
  const edge = (lines: readonly PdfLine[]): readonly PdfLine[] => [...lines.slice(0, 2), ...lines.slice(2).slice(-2)];
  const seen = new Map<string, number>();
  const filled = pages.filter((lines) => lines.length > 0);
  for (const lines of filled)
    for (const shape of new Set(edge(lines).map((line) => shapeOf(line.text))))
      seen.set(shape, (seen.get(shape) ?? 0) + 1);
  const often = (line: PdfLine): boolean =>
    filled.length >= 4 && (seen.get(shapeOf(line.text)) ?? 0) >= Math.ceil(filled.length * 0.6);
  const isNumber = (line: PdfLine): boolean => /^[-–—\s]*\d{1,4}(\s*[/of]+\s*\d{1,4})?[-–—\s]*$/.test(line.text);
  return pages.map((lines) => {
    const edges = new Set(edge(lines));
    return lines.filter((line) => !edges.has(line) || !(often(line) || (filled.length >= 2 && isNumber(line))));
  });
}

/** The size most of the text is written in. */
function bodySize(lines: readonly PdfLine[]): number {
  const chars = new Map<number, number>();
  for (const { size, text } of lines) chars.set(size, (chars.get(size) ?? 0) + text.length);
  return [...chars].sort((one, other) => other[1] - one[1] || one[0] - other[0])[0]?.[0] ?? 0;
}

/** Turns lines into headings (larger than the body, short, no sentence) and paragraphs, each with its page. */
export function blocksOfLines(pages: readonly (readonly PdfLine[])[]): Block[] {
  const all = pages.flat();
  const body = bodySize(all);
  const isHeading = ({ size, text }: PdfLine): boolean =>
    size >= body * 1.15 && text.length <= longestHeading && /[\p{L}\p{N}]/u.test(text) && !/[.,;。]$/.test(text);
  const sizes = [...new Set(all.filter(isHeading).map((line) => line.size))].sort((one, other) => other - one);
  const depthOf = (line: PdfLine): number => Math.min(4, sizes.indexOf(line.size) + 1);
  const blocks: Block[] = [];
  for (const lines of pages) {
    const usual = usualGap(lines);
    let held: PdfLine[] = [];
    let headed = false;
    const flush = (): void => {
      const [first] = held;
      const last = held.at(-1);
      if (first !== undefined && last !== undefined)
        blocks.push({
          kind: headed ? 'heading' : 'text',
          depth: headed ? depthOf(first) : 0,
          text: headed ? held.map((line) => line.text).join(' ') : joined(held),
          lineFrom: first.line,
          lineTo: last.line,
          page: first.page,
        });
      held = [];
    };
    for (const line of lines) {
      const heading = isHeading(line);
      const above = held.at(-1);
      const apart = above !== undefined && Math.abs(above.y - line.y) > 1.5 * usual;
      if (above !== undefined && (heading !== headed || (heading && line.size !== above.size) || apart)) flush();
      headed = heading;
      held.push(line);
    }
    flush();
  }
  return blocks;
}

function usualGap(lines: readonly PdfLine[]): number {
  const gaps = lines
    .slice(1)
    .map((line, index) => Math.abs((lines[index]?.y ?? 0) - line.y))
    .filter((gap) => gap > 1)
    .sort((one, other) => one - other);
  return gaps[Math.floor(gaps.length / 3)] ?? 12;
}

/** Lines of a paragraph; a Latin word and the end of a Korean sentence that were cut at the end of a line are put together again. */
function joined(lines: readonly PdfLine[]): string {
  return lines
    .map((line) => line.text)
    .join('\n')
    .replace(/([a-z]{2})-\n([a-z]{2})/g, '$1$2')
    .replace(/(\p{Script=Hangul})\n((?:습니|합니|됩니|입니|니)?다[.,)]|요\.)/gu, '$1$2');
}
