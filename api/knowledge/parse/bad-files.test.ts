import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLogger } from '../../../lib/log.ts';
import { projectPath } from '../../../lib/project-path.ts';
import { koreanCp949, makeDocx, makePdf, makeZip, tinyPng } from '../../../test/support/manual-files.ts';
import { refusalText } from '../refusal-texts.ts';
import { parseLimits } from './limits.ts';
import { createReader, type ManualReaderThread } from './reader.ts';
import { refusalCodes } from './refusal.ts';

const log = createLogger({ name: 'test', level: 'silent' });
let reader: ManualReaderThread;
beforeAll(() => {
  reader = createReader({ log, idleMs: 60_000 });
});
afterAll(() => reader.close());

const read = (bytes: Uint8Array | string, name: string, by = reader) =>
  by.read({ bytes: Buffer.from(bytes), name, mode: 'foreign', below: {}, above: {} });
const refused = (code: string, detail: Record<string, unknown> = {}) =>
  expect.objectContaining({ code, detail: expect.objectContaining(detail) });
const page = [{ text: 'A line of a page that is long enough to be read as text.' }];
const ole = (inside: Buffer) => Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(504), inside]);

describe('a file is refused with its reason:', () => {
  test.each<[string, string, Uint8Array | string, string, Record<string, unknown>]>([
    ['nothing in it', 'a.md', '', 'EMPTY', {}],
    ['blanks alone', 'a.md', ' \n\n \n', 'EMPTY', {}],
    ['a heading of an empty page', 'a.html', '<html><body><script>x()</script></body></html>', 'NO_TEXT', {}],
    ['too many bytes', 'a.txt', Buffer.alloc(parseLimits.bytes + 1, 'a'), 'TOO_LARGE', { most: parseLimits.bytes }],
    ['too much text', 'a.txt', 'some words here. '.repeat(250_000), 'TOO_MUCH_TEXT', {}],
    ['a picture called Markdown', 'a.md', tinyPng, 'MISLABELLED', { ending: 'md', found: 'PNG' }],
    ['a PDF called text', 'a.txt', makePdf([page]), 'MISLABELLED', { found: 'PDF' }],
    ['a Word document called PDF', 'a.pdf', makeDocx([{ text: 'x' }]), 'MISLABELLED', { found: 'DOCX' }],
    ['text called PDF', 'a.pdf', 'plain words', 'MISLABELLED', { found: 'text' }],
    ['text called DOCX', 'a.docx', 'plain words', 'MISLABELLED', { found: 'text' }],
    [
      'a spreadsheet called DOCX',
      'a.docx',
      makeZip([{ name: 'xl/workbook.xml', content: '<x/>' }]),
      'MISLABELLED',
      { found: 'Excel (.xlsx)' },
    ],
    ['a picture', 'a.png', tinyPng, 'UNSUPPORTED', { format: 'PNG' }],
    ['a Hangul document', 'a.hwp', ole(Buffer.from('HWP Document File')), 'UNSUPPORTED', { format: 'Hangul (.hwp)' }],
    ['an old Word document', 'a.doc', ole(Buffer.alloc(20)), 'UNSUPPORTED', {}],
    ['an ending nobody knows', 'a.xyz', 'words', 'UNSUPPORTED', { format: '.xyz' }],
    ['a protected Word document', 'a.docx', ole(Buffer.from('EncryptedPackage', 'utf16le')), 'ENCRYPTED', {}],
    ['bytes that are no text', 'a.txt', Buffer.from([1, 2, 0, 3, 255, 0, 9]), 'BINARY', {}],
    [
      'another encoding',
      'a.txt',
      Buffer.from('436166e9206465206c612047617265202d206d616e75656c', 'hex'),
      'UNKNOWN_ENCODING',
      {},
    ],
    ['Korean text cut in the middle of a syllable', 'a.txt', koreanCp949.subarray(0, 41), 'UNKNOWN_ENCODING', {}],
    ['a PDF that was cut off', 'a.pdf', makePdf([page]).subarray(0, 120), 'CORRUPT', { format: 'PDF' }],
    ['a Word document that was cut off', 'a.docx', makeDocx([{ text: 'x' }]).subarray(0, 400), 'CORRUPT', {}],
    [
      'a Word document with broken XML',
      'a.docx',
      makeZip([{ name: 'word/document.xml', content: '<w:document' }]),
      'CORRUPT',
      { format: 'DOCX' },
    ],
    ['a PDF of pictures', 'a.pdf', makePdf([[], [], []]), 'SCANNED', { pages: 3 }],
    ['front matter that is wrong', 'a.md', '---\nvisibility: all\n---\ntext\n', 'FRONT_MATTER', {}],
  ])('%s (%s)', async (_, name, bytes, code, detail) => {
    await expect(read(bytes, name)).rejects.toEqual(refused(code, detail));
  });

  test('a PDF with a password', async () => {
    const bytes = await readFile(projectPath('test/files/manuals/encrypted.pdf'));

    await expect(read(bytes, 'a.pdf')).rejects.toEqual(refused('ENCRYPTED', { format: 'PDF' }));
  });

  test('a document that unpacks to more than any document, whatever size it claims', async () => {
    const zeros = Buffer.alloc(parseLimits.archivePartBytes + 1_024, 0x20);
    const bomb = makeDocx([{ text: 'x' }], {}, [{ name: 'word/huge.xml', content: zeros, claims: 10 }]);

    expect(bomb.length).toBeLessThan(200_000);
    await expect(read(bomb, 'a.docx')).rejects.toEqual(refused('ARCHIVE_BOMB'));
  });

  test('more pages than are read', async () => {
    const many = makePdf(Array.from({ length: parseLimits.pages + 1 }, () => []));

    await expect(read(many, 'a.pdf')).rejects.toEqual(refused('TOO_MANY_PAGES', { most: parseLimits.pages }));
  });
});

