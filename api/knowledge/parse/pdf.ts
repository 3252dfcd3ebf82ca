import { getDocumentProxy } from 'unpdf';
import type { Block, ParsedDocument } from './document.ts';
import { parseLimits } from './limits.ts';
import { blocksOfLines, linesOf, type PdfLine, withoutRunningTitles } from './pdf-rules.ts';
import { Refusal } from './refusal.ts';

/** Fewer letters a page than this on average: pictures of pages, with at most a stamp of the scanner. */
const fewestLettersPerPage = 8;

type PdfDocument = Awaited<ReturnType<typeof getDocumentProxy>>;

/** Reads a PDF: its text by pages, headings by their size. Scripts in it are never run, pictures never drawn. */
export async function parsePdf(bytes: Uint8Array): Promise<ParsedDocument> {
  const pdf = await open(bytes);
  try {
    const pageCount = pdf.numPages;
    if (pageCount > parseLimits.pages)
      throw new Refusal('TOO_MANY_PAGES', { pages: pageCount, most: parseLimits.pages });
    const pages: PdfLine[][] = [];
    let chars = 0;
    for (let number = 1; number <= pageCount; number++) {
      const lines = await readPage(pdf, number);
      chars += lines.reduce((sum, line) => sum + line.text.length, 0);
      if (chars > parseLimits.chars) throw new Refusal('TOO_MUCH_TEXT', { most: parseLimits.chars });
      pages.push(lines);
    }
    refuseWithoutText(pages, pageCount);
    const blocks: Block[] = blocksOfLines(withoutRunningTitles(pages));
    const heading = blocks.find((block) => block.kind === 'heading');
    return { title: (await titleOf(pdf)) ?? heading?.text ?? null, blocks, pageCount };
  } finally {
    await pdf.loadingTask.destroy().catch(() => undefined);
  }
}

async function open(bytes: Uint8Array): Promise<PdfDocument> {
  try {
    // The library takes the bytes over, so it gets a copy of its own.
    return await getDocumentProxy(Uint8Array.from(bytes), {
      stopAtErrors: false,
      useSystemFonts: false,
      verbosity: 0,
    });
  } catch (error) {
    const name = error instanceof Error ? error.name : '';
    if (name === 'PasswordException') throw new Refusal('ENCRYPTED', { format: 'PDF' });
    throw new Refusal('CORRUPT', { format: 'PDF', words: error instanceof Error ? error.message.slice(0, 120) : '' });
  }
}

async function readPage(pdf: PdfDocument, number: number): Promise<PdfLine[]> {
  try {
    const page = await pdf.getPage(number);
    const content = await page.getTextContent();
    const lines = linesOf(
      content.items.flatMap((item) => {
        if (!('str' in item)) return [];
        const [, , c = 0, d = 0, x = 0, y = 0] = item.transform.map(Number);
        return [{ text: item.str, x, y, width: item.width, size: Math.hypot(c, d), endsLine: item.hasEOL }];
      }),
      number,
    );
    page.cleanup();
    return lines;
  } catch (error) {
    throw new Refusal('CORRUPT', {
      format: 'PDF',
      page: number,
      words: error instanceof Error ? error.message.slice(0, 120) : '',
    });
  }
}

function refuseWithoutText(pages: readonly (readonly PdfLine[])[], pageCount: number): void {
  const text = pages.flat().map((line) => line.text);
  const letters = text.join('').match(/[\p{L}\p{N}]/gu)?.length ?? 0;
  const broken = text.join('').match(/[\ue000-\uf8ff\ufffd]/gu)?.length ?? 0;
  if (letters + broken < fewestLettersPerPage * pageCount) throw new Refusal('SCANNED', { pages: pageCount });
  if (broken > letters) throw new Refusal('NO_TEXT', { format: 'PDF' });
}

async function titleOf(pdf: PdfDocument): Promise<string | null> {
  try {
    const { info } = await pdf.getMetadata();
    const title: unknown = Reflect.get(info, 'Title');
    const clean = typeof title === 'string' ? title.replace(/\s+/g, ' ').trim() : '';
    // Printers and converters write the name of the file here.
    return clean.length < 3 || /\.(docx?|hwp|pdf|indd|html?)$|^(untitled|microsoft word|제목 없음)/i.test(clean)
      ? null
      : clean.slice(0, 200);
  } catch {
    return null;
  }
}
