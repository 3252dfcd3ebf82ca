import type { Block } from './parse/document.ts';
import { type CountTokens, type Part, splitCode, splitTable, splitText } from './split-rules.ts';

export type { CountTokens } from './split-rules.ts';

/** A piece of a manual that is indexed, with its place. */
export interface Chunk {
  /** The heading it stands under, or the title. */
  readonly section: string;
  /** All headings above it, outermost first; the title is not among them. */
  readonly sectionPath: readonly string[];
  readonly kind: 'text' | 'table' | 'code';
  readonly page: number | null;
  readonly lineFrom: number;
  readonly lineTo: number;
  readonly text: string;
  readonly tokens: number;
}

/** Sizes in tokens: what a chunk should have, what it may have at most, and below what it is joined to a neighbour. */
export interface ChunkSizes {
  readonly target: number;
  readonly most: number;
  readonly least: number;
}
export const chunkSizes: ChunkSizes = { target: 350, most: 600, least: 32 };

interface Piece {
  readonly kind: Chunk['kind'];
  readonly text: string;
  readonly tokens: number;
  readonly lineFrom: number;
  readonly lineTo: number;
  readonly page: number | null;
}
interface Section {
  readonly path: readonly string[];
  readonly heading: Block | null;
  readonly blocks: Block[];
}
interface Draft {
  readonly path: readonly string[];
  readonly pieces: readonly Piece[];
}

/**
 * Cuts a document along its headings. A section that is too long is cut between its paragraphs; a table or a block of code stays whole
 * unless it alone is too long, and is then cut between rows or lines. What would be a crumb is joined to its neighbour.
 */
export function chunkDocument(
  blocks: readonly Block[],
  title: string,
  count: CountTokens,
  sizes: ChunkSizes = chunkSizes,
): Chunk[] {
  // Tokens of a whole are not exactly those of its parts: the parts are kept a little below the limit.
  const inner = { ...sizes, most: Math.floor(sizes.most * 0.94) };
  const drafts = sectionsOf(blocks, title).flatMap(({ path, heading, blocks: own }) => {
    const pieces = own.flatMap((block) => piecesOf(block, inner, count));
    return packed(beginningAt(heading, pieces), inner).map((pack): Draft => ({ path, pieces: pack }));
  });
  return withoutCrumbs(drafts, inner, count)
    .map((draft) => toChunk(draft, title, count))
    .flatMap((chunk) => bounded(chunk, sizes, count));
}

/** The rare chunk whose parts together count more than each by itself is cut once more, as text. */
function bounded(chunk: Chunk, sizes: ChunkSizes, count: CountTokens): Chunk[] {
  if (chunk.tokens <= sizes.most) return [chunk];
  return splitText(chunk.text, Math.floor(sizes.most * 0.75), count).map(({ text }) => ({
    ...chunk,
    text,
    tokens: count(text),
  }));
}

/** The blocks under each heading. A heading with nothing below it keeps its words as a block of its own. */
function sectionsOf(blocks: readonly Block[], title: string): Section[] {
  const sections: Section[] = [{ path: [], heading: null, blocks: [] }];
  let above: { readonly depth: number; readonly text: string }[] = [];
  let bare: Block | null = null;
  const keepBare = (): void => {
    if (bare !== null)
      sections.at(-1)?.blocks.push({ ...bare, kind: 'text', text: `${'#'.repeat(bare.depth)} ${bare.text}` });
    bare = null;
  };
  for (const block of blocks) {
    if (block.kind !== 'heading') {
      bare = null;
      sections.at(-1)?.blocks.push(block);
      continue;
    }
    if (bare !== null && block.depth <= bare.depth) keepBare();
    above = above.filter((heading) => heading.depth < block.depth);
    const isTitle = above.length === 0 && sameWords(block.text, title);
    if (!isTitle) above = [...above, { depth: block.depth, text: block.text }];
    bare = isTitle ? null : block;
    sections.push({ path: above.map((heading) => heading.text), heading: block, blocks: [] });
  }
  keepBare();
  return sections.filter((section) => section.blocks.length > 0);
}

const sameWords = (one: string, other: string): boolean =>
  one.replace(/\s+/g, ' ').trim().toLowerCase() === other.replace(/\s+/g, ' ').trim().toLowerCase();

const splitters: Readonly<Record<Chunk['kind'], (text: string, most: number, count: CountTokens) => Part[]>> = {
  text: splitText,
  table: splitTable,
  code: splitCode,
};

