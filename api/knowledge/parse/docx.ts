import mammoth from 'mammoth';
import { checkArchive } from './archive.ts';
import type { ParsedDocument } from './document.ts';
import { parseHtml } from './html.ts';
import { Refusal } from './refusal.ts';

/** Headings as Korean editions name them, and code as writers mark it. */
const styles = [
  ...[1, 2, 3, 4, 5, 6].map((depth) => `p[style-name='제목 ${depth}'] => h${depth}:fresh`),
  "p[style-name='Title'] => h1:fresh",
  "p[style-name='제목'] => h1:fresh",
  "p[style-name='Subtitle'] => p:fresh",
  "p[style-name='Code'] => pre:separator('\\n')",
  "p[style-name='HTML Preformatted'] => pre:separator('\\n')",
  "p[style-name='Preformatted Text'] => pre:separator('\\n')",
  "r[style-name='Code Char'] => code",
];

/** Reads a Word document through HTML. It has no lines: places are counted in blocks. Pictures are left out. */
export async function parseDocx(bytes: Uint8Array): Promise<ParsedDocument> {
  checkArchive(bytes);
  const html = await readHtml(bytes);
  const parsed = parseHtml(`<body>${html}</body>`);
  const blocks = parsed.blocks.map((block, index) => ({ ...block, lineFrom: index + 1, lineTo: index + 1 }));
  return { ...parsed, blocks };
}

async function readHtml(bytes: Uint8Array): Promise<string> {
  try {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const { value } = await mammoth.convertToHtml(
      { buffer },
      {
        styleMap: styles,
        includeEmbeddedStyleMap: false,
        externalFileAccess: false,
        ignoreEmptyParagraphs: true,
        convertImage: mammoth.images.imgElement(async () => ({ src: '' })),
      },
    );
    return value;
  } catch (error) {
    throw new Refusal('CORRUPT', { format: 'DOCX', words: error instanceof Error ? error.message.slice(0, 120) : '' });
  }
}
