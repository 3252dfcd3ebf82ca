import type { Nodes, Root, RootContent } from 'mdast';
import { toString as plainText } from 'mdast-util-to-string';
import remarkCjkFriendly from 'remark-cjk-friendly';
import remarkGfm from 'remark-gfm';
import remarkParse from 'remark-parse';
import { unified } from 'unified';
import type { Block, ParsedDocument } from './document.ts';
import { Refusal } from './refusal.ts';

const reader = unified().use(remarkParse).use(remarkGfm).use(remarkCjkFriendly);
/** Deeper quotes and lists are no manual; the parser's own recursion would end the thread. */
const deepestNesting = 60;

/** Reads Markdown. Blocks are slices of the source, so that a quote is what the author wrote. `firstLine` is the number of the first line given. */
export function parseMarkdown(text: string, firstLine = 1): ParsedDocument {
  refuseNesting(text);
  const root: Root = reader.parse(text);
  const blocks: Block[] = [];
  for (const node of root.children) {
    const block = blockOf(node, text, firstLine);
    if (block !== null) blocks.push(block);
  }
  const first = blocks.find((block) => block.kind === 'heading');
  return { title: first?.text ?? null, blocks, pageCount: null };
}

/** Kind of the block a node becomes. */
export function kindOf(node: Nodes): Block['kind'] {
  if (node.type === 'heading') return 'heading';
  if (node.type === 'table') return 'table';
  return node.type === 'code' ? 'code' : 'text';
}

function blockOf(node: RootContent, source: string, firstLine: number): Block | null {
  const { position } = node;
  if (position === undefined || node.type === 'thematicBreak' || node.type === 'yaml') return null;
  const raw = source.slice(position.start.offset, position.end.offset);
  const text = node.type === 'heading' ? plainText(node) : withoutComments(raw);
  if (text.trim() === '') return null;
  return {
    kind: kindOf(node),
    depth: node.type === 'heading' ? node.depth : 0,
    text: node.type === 'html' ? withoutTags(text) : text,
    lineFrom: firstLine + position.start.line - 1,
    lineTo: firstLine + position.end.line - 1,
    page: null,
  };
}

/** What an author hides in a comment is shown to no reader, so it is no part of the manual. */
const withoutComments = (text: string): string =>
  text.includes('<!--') && !/^\s*(```|~~~)/.test(text) ? text.replace(/<!--[\s\S]*?(?:-->|$)/g, '') : text;
const withoutTags = (text: string): string =>
  text
    .replace(/<(script|style|template|noscript)\b[\s\S]*?(?:<\/\1\s*>|$)/gi, '')
    .replace(/<\/?[a-z][^>]*>/gi, ' ')
    .replace(/[ \t]+/g, ' ')
    .trim();

function refuseNesting(text: string): void {
  for (const line of text.split('\n')) {
    const start = line.slice(0, 2_000);
    const indented = /^([ \t]*)(?:[-*+]|\d{1,9}[.)])\s/.exec(start)?.[1] ?? '';
    const markers = /^(?:[ \t]*(?:>|[-*+](?=\s)|\d{1,9}[.)](?=\s)))+/.exec(start)?.[0].replace(/[\s\d.)]/g, '') ?? '';
    if (markers.length > deepestNesting || indented.replaceAll('\t', '    ').length > 4 * deepestNesting)
      throw new Refusal('TOO_COMPLEX');
  }
}
