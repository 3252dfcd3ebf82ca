import { partNames } from './archive.ts';
import { declaredEncoding, decodeText } from './decode.ts';
import { detectFormat } from './detect-rules.ts';
import type { ManualFormat, ParsedDocument } from './document.ts';
import { parseLimits } from './limits.ts';
import { parseMarkdown } from './markdown.ts';
import { parsePlainText } from './plain-text.ts';
import { Refusal } from './refusal.ts';

/** A file that was read: what it is, and what it says about itself above its text. */
export interface ParsedFile extends ParsedDocument {
  readonly format: ManualFormat;
  /** The front matter of a Markdown file, as it stands there; null when there is none. */
  readonly frontMatter: string | null;
}

const frontMatterPattern = /^---[ \t]*\n(?:([\s\S]*?)\n)?---[ \t]*(?:\n|$)/;

/** Parts Markdown into its front matter and its body, with the number of the body's first line. */
export function splitFrontMatter(text: string): {
  readonly head: string | null;
  readonly body: string;
  readonly bodyLine: number;
} {
  const match = frontMatterPattern.exec(text);
  // A page may as well begin with a rule; what stands above a manual is made of names and values.
  if (match === null || !/^\s*(?:$|#|["']?[\w-]+["']?\s*:)/.test(match[1] ?? ''))
    return { head: null, body: text, bodyLine: 1 };
  return { head: match[1] ?? '', body: text.slice(match[0].length), bodyLine: match[0].split('\n').length };
}

/** Reads a foreign file by what it is. Whatever is wrong with it is thrown as a Refusal. */
export async function parseFile(bytes: Uint8Array, name: string): Promise<ParsedFile> {
  if (bytes.length > parseLimits.bytes)
    throw new Refusal('TOO_LARGE', { bytes: bytes.length, most: parseLimits.bytes });
  const format = detectFormat(bytes, name, () => partNames(bytes));
  const parsed = await parseAs(format, bytes);
  const chars = parsed.blocks.reduce((sum, block) => sum + block.text.length, 0);
  if (chars > parseLimits.chars) throw new Refusal('TOO_MUCH_TEXT', { chars, most: parseLimits.chars });
  if (parsed.blocks.every((block) => block.text.trim() === '')) throw new Refusal('NO_TEXT', { format });
  return { ...parsed, format };
}

async function parseAs(
  format: ManualFormat,
  bytes: Uint8Array,
): Promise<ParsedDocument & Pick<ParsedFile, 'frontMatter'>> {
  const plain = { frontMatter: null };
  switch (format) {
    case 'markdown': {
      const { head, body, bodyLine } = splitFrontMatter(shortEnough(decodeText(bytes).text));
      return { ...parseMarkdown(body, bodyLine), frontMatter: head };
    }
    case 'text':
      return { ...parsePlainText(shortEnough(decodeText(bytes).text)), ...plain };
    // The others bring large libraries along: they are loaded when the first file of theirs comes.
    case 'html': {
      const { parseHtml } = await import('./html.ts');
      return { ...parseHtml(shortEnough(decodeText(bytes, declaredEncoding(bytes)).text)), ...plain };
    }
    case 'pdf': {
      const { parsePdf } = await import('./pdf.ts');
      return { ...(await parsePdf(bytes)), ...plain };
    }
    case 'docx': {
      const { parseDocx } = await import('./docx.ts');
      return { ...(await parseDocx(bytes)), ...plain };
    }
    default:
      return format satisfies never;
  }
}

function shortEnough(text: string): string {
  // Markup may take several times what is left of it.
  if (text.length > 4 * parseLimits.chars)
    throw new Refusal('TOO_MUCH_TEXT', { chars: text.length, most: parseLimits.chars });
  return text;
}
