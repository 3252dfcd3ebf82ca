/** A piece of a document that stands by itself: a heading, a paragraph, a list, a table, a block of code. */
export interface Block {
  readonly kind: 'heading' | 'text' | 'table' | 'code';
  /** Of a heading: 1 is the highest. */
  readonly depth: number;
  /** Markdown; of a heading its plain words. */
  readonly text: string;
  /** Lines of the source. A document without lines counts its blocks (DOCX) or the lines of a page (PDF). */
  readonly lineFrom: number;
  readonly lineTo: number;
  readonly page: number | null;
}

/** What every format is turned into. */
export interface ParsedDocument {
  /** What the document calls itself; null when it does not. */
  readonly title: string | null;
  readonly blocks: readonly Block[];
  readonly pageCount: number | null;
}

/** The formats that are read. */
export type ManualFormat = 'markdown' | 'html' | 'pdf' | 'docx' | 'text';

/** Media type under which a format is kept and handed out. */
export const mediaTypes: Readonly<Record<ManualFormat, string>> = {
  markdown: 'text/markdown',
  html: 'text/html',
  pdf: 'application/pdf',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  text: 'text/plain',
};
