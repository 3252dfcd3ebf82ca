import { crc32, deflateRawSync } from 'node:zlib';

/** One line of a page: its words and their size. */
export interface PdfTestLine {
  readonly text: string;
  readonly size?: number;
}

/** A real PDF with Latin text, one list of lines a page. A page without lines holds a picture-like rectangle and no text. */
export function makePdf(pages: readonly (readonly PdfTestLine[])[], title?: string): Buffer {
  const objects: string[] = [];
  const add = (body: string): number => objects.push(body);
  const escaped = (text: string): string => text.replace(/[\\()]/g, '\\$&');
  add('<< /Type /Catalog /Pages 2 0 R >>');
  add('');
  add('<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>');
  const kids = pages.map((lines) => {
    let y = 760;
    const drawn = lines.map(({ text, size = 11 }) => {
      y -= size * 1.4;
      return `BT /F1 ${size} Tf 1 0 0 1 72 ${y.toFixed(1)} Tm (${escaped(text)}) Tj ET`;
    });
    const content = drawn.length === 0 ? '0.9 g 72 72 400 600 re f' : drawn.join('\n');
    const stream = add(`<< /Length ${content.length} >>\nstream\n${content}\nendstream`);
    return add(
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> /Contents ${stream} 0 R >>`,
    );
  });
  objects[1] = `<< /Type /Pages /Kids [${kids.map((kid) => `${kid} 0 R`).join(' ')}] /Count ${kids.length} >>`;
  const info = title === undefined ? null : add(`<< /Title (${escaped(title)}) >>`);
  let file = '%PDF-1.4\n';
  const offsets = objects.map((body, index) => {
    const at = file.length;
    file += `${index + 1} 0 obj\n${body}\nendobj\n`;
    return at;
  });
  const xref = file.length;
  file += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n`;
  file += offsets.map((at) => `${String(at).padStart(10, '0')} 00000 n \n`).join('');
  file += `trailer << /Size ${objects.length + 1} /Root 1 0 R${info === null ? '' : ` /Info ${info} 0 R`} >>\nstartxref\n${xref}\n%%EOF\n`;
  return Buffer.from(file, 'latin1');
}

/** A part of an archive. `claims` writes another unpacked size into the directory than the part has. */
export interface ZipPart {
  readonly name: string;
  readonly content: string | Buffer;
  readonly encrypted?: boolean;
  readonly claims?: number;
}

/** A ZIP archive. */
export function makeZip(parts: readonly ZipPart[]): Buffer {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content, encrypted = false, claims } of parts) {
    const raw = Buffer.from(content);
    const packed = deflateRawSync(raw);
    const flags = encrypted ? 1 : 0;
    const sizes = Buffer.alloc(12);
    sizes.writeUInt32LE(crc32(raw), 0);
    sizes.writeUInt32LE(packed.length, 4);
    sizes.writeUInt32LE(claims ?? raw.length, 8);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(20, 4);
    local.writeUInt16LE(flags, 6);
    local.writeUInt16LE(8, 8);
    sizes.copy(local, 14);
    local.writeUInt16LE(Buffer.byteLength(name), 26);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(20, 4);
    entry.writeUInt16LE(20, 6);
    entry.writeUInt16LE(flags, 8);
    entry.writeUInt16LE(8, 10);
    sizes.copy(entry, 16);
    entry.writeUInt16LE(Buffer.byteLength(name), 28);
    entry.writeUInt32LE(offset, 42);
    files.push(local, Buffer.from(name), packed);
    directory.push(entry, Buffer.from(name));
    offset += local.length + Buffer.byteLength(name) + packed.length;
  }
  const listed = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(parts.length, 8);
  end.writeUInt16LE(parts.length, 10);
  end.writeUInt32LE(listed.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...files, listed, end]);
}

/** A paragraph of a Word document, or a table of rows of cells. */
export type DocxTestBlock =
  | { readonly text: string; readonly style?: string }
  | { readonly table: readonly (readonly string[])[] };

const xml = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
const paragraph = (text: string, style?: string): string =>
  `<w:p>${style === undefined ? '' : `<w:pPr><w:pStyle w:val="${style}"/></w:pPr>`}<w:r><w:t xml:space="preserve">${xml(text)}</w:t></w:r></w:p>`;
const declaration = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>';
const word = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"';
const relations = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const packageRelations = 'http://schemas.openxmlformats.org/package/2006/relationships';

/** A real Word document. Styles are named by id; `styles` tells what each is called. */
export function makeDocx(
  blocks: readonly DocxTestBlock[],
  styles: Readonly<Record<string, string>> = { Heading1: 'heading 1', Heading2: 'heading 2' },
  more: readonly ZipPart[] = [],
): Buffer {
  const body = blocks
    .map((block) =>
      'table' in block
        ? `<w:tbl>${block.table.map((row) => `<w:tr>${row.map((cell) => `<w:tc>${paragraph(cell)}</w:tc>`).join('')}</w:tr>`).join('')}</w:tbl>`
        : paragraph(block.text, block.style),
    )
    .join('');
  const named = Object.entries(styles)
    .map(([id, name]) => `<w:style w:type="paragraph" w:styleId="${id}"><w:name w:val="${name}"/></w:style>`)
    .join('');
  return makeZip([
    {
      name: '[Content_Types].xml',
      content: `${declaration}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/><Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/></Types>`,
    },
    {
      name: '_rels/.rels',
      content: `${declaration}<Relationships xmlns="${packageRelations}"><Relationship Id="rId1" Type="${relations}/officeDocument" Target="word/document.xml"/></Relationships>`,
    },
    {
      name: 'word/_rels/document.xml.rels',
      content: `${declaration}<Relationships xmlns="${packageRelations}"><Relationship Id="rId1" Type="${relations}/styles" Target="styles.xml"/></Relationships>`,
    },
    { name: 'word/styles.xml', content: `${declaration}<w:styles ${word}>${named}</w:styles>` },
    { name: 'word/document.xml', content: `${declaration}<w:document ${word}><w:body>${body}</w:body></w:document>` },
    ...more,
  ]);
}

/** A 1 by 1 picture. */
export const tinyPng = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

/** "결제 서비스 복구" and a sentence below it, in the encoding of older Korean editors; the last word needs CP949, which EUC-KR alone does not hold. */
export const koreanCp949 = Buffer.from(
  'b0e1c1a620bcadbaf1bdba20bab9b1b80a3d3d3d3d3d3d3d3d3d3d0a0abcadbaf1bdbab8a620b4d9bdc320bdc3c0dbc7d120b5da20bbf3c5c2b8a620c8aec0cec7d5b4cfb4d92e208c630a',
  'hex',
);