describe('a hostile file', () => {
  test.each([
    ['quotes within quotes', 'a.md', `${'>'.repeat(50_000)} x`],
    ['lists within lists', 'a.md', Array.from({ length: 400 }, (_, depth) => `${'  '.repeat(depth)}- x`).join('\n')],
    ['elements within elements', 'a.html', `${'<div>'.repeat(20_000)}x`],
  ])('of %s is refused or read, and the next file is read', async (_, name, content) => {
    await read(content, name).catch((error: unknown) => expect(error).toEqual(refused('TOO_COMPLEX')));

    expect((await read('# Next\n\nIt is read.\n', 'b.md')).title).toBe('Next');
  });

  test('that takes too long ends alone: the process goes on, and the next file is read', async () => {
    const impatient = createReader({ log, timeoutMs: 1, idleMs: 1_000 });

    await expect(read('x '.repeat(100_000), 'slow.md', impatient)).rejects.toEqual(refused('TOO_SLOW'));
    await impatient.close();

    expect((await read('# Next\n\nIt is read.\n', 'b.md')).title).toBe('Next');
  });

  test('that needs too much memory ends alone', async () => {
    const small = createReader({ log, heapMb: 24, idleMs: 1_000 });
    const cells = `<table>${'<tr><td>a</td><td>b</td></tr>'.repeat(120_000)}</table>`;

    await expect(read(cells, 'large.html', small)).rejects.toEqual(refused('TOO_COMPLEX'));
    await small.close();
  });
});

test('a process that stops while it reads refuses nothing: the file is read the next time', async () => {
  const stopping = createReader({ log });
  const reading = read('x '.repeat(100_000), 'a.md', stopping);
  const ended = expect(reading).rejects.toMatchObject({ code: 'UNAVAILABLE' });

  await stopping.close();

  await ended;
  await expect(read('x', 'b.md', stopping)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
});

test('every reason has a text in both languages', () => {
  for (const code of refusalCodes) {
    expect(refusalText('EN', code, {})).toMatch(/[a-z]/);
    expect(refusalText('KO', code, {})).toMatch(/[가-힣]/);
  }
});
