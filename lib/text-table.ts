import { clip, inert } from './text.ts';

const widest = 28;
/** Columns a character takes in a fixed-width font: two for Hangul, Han and other wide ones. */
const widthOf = (text: string): number =>
  [...text].reduce(
    (sum, sign) =>
      sum +
      (/[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u.test(sign)
        ? 2
        : 1),
    0,
  );
const cell = (value: string | number | boolean | null): string =>
  clip(inert(value === null ? '' : String(value)).replace(/\s+/g, ' '), widest);

/** Rows as a table of plain text in a fixed-width font; numbers stand on the right. */
export function textTable(
  columns: readonly string[],
  rows: readonly (readonly (string | number | boolean | null)[])[],
): string {
  const head = columns.map(cell);
  const body = rows.map((row) => row.map(cell));
  const widths = head.map((name, at) => Math.max(widthOf(name), ...body.map((row) => widthOf(row[at] ?? ''))));
  const isNumber = head.map(
    (_, at) => rows.length > 0 && rows.every((row) => row[at] === null || typeof row[at] === 'number'),
  );
  const lineOf = (cells: readonly string[]): string =>
    cells
      .map((text, at) => {
        const gap = ' '.repeat(Math.max(0, (widths[at] ?? 0) - widthOf(text)));
        return isNumber[at] ? gap + text : text + gap;
      })
      .join('  ')
      .trimEnd();
  return [lineOf(head), lineOf(widths.map((width) => '-'.repeat(width))), ...body.map(lineOf)].join('\n');
}
