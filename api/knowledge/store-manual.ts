import { sha256Hex } from '../../lib/canonical-json.ts';
import { newId } from '../../lib/ids.ts';
import type { Actor, Core } from '../context.ts';
import type { Manual, Tx } from '../db.ts';
import { derivedCode, distinctCode } from './code-rules.ts';
import { touchManuals } from './index-lock.ts';
import { parserVersion } from './parse/parser-version.ts';
import type { PreparedManual } from './parse/prepare.ts';
import { Refusal } from './parse/refusal.ts';
import { replaceChunks, storeChunks } from './store-chunks.ts';
import { type ManualReader, maySee } from './visibility-rules.ts';

/** A file that was read and is to be kept. */
export interface StoreInput {
  readonly prepared: PreparedManual;
  readonly bytes: Uint8Array;
  readonly sha256: string;
  readonly metaHash: string;
  readonly sourceKey: string;
  readonly fileName: string;
  readonly by: Actor;
  /** Whether another file's manual still stands there, so that its code is taken. */
  readonly isPresent: (sourceKey: string) => boolean;
  /** Who sends it, when that limits what may be replaced. */
  readonly reader: ManualReader | null;
  readonly correlationId: string;
}

/** What became of a file. */
export interface Stored {
  readonly outcome: 'ADDED' | 'CHANGED' | 'UNCHANGED';
  readonly manualId: string;
  readonly chunks: number;
}

type Known = Omit<Manual, 'bytes'>;

/** Keeps a manual: the same file again is nothing, other words about it change its row, other bytes are its next revision. Needs the index lock. */
export async function storeManual(core: Pick<Core, 'audit'>, tx: Tx, input: StoreInput): Promise<Stored> {
  const { prepared, sha256, metaHash, sourceKey } = input;
  const before = await tx.manual.findFirst({ where: { sourceKey }, orderBy: { id: 'desc' }, omit: { bytes: true } });
  const { code, holder } = await codeFor(tx, input, before);
  const previous = before?.status === 'READY' ? before : holder;
  const facts = factsOf(input, previous ?? before);
  const chunks = prepared.chunks.length;
  if (before !== null && before.status === 'READY' && before.sha256 === sha256 && before.code === code) {
    if (before.metaHash === metaHash && before.parserVersion === parserVersion)
      return { outcome: 'UNCHANGED', manualId: before.id, chunks };
    await tx.manual.update({ where: { id: before.id }, data: { ...facts, indexedAt: new Date() } });
    await replaceChunks(tx, before.id, prepared.chunks);
    await touchManuals(tx, [before.id]);
    await audit(core, tx, input, before.id, { code, revision: before.revision, sha256 }, 'refreshed');
    return { outcome: 'CHANGED', manualId: before.id, chunks };
  }
  const replaced = await tx.manual.findMany({
    where: { status: 'READY', OR: [{ sourceKey }, { code }] },
    select: { id: true },
  });
  const ids = replaced.map((row) => row.id);
  await tx.manual.updateMany({ where: { id: { in: ids } }, data: { status: 'ARCHIVED' } });
  await touchManuals(tx, ids);
  const last = await tx.manual.findFirst({
    where: { code },
    orderBy: { revision: 'desc' },
    select: { revision: true },
  });
  const revision = (last?.revision ?? 0) + 1;
  const id = newId();
  await tx.manual.create({
    data: {
      ...facts,
      id,
      code,
      revision,
      status: 'READY',
      sha256,
      bytes: Uint8Array.from(input.bytes),
      sourceKey,
      uploadedBy: input.by.type === 'automation' ? 'folder' : input.by.name,
      indexedAt: new Date(),
    },
  });
  await storeChunks(tx, id, prepared.chunks);
  await audit(core, tx, input, id, { code, revision, sha256 }, 'ready');
  return { outcome: last === null ? 'ADDED' : 'CHANGED', manualId: id, chunks };
}

/** The code a manual gets, and who has it now. A code that was made from a name gives way; one that was written is refused when taken. */
async function codeFor(
  tx: Tx,
  { prepared, sourceKey, fileName, isPresent, reader }: StoreInput,
  before: Known | null,
): Promise<{ readonly code: string; readonly holder: Known | null }> {
  const written = prepared.metadata.code;
  const holderOf = (code: string): Promise<Known | null> =>
    tx.manual.findFirst({ where: { code, status: 'READY' }, omit: { bytes: true } });
  const digest = sha256Hex(sourceKey);
  const code = written ?? before?.code ?? derivedCode(fileName, digest);
  const holder = await holderOf(code);
  if (holder === null || holder.sourceKey === sourceKey) return { code, holder };
  if (written === undefined) {
    const own = distinctCode(code, digest);
    return { code: own, holder: await holderOf(own) };
  }
  if (reader !== null && !maySee(reader, holder)) throw new Refusal('CODE_HIDDEN', { code });
  if (holder.sourceKey !== null && isPresent(holder.sourceKey))
    throw new Refusal('CODE_TAKEN', { code, path: holder.fileName });
  return { code, holder };
}

const visibilities = { everyone: 'EVERYONE', operators: 'OPERATORS', team: 'TEAM' } as const;

/** What a row says besides its file. Who may see a manual stays as it was while nobody says otherwise: leaving a word out widens nothing. */
function factsOf({ prepared, metaHash, fileName, reader }: StoreInput, previous: Known | null) {
  const { metadata } = prepared;
  const visibility =
    metadata.visibility === undefined ? (previous?.visibility ?? 'EVERYONE') : visibilities[metadata.visibility];
  const team = metadata.team ?? previous?.team ?? null;
  if (visibility === 'TEAM' && team === null)
    throw new Refusal('FRONT_MATTER', { words: 'visibility: team needs a team' });
  if (reader !== null && (metadata.automation?.length ?? 0) > 0)
    throw new Refusal('FRONT_MATTER', { words: 'automation: is taken from a folder only, not from an upload' });
  if (reader !== null && !maySee(reader, { visibility, team }))
    throw new Refusal('FRONT_MATTER', { words: 'visibility: its sender could not see it' });
  return {
    title: prepared.title,
    locale: prepared.locale === 'ko' ? ('KO' as const) : ('EN' as const),
    fileName,
    mediaType: prepared.mediaType,
    alertNames: metadata.alerts ?? [],
    systemNames: metadata.systems ?? [],
    errorCodes: metadata.errors ?? [],
    visibility,
    team,
    owner: metadata.owner ?? null,
    automation: metadata.automation ?? [],
    parserVersion,
    metaHash,
    pageCount: prepared.pageCount,
    revisedAt: metadata.revised === undefined ? null : new Date(`${metadata.revised}T00:00:00Z`),
  };
}

const audit = (
  core: Pick<Core, 'audit'>,
  tx: Tx,
  { by, fileName, correlationId }: StoreInput,
  id: string,
  facts: { readonly code: string; readonly revision: number; readonly sha256: string },
  outcome: string,
): Promise<void> =>
  core.audit(tx, {
    actor: by,
    operation: 'manualIngest',
    subject: { type: 'Manual', id },
    input: { ...facts, fileName },
    outcome,
    correlationId,
  });