function piecesOf(block: Block, sizes: ChunkSizes, count: CountTokens): Piece[] {
  const kind = block.kind === 'heading' ? 'text' : block.kind;
  const { page, lineFrom, lineTo } = block;
  const tokens = count(block.text);
  if (tokens <= sizes.most) return [{ kind, text: block.text, tokens, lineFrom, lineTo, page }];
  // Cut parts aim at the target, so that none of them is nearly empty and none at the limit.
  const parts = splitters[kind](block.text, kind === 'text' ? sizes.target : sizes.most, count);
  const hasLines = block.text.split('\n').length === lineTo - lineFrom + 1;
  return parts.map((part) => ({
    kind,
    text: part.text,
    tokens: count(part.text),
    lineFrom: hasLines ? lineFrom + part.lineFrom : lineFrom,
    lineTo: hasLines ? lineFrom + part.lineTo : lineTo,
    page,
  }));
}

/** A section begins at its heading. */
function beginningAt(heading: Block | null, pieces: readonly Piece[]): readonly Piece[] {
  const [first, ...rest] = pieces;
  return heading === null || first === undefined || heading.page !== first.page
    ? pieces
    : [{ ...first, lineFrom: Math.min(heading.lineFrom, first.lineFrom) }, ...rest];
}

const sizeOf = (pieces: readonly Piece[]): number => pieces.reduce((sum, piece) => sum + piece.tokens + 1, 0);

/** Puts pieces of one section together up to the target; a last one that is too small goes with the one before. */
function packed(pieces: readonly Piece[], sizes: ChunkSizes): Piece[][] {
  const packs: Piece[][] = [];
  let held: Piece[] = [];
  for (const piece of pieces) {
    const size = sizeOf(held);
    const fits = size + piece.tokens <= sizes.target || (size < sizes.least && size + piece.tokens < sizes.most);
    const turnsPage = held.length > 0 && held.at(-1)?.page !== piece.page && size >= sizes.target / 2;
    if (held.length > 0 && (!fits || turnsPage)) {
      packs.push(held);
      held = [];
    }
    held.push(piece);
  }
  if (held.length > 0) packs.push(held);
  const last = packs.at(-1);
  const before = packs.at(-2);
  if (
    last !== undefined &&
    before !== undefined &&
    sizeOf(last) < sizes.least &&
    sizeOf(before) + sizeOf(last) < sizes.most
  )
    packs.splice(-2, 2, [...before, ...last]);
  return packs;
}

/** Joins what is too small to stand alone to a neighbour under the same heading above. */
function withoutCrumbs(drafts: readonly Draft[], sizes: ChunkSizes, count: CountTokens): Draft[] {
  const kept: Draft[] = [];
  for (const draft of drafts) {
    const before = kept.at(-1);
    const crumb = sizeOf(draft.pieces) < sizes.least || (before !== undefined && sizeOf(before.pieces) < sizes.least);
    const joinedDraft =
      before !== undefined && crumb && areRelated(before.path, draft.path) ? join(before, draft, count) : null;
    if (joinedDraft !== null && sizeOf(joinedDraft.pieces) < sizes.most) kept.splice(-1, 1, joinedDraft);
    else kept.push(draft);
  }
  return kept;
}

/** Whether two places stand side by side under one heading, or one below the other. */
function areRelated(one: readonly string[], other: readonly string[]): boolean {
  const shared = one.findIndex((heading, index) => heading !== other[index]);
  const same = shared === -1 ? Math.min(one.length, other.length) : shared;
  return one.length - same <= 1 && other.length - same <= 1;
}

/** Two drafts as one, under the heading of the larger; the other's heading stays in the text. */
function join(one: Draft, other: Draft, count: CountTokens): Draft {
  const path = sizeOf(other.pieces) > sizeOf(one.pieces) ? other.path : one.path;
  const pieces = [one, other].flatMap((draft) => {
    const heading = draft.path.at(-1);
    const [first] = draft.pieces;
    if (first === undefined || heading === undefined || draft.path.every((text, index) => path[index] === text))
      return draft.pieces;
    const text = `**${heading}**`;
    return [{ ...first, kind: 'text' as const, text, tokens: count(text) }, ...draft.pieces];
  });
  return { path, pieces };
}

function toChunk({ path, pieces }: Draft, title: string, count: CountTokens): Chunk {
  const text = pieces.map((piece) => piece.text).join('\n\n');
  const kinds = new Set(pieces.map((piece) => piece.kind));
  const [kind] = kinds;
  const page = pieces[0]?.page ?? null;
  const lines = pieces.filter((piece) => piece.page === page);
  return {
    section: path.at(-1) ?? title,
    sectionPath: path,
    kind: kinds.size === 1 && kind !== undefined ? kind : 'text',
    page,
    lineFrom: Math.min(...lines.map((piece) => piece.lineFrom)),
    lineTo: Math.max(...lines.map((piece) => piece.lineTo)),
    text,
    tokens: count(text),
  };
}

/** The numbered steps of a runbook, in order. */
export function stepsOf(markdown: string): string[] {
  return [...markdown.matchAll(/^\s{0,3}\d+[.)]\s+(.+)$/gm)].map((match) => match[1]?.trim() ?? '').slice(0, 40);
}
