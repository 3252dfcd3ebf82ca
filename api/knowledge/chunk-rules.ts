/** A piece of a Markdown document under one heading, with its place in the file. */
export interface Chunk {
  readonly section: string;
  readonly lineFrom: number;
  readonly lineTo: number;
  readonly text: string;
  readonly tokens: number;
}

const longestTokens = 400;

/** Tokens of a text as models count them, near enough for a budget: Hangul weighs more than Latin. */
function estimateTokens(text: string): number {
  const hangul = text.match(/\p{Script=Hangul}/gu)?.length ?? 0;
  return Math.ceil(hangul * 0.6 + (text.length - hangul) * 0.25);
}

/** Cuts Markdown at its headings, and long sections between paragraphs. `firstLine` is the number of the first line given. */
export function chunkMarkdown(markdown: string, title: string, firstLine = 1): Chunk[] {
  const chunks: Chunk[] = [];
  let section = title;
  let held: string[] = [];
  let from = firstLine;
  let fenced = false;
  const flush = (before: number): void => {
    const text = held.join('\n').trim();
    if (text !== '') chunks.push({ section, lineFrom: from, lineTo: before - 1, text, tokens: estimateTokens(text) });
    held = [];
    from = before;
  };
  for (const [index, line] of markdown.split('\n').entries()) {
    const number = firstLine + index;
    if (/^\s*(```|~~~)/.test(line)) fenced = !fenced;
    const heading = fenced ? null : /^(#{1,4})\s+(.+?)\s*#*$/.exec(line);
    if (heading?.[2] !== undefined) {
      flush(number);
      section = heading[2];
      from = number;
      continue;
    }
    held.push(line);
    if (!fenced && line.trim() === '' && estimateTokens(held.join('\n')) > longestTokens) flush(number + 1);
  }
  flush(firstLine + markdown.split('\n').length);
  return chunks;
}

/** The numbered steps of a runbook, in order, each with the section it stands in. */
export function stepsOf(markdown: string): string[] {
  return [...markdown.matchAll(/^\s{0,3}\d+[.)]\s+(.+)$/gm)].map((match) => match[1]?.trim() ?? '').slice(0, 40);
}
