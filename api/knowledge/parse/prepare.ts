import { sha256Hex } from '../../../lib/canonical-json.ts';
import { redactText } from '../../../lib/redact.ts';
import { clip, inert } from '../../../lib/text.ts';
import { type Chunk, chunkDocument } from '../chunk-rules.ts';
import { embeddedText } from '../embed-rules.ts';
import { type FrontMatterMode, type ManualMetadata, mergeMetadata, readFrontMatter } from '../front-matter.ts';
import { localeOf } from '../locale-rules.ts';
import { documentTerms } from '../sparse-rules.ts';
import { type Block, type ManualFormat, mediaTypes } from './document.ts';
import { parseFile } from './parse-file.ts';
import { Refusal } from './refusal.ts';
import { countTokens } from './tokens.ts';

/** A file to be read. */
export interface PrepareInput {
  readonly bytes: Uint8Array;
  /** File name with its ending. */
  readonly name: string;
  readonly mode: FrontMatterMode;
  /** Said by the folder: the file's own words win. */
  readonly below: ManualMetadata;
  /** Said by a person for this file: wins over the file's own words. */
  readonly above: ManualMetadata;
}

/** A chunk with what an index needs of it. */
export interface PreparedChunk extends Chunk {
  readonly hash: string;
  readonly sparse: { readonly terms: Readonly<Record<string, number>>; readonly length: number };
}

/** A file that was read, ready to be stored. */
export interface PreparedManual {
  readonly format: ManualFormat;
  readonly mediaType: string;
  readonly metadata: ManualMetadata;
  readonly title: string;
  readonly locale: 'ko' | 'en';
  readonly pageCount: number | null;
  readonly chunks: readonly PreparedChunk[];
}

/** Reads a file from its bytes to its chunks: everything that costs time or may go wrong with a foreign file happens in here. */
export async function prepareManual(input: PrepareInput): Promise<PreparedManual> {
  const parsed = await parseFile(input.bytes, input.name);
  const said = readFrontMatter(parsed.frontMatter, input.mode);
  const metadata = mergeMetadata(input.below, said, input.above);
  const blocks = parsed.blocks.map(cleanBlock).filter((block) => block.text !== '');
  const title = clip(cleanLine(metadata.title ?? parsed.title ?? nameWithoutEnding(input.name)), 200);
  const chunks = chunkDocument(blocks, title, countTokens);
  if (chunks.length === 0) throw new Refusal('NO_TEXT', { format: parsed.format });
  const locale = metadata.locale ?? localeOf(`${title}\n${chunks.map((chunk) => chunk.text).join('\n')}`);
  const names = [metadata.code ?? '', ...(metadata.alerts ?? []), ...(metadata.errors ?? [])].filter(
    (one) => one !== '',
  );
  return {
    format: parsed.format,
    mediaType: mediaTypes[parsed.format],
    metadata,
    title,
    locale,
    pageCount: parsed.pageCount,
    chunks: chunks.map((chunk) => ({
      ...chunk,
      hash: sha256Hex(embeddedText(title, chunk)),
      sparse: documentTerms({ title, names, sectionPath: chunk.sectionPath, text: chunk.text }),
    })),
  };
}

/** Text without secrets and without anything a reader cannot see. The original file is kept as it came. */
function cleanBlock(block: Block): Block {
  const text = redactText(inert(block.text));
  return {
    ...block,
    text: block.kind === 'heading' ? cleanLine(text) : text.replace(/[ \t]+$/gm, '').replace(/^\n+|\s+$/g, ''),
  };
}

const cleanLine = (text: string): string => redactText(inert(text)).replace(/\s+/g, ' ').trim();
const nameWithoutEnding = (name: string): string => {
  const stem = (name.split('/').at(-1) ?? name).replace(/\.[a-z0-9]{1,8}$/i, '');
  return stem.replace(/[_-]+/g, ' ').trim() || name;
};
