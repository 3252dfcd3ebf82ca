/** How many tokens a text has for a model. */
export type CountTokens = (text: string) => number;

/** A part of a block, with the lines it stands on counted from the block's first. */
export interface Part {
  readonly text: string;
  readonly lineFrom: number;
  readonly lineTo: number;
}

/** Where a text may be cut, best place first: between lines, sentences, words. What is left is cut between characters. */
const seams: readonly (readonly [RegExp, string])[] = [
  [/\n/, '\n'],
  [/(?<=[.!?。！？])\s+/, ' '],
  [/\s+/, ' '],
];

/** Cuts a text into parts of at most `most` tokens. Words keep their order and none is lost. */
export function splitText(text: string, most: number, count: CountTokens): Part[] {
  const parts: Part[] = [];
  let held = '';
  let tokens = 0;
  let from = 0;
  let to = 0;
  const flush = (): void => {
    if (held.trim() !== '') parts.push({ text: held.replace(/^\n+|\s+$/g, ''), lineFrom: from, lineTo: to });
    held = '';
    tokens = 0;
  };
  for (const [index, line] of text.split('\n').entries()) {
    const needed = count(line) + 1;
    if (needed > most) {
      flush();
      for (const piece of splitLine(line, most, count, 1)) parts.push({ text: piece, lineFrom: index, lineTo: index });
      continue;
    }
    if (held !== '' && tokens + needed > most) flush();
    if (held === '') from = index;
    held += held === '' ? line : `\n${line}`;
    tokens += needed;
    if (line.trim() !== '') to = index;
  }
  flush();
  return parts;
}

/** A line that is too long by itself, cut at the first seam that helps. */
function splitLine(line: string, most: number, count: CountTokens, level: number): string[] {
  const seam = seams[level];
  if (seam === undefined) return splitCharacters(line, most, count);
  const [pattern, glue] = seam;
  const pieces: string[] = [];
  let held = '';
  let tokens = 0;
  const flush = (): void => {
    if (held.trim() !== '') pieces.push(held);
    held = '';
    tokens = 0;
  };
  for (const unit of line.split(pattern)) {
    if (unit === '') continue;
    const needed = count(unit) + 1;
    if (needed > most) {
      flush();
      pieces.push(...splitLine(unit, most, count, level + 1));
      continue;
    }
    if (held !== '' && tokens + needed > most) flush();
    held += held === '' ? unit : `${glue}${unit}`;
    tokens += needed;
  }
  flush();
  return pieces;
}

function splitCharacters(word: string, most: number, count: CountTokens): string[] {
  const points = [...word];
  const pieces: string[] = [];
  for (let at = 0; at < points.length; ) {
    let size = Math.min(points.length - at, most);
    while (size > 1 && count(points.slice(at, at + size).join('')) > most) size = Math.ceil(size / 2);
    pieces.push(points.slice(at, at + size).join(''));
    at += size;
  }
  return pieces;
}

const delimiterRow = /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/;

/** Cuts a table between its rows; each part begins with the header. A table without one, or with too large a one, is cut as text. */
export function splitTable(table: string, most: number, count: CountTokens): Part[] {
  const lines = table.split('\n');
  const [header = '', delimiter = '', ...rows] = lines;
  const head = `${header}\n${delimiter}`;
  const headTokens = count(head) + 1;
  if (!delimiterRow.test(delimiter) || headTokens > most / 2) return splitText(table, most, count);
  const parts: Part[] = [];
  let held: string[] = [];
  let tokens = headTokens;
  let from = 0;
  const flush = (to: number): void => {
    if (held.length > 0)
      parts.push({ text: [head, ...held].join('\n'), lineFrom: parts.length === 0 ? 0 : from, lineTo: to });
    held = [];
    tokens = headTokens;
  };
  for (const [index, row] of rows.entries()) {
    const line = index + 2;
    const needed = count(row) + 1;
    if (headTokens + needed > most) {
      flush(line - 1);
      for (const piece of splitText(row, most - headTokens, count))
        parts.push({ text: `${head}\n${piece.text}`, lineFrom: parts.length === 0 ? 0 : line, lineTo: line });
      continue;
    }
    if (tokens + needed > most) flush(line - 1);
    if (held.length === 0) from = line;
    held.push(row);
    tokens += needed;
  }
  flush(lines.length - 1);
  return parts.length === 0 ? [{ text: head, lineFrom: 0, lineTo: 1 }] : parts;
}

/** Cuts code between its lines; each part stands between the same fences. */
export function splitCode(code: string, most: number, count: CountTokens): Part[] {
  const lines = code.split('\n');
  const fence = /^\s*(`{3,}|~{3,})/.exec(lines[0] ?? '')?.[1];
  if (fence === undefined) return splitText(code, most, count);
  const open = lines[0] ?? fence;
  const isClosed = lines.length > 1 && (lines.at(-1) ?? '').trim().startsWith(fence);
  const body = lines.slice(1, isClosed ? -1 : undefined).join('\n');
  const around = count(open) + count(fence) + 2;
  if (around > most / 2) return splitText(code, most, count);
  return splitText(body, most - around, count).map((part) => ({
    text: `${open}\n${part.text}\n${fence}`,
    lineFrom: part.lineFrom + 1,
    lineTo: part.lineTo + 1,
  }));
}
