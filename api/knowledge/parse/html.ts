import type { Element, RootContent as HtmlContent, Root as HtmlRoot } from 'hast';
import type { Root, RootContent } from 'mdast';
import { toString as plainText } from 'mdast-util-to-string';
import rehypeParse from 'rehype-parse';
import rehypeRemark from 'rehype-remark';
import remarkCjkFriendly from 'remark-cjk-friendly';
import remarkGfm from 'remark-gfm';
import remarkStringify from 'remark-stringify';
import { unified } from 'unified';
import type { Block, ParsedDocument } from './document.ts';
import { kindOf } from './markdown.ts';
import { Refusal } from './refusal.ts';

/** What a page holds beside its text, and what its reader is not shown. */
const dropped = new Set(
  [
    'script style template noscript nav footer aside iframe object embed svg canvas audio video form button input select textarea dialog head img picture',
  ].flatMap((names) => names.split(' ')),
);
const droppedRoles = new Set(['navigation', 'banner', 'contentinfo', 'search', 'complementary', 'menu', 'dialog']);
const mostElements = 400_000;
const deepest = 400;

const reader = unified().use(rehypeParse);
const writer = unified()
  .use(remarkGfm, { tablePipeAlign: false })
  .use(remarkCjkFriendly)
  .use(remarkStringify, { bullet: '-', fences: true, rule: '-', listItemIndent: 'one' });
const toMarkdown = unified().use(rehypeRemark, { document: true });

/** Reads HTML: scripts, styles, navigation and whatever a reader would not see are dropped, the rest becomes Markdown with the page's lines. */
export function parseHtml(html: string): ParsedDocument {
  const tree = reader.parse(html);
  const title = titleOf(tree);
  clean(tree);
  const main = mainOf(tree);
  const root: Root = toMarkdown.runSync(main);
  const blocks: Block[] = [];
  for (const [index, node] of root.children.entries()) {
    const block = blockOf(node, index);
    if (block !== null) blocks.push(block);
  }
  const heading = blocks.find((block) => block.kind === 'heading');
  return { title: heading?.depth === 1 ? heading.text : (title ?? heading?.text ?? null), blocks, pageCount: null };
}

/** A table without a head of its own gets an empty one on the way; its first row is the better one. */
function withHead(node: RootContent): RootContent {
  if (node.type !== 'table' || node.children.length < 2) return node;
  const isEmpty = node.children[0]?.children.every((cell) => plainText(cell).trim() === '') ?? false;
  return isEmpty ? { ...node, children: node.children.slice(1) } : node;
}

function blockOf(found: RootContent, index: number): Block | null {
  const node = withHead(found);
  if (node.type === 'thematicBreak') return null;
  const text = (
    node.type === 'heading' ? plainText(node) : writer.stringify({ type: 'root', children: [node] })
  ).trim();
  if (text === '') return null;
  const lineFrom = node.position?.start.line ?? index + 1;
  return {
    kind: kindOf(node),
    depth: node.type === 'heading' ? node.depth : 0,
    text: node.type === 'heading' ? text.replace(/\s+/g, ' ') : text,
    lineFrom,
    lineTo: Math.max(lineFrom, node.position?.end.line ?? index + 1),
    page: null,
  };
}

const isElement = (node: HtmlContent): node is Element => node.type === 'element';

function titleOf(tree: HtmlRoot): string | null {
  const found = find(tree, (element) => element.tagName === 'title');
  const text = found?.children.map((child) => (child.type === 'text' ? child.value : '')).join('') ?? '';
  const clean = text.replace(/\s+/g, ' ').trim();
  return clean === '' ? null : clean.slice(0, 200);
}

function find(tree: HtmlRoot, wanted: (element: Element) => boolean): Element | null {
  const waiting: HtmlContent[] = [...tree.children];
  for (let node = waiting.shift(); node !== undefined; node = waiting.shift()) {
    if (!isElement(node)) continue;
    if (wanted(node)) return node;
    waiting.push(...node.children);
  }
  return null;
}

/** Whether a reader of the page would see this element: text hidden from people is not given to anybody else either. */
function isShown(element: Element): boolean {
  const { tagName, properties } = element;
  if (dropped.has(tagName)) return false;
  if (properties.hidden !== undefined && properties.hidden !== false) return false;
  if (String(properties.ariaHidden) === 'true') return false;
  if (typeof properties.role === 'string' && droppedRoles.has(properties.role)) return false;
  const style = typeof properties.style === 'string' ? properties.style.replace(/\s+/g, '').toLowerCase() : '';
  return !/display:none|visibility:hidden|font-size:0(?![.\d]*[1-9])|opacity:0(?![.\d]*[1-9])/.test(style);
}

/** Drops what is not shown. Walks without recursion: a page may be nested as deep as its maker likes. */
function clean(tree: HtmlRoot): void {
  const waiting: { readonly node: HtmlRoot | Element; readonly depth: number }[] = [{ node: tree, depth: 0 }];
  let seen = 0;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { node, depth } = next;
    if (depth > deepest || ++seen > mostElements) throw new Refusal('TOO_COMPLEX');
    const kept = node.children.filter((child) => child.type !== 'comment' && (!isElement(child) || isShown(child)));
    // `head` is dropped as a whole; in a root the doctype may stay, nothing reads it.
    node.children.splice(0, node.children.length, ...(kept as Element['children']));
    for (const child of kept) if (isElement(child)) waiting.push({ node: child, depth: depth + 1 });
  }
}

const lettersIn = (node: HtmlRoot | Element): number => {
  let count = 0;
  const waiting: (HtmlRoot | HtmlContent)[] = [node];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (next.type === 'text') count += next.value.trim().length;
    else if ('children' in next) waiting.push(...next.children);
  }
  return count;
};

/** The part a page says is its own, when most of the text stands in it. */
function mainOf(tree: HtmlRoot): HtmlRoot {
  const main = find(tree, (element) => element.tagName === 'main' || element.properties.role === 'main');
  if (main === null || lettersIn(main) * 2 < lettersIn(tree)) return tree;
  return { type: 'root', children: [main] };
}
