import type { ManualFormat } from './document.ts';
import { Refusal } from './refusal.ts';

const endings: Readonly<Record<string, ManualFormat>> = {
  md: 'markdown',
  markdown: 'markdown',
  html: 'html',
  htm: 'html',
  xhtml: 'html',
  pdf: 'pdf',
  docx: 'docx',
  txt: 'text',
  text: 'text',
};

/** Documents people keep that are not read: named, so that nobody misses them. */
const known: Readonly<Record<string, string>> = {
  doc: 'Word 97 (.doc)',
  hwp: 'Hangul (.hwp)',
  hwpx: 'Hangul (.hwpx)',
  odt: 'OpenDocument (.odt)',
  rtf: 'RTF',
  ppt: 'PowerPoint (.ppt)',
  pptx: 'PowerPoint (.pptx)',
  xls: 'Excel (.xls)',
  xlsx: 'Excel (.xlsx)',
};

/** The part after the last dot, in lower case; empty when there is none. */
export function endingOf(name: string): string {
  return /\.([a-z0-9]{1,8})$/i.exec(name)?.[1]?.toLowerCase() ?? '';
}

/** The format a name promises; null when it promises none that is read. */
export function formatOfName(name: string): ManualFormat | null {
  const ending = endingOf(name);
  return Object.hasOwn(endings, ending) ? (endings[ending] ?? null) : null;
}

/** What a document of a kind that is not read is called; null for any other file. */
export function unreadDocument(name: string): string | null {
  const ending = endingOf(name);
  return Object.hasOwn(known, ending) ? (known[ending] ?? null) : null;
}

const ascii = (bytes: Uint8Array, from: number, to: number): string =>
  String.fromCharCode(...bytes.subarray(from, Math.min(to, bytes.length)));
const begins = (bytes: Uint8Array, ...start: readonly number[]): boolean =>
  start.every((byte, index) => bytes[index] === byte);

/** First bytes that tell what a file is, whatever it is called. */
const magic: readonly (readonly [string, (bytes: Uint8Array) => boolean])[] = [
  ['PDF', (bytes) => ascii(bytes, 0, 1_024).includes('%PDF-')],
  ['ZIP', (bytes) => begins(bytes, 0x50, 0x4b, 0x03, 0x04) || begins(bytes, 0x50, 0x4b, 0x05, 0x06)],
  ['OLE', (bytes) => begins(bytes, 0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1)],
  ['PNG', (bytes) => begins(bytes, 0x89, 0x50, 0x4e, 0x47)],
  ['JPEG', (bytes) => begins(bytes, 0xff, 0xd8, 0xff)],
  ['GIF', (bytes) => /^GIF8[79]a/.test(ascii(bytes, 0, 6))],
  ['WebP', (bytes) => /^RIFF[\s\S]{4}WEBP/.test(ascii(bytes, 0, 12))],
  ['TIFF', (bytes) => begins(bytes, 0x49, 0x49, 0x2a, 0) || begins(bytes, 0x4d, 0x4d, 0, 0x2a)],
  ['gzip', (bytes) => begins(bytes, 0x1f, 0x8b)],
  ['7z', (bytes) => begins(bytes, 0x37, 0x7a, 0xbc, 0xaf)],
  ['RAR', (bytes) => ascii(bytes, 0, 4) === 'Rar!'],
  ['ELF', (bytes) => begins(bytes, 0x7f, 0x45, 0x4c, 0x46)],
  ['EXE', (bytes) => ascii(bytes, 0, 2) === 'MZ' && bytes.includes(0)],
  ['MP4', (bytes) => ascii(bytes, 4, 8) === 'ftyp'],
  ['MP3', (bytes) => ascii(bytes, 0, 3) === 'ID3'],
  ['SQLite', (bytes) => ascii(bytes, 0, 15) === 'SQLite format 3'],
  ['RTF', (bytes) => ascii(bytes, 0, 5) === '{\\rtf'],
];

const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le');

/** What an OLE container holds: Word keeps an encrypted DOCX in one. */
function refuseOle(bytes: Uint8Array): never {
  const found = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (found.includes(utf16('EncryptedPackage'))) throw new Refusal('ENCRYPTED', { format: 'Office' });
  if (found.includes('HWP Document File')) throw new Refusal('UNSUPPORTED', { format: 'Hangul (.hwp)' });
  throw new Refusal('UNSUPPORTED', { format: 'Microsoft Office 97' });
}

/**
 * Says what a file is by its bytes and its name. The bytes win; when a name promises something else the file is refused, since one of
 * the two is a mistake. `parts` are the names inside a ZIP, asked for only when the file is one.
 */
export function detectFormat(bytes: Uint8Array, name: string, parts: () => readonly string[]): ManualFormat {
  if (bytes.length === 0) throw new Refusal('EMPTY');
  const promised = formatOfName(name);
  const kind = magic.find(([, matches]) => matches(bytes))?.[0] ?? null;
  const mislabelled = (found: string): Refusal => new Refusal('MISLABELLED', { ending: endingOf(name), found });
  switch (kind) {
    case 'PDF':
      if (promised === null || promised === 'pdf') return 'pdf';
      // A text may quote the mark of a PDF; a PDF begins with it.
      if (ascii(bytes, 0, 5) === '%PDF-' || promised === 'docx') throw mislabelled('PDF');
      return promised;
    case 'ZIP': {
      const inside = zipKind(parts());
      if (inside !== 'DOCX') {
        if (promised !== null) throw mislabelled(inside);
        throw new Refusal('UNSUPPORTED', { format: inside });
      }
      if (promised === null || promised === 'docx') return 'docx';
      throw mislabelled('DOCX');
    }
    case 'OLE':
      return refuseOle(bytes);
    case null:
      return textOr(promised, mislabelled, name);
    default:
      if (promised !== null) throw mislabelled(kind);
      throw new Refusal('UNSUPPORTED', { format: kind });
  }
}

function zipKind(parts: readonly string[]): string {
  if (parts.includes('word/document.xml')) return 'DOCX';
  if (parts.includes('xl/workbook.xml')) return 'Excel (.xlsx)';
  if (parts.includes('ppt/presentation.xml')) return 'PowerPoint (.pptx)';
  if (parts.some((part) => /^Contents\/section\d+\.xml$/.test(part))) return 'Hangul (.hwpx)';
  if (parts.includes('content.xml') && parts.includes('mimetype')) return 'OpenDocument';
  return 'ZIP';
}

/** A file without a mark of its own is text, if its name says so. */
function textOr(promised: ManualFormat | null, mislabelled: (found: string) => Refusal, name: string): ManualFormat {
  if (promised === 'pdf' || promised === 'docx') throw mislabelled('text');
  if (promised === null) {
    const format = unreadDocument(name) ?? (endingOf(name) === '' ? '' : `.${endingOf(name)}`);
    throw new Refusal('UNSUPPORTED', { format });
  }
  return promised;
}
