import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { sha256Hex } from '../../lib/canonical-json.ts';
import { AppError } from '../../lib/errors.ts';
import { newId } from '../../lib/ids.ts';
import { redactText } from '../../lib/redact.ts';
import type { Core } from '../context.ts';
import { inTransaction, type Tx } from '../db.ts';
import { chunkMarkdown } from './chunk-rules.ts';
import { type ParsedManual, parseManual } from './front-matter.ts';
import { sparseOf } from './sparse-rules.ts';

const largestFile = 2_000_000;

/** What taking in a folder did. */
export interface IngestResult {
  readonly added: number;
  readonly changed: number;
  readonly unchanged: number;
  /** Files that could not be used, with the reason. */
  readonly refused: readonly { readonly file: string; readonly reason: string }[];
}

/** Takes in every Markdown file of a folder whose content is new: a changed one becomes the next revision, the old one is archived. */
export async function ingestManuals(core: Core, folder: string): Promise<IngestResult> {
  const counts = { added: 0, changed: 0, unchanged: 0 };
  const refused: { file: string; reason: string }[] = [];
  const codes = new Map<string, string>();
  for (const file of await markdownFiles(folder)) {
    const shown = relative(folder, file);
    try {
      if ((await stat(file)).size > largestFile) throw new Error('it is larger than 2 MB');
      const bytes = await readFile(file);
      const manual = parseManual(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
      const other = codes.get(manual.code);
      if (other !== undefined) throw new Error(`its code ${manual.code} is taken by ${other}`);
      codes.set(manual.code, shown);
      counts[await ingestOne(core, shown, bytes, manual)]++;
    } catch (error) {
      if (error instanceof AppError) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      core.log.warn({ file: shown, reason }, 'manual cannot be used');
      refused.push({ file: shown, reason });
    }
  }
  return { ...counts, refused };
}

async function markdownFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.md'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

async function ingestOne(
  core: Core,
  fileName: string,
  bytes: Uint8Array,
  manual: ParsedManual,
): Promise<'added' | 'changed' | 'unchanged'> {
  const sha256 = sha256Hex(bytes);
  return inTransaction(core.db, async (tx) => {
    await tx.$queryRaw`select pg_advisory_xact_lock(hashtext(${`manual:${manual.code}`}))::text`;
    const latest = await tx.manual.findFirst({ where: { code: manual.code }, orderBy: { revision: 'desc' } });
    if (latest?.sha256 === sha256 && latest.status === 'READY') return 'unchanged';
    await tx.manual.updateMany({
      where: { code: manual.code, status: { not: 'ARCHIVED' } },
      data: { status: 'ARCHIVED' },
    });
    const revision = (latest?.revision ?? 0) + 1;
    const id = newId();
    await store(tx, { id, fileName, bytes, sha256, manual, revision });
    await core.audit(tx, {
      actor: { type: 'automation', id: null, name: 'manuals' },
      operation: 'manualIngest',
      subject: { type: 'Manual', id },
      input: { code: manual.code, revision, fileName, sha256 },
      outcome: 'ready',
      correlationId: `manual:${manual.code}:${revision}`,
    });
    return latest === null ? 'added' : 'changed';
  });
}

async function store(
  tx: Tx,
  made: {
    readonly id: string;
    readonly fileName: string;
    readonly bytes: Uint8Array;
    readonly sha256: string;
    readonly manual: ParsedManual;
    readonly revision: number;
  },
): Promise<void> {
  const { id, manual } = made;
  await tx.manual.create({
    data: {
      id,
      code: manual.code,
      revision: made.revision,
      title: manual.title,
      locale: manual.locale === 'ko' ? 'KO' : 'EN',
      status: 'READY',
      fileName: made.fileName,
      mediaType: 'text/markdown',
      sha256: made.sha256,
      bytes: Uint8Array.from(made.bytes),
      alertNames: manual.alerts,
      systemNames: manual.systems,
      automation: manual.automation,
      revisedAt: manual.revised === undefined ? null : new Date(`${manual.revised}T00:00:00Z`),
      uploadedBy: 'folder',
      indexedAt: new Date(),
    },
  });
  const chunks = chunkMarkdown(manual.body, manual.title, manual.bodyLine);
  await tx.manualChunk.createMany({
    data: chunks.map((chunk, seq) => {
      const text = redactText(chunk.text);
      const sparse = sparseOf(`${manual.title} ${manual.alerts.join(' ')} ${chunk.section} ${text}`);
      return {
        id: newId(),
        manualId: id,
        seq,
        section: chunk.section,
        lineFrom: chunk.lineFrom,
        lineTo: chunk.lineTo,
        text,
        tokens: chunk.tokens,
        hash: sha256Hex(text),
        sparse: { terms: { ...sparse.terms }, length: sparse.length },
      };
    }),
  });
}
