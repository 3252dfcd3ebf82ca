import { open, readFile } from 'node:fs/promises';
import { z } from 'zod';
import { canonicalJson } from '../../lib/canonical-json.ts';
import type { Logger } from '../../lib/log.ts';
import type { Secret } from '../../lib/secret.ts';
import type { Db } from '../db.ts';
import { keyedHash, sameHash } from './chain.ts';

const anchorSchema = z.object({
  seq: z.number().int().positive(),
  hash: z.string(),
  at: z.string(),
  hmac: z.string(),
});

/** The chain's end at one moment, kept outside the database. */
export type Anchor = z.infer<typeof anchorSchema>;

/** What an anchor file holds. A line torn by a crash is counted; a whole line whose HMAC is wrong was changed by someone. */
export interface AnchorFile {
  readonly anchors: readonly Anchor[];
  readonly forged: readonly Anchor[];
  readonly unreadableLines: number;
}

const anchorHmac = (key: Secret, { seq, hash, at }: Omit<Anchor, 'hmac'>): string =>
  keyedHash(key, `anchor:${canonicalJson({ seq, hash, at })}`);

function parseLine(line: string): Anchor | null {
  try {
    const parsed = anchorSchema.safeParse(JSON.parse(line));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

/** Reads an anchor file; one that does not exist yet holds nothing. */
export async function readAnchors(key: Secret, file: string): Promise<AnchorFile> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const parsed = lines.map(parseLine);
  const whole = parsed.filter((anchor) => anchor !== null);
  return {
    anchors: whole.filter((anchor) => sameHash(anchor.hmac, anchorHmac(key, anchor))),
    forged: whole.filter((anchor) => !sameHash(anchor.hmac, anchorHmac(key, anchor))),
    unreadableLines: parsed.length - whole.length,
  };
}

/** The newest good anchor, for the API's audit head. */
export async function lastAnchor(key: Secret, file: string): Promise<Anchor | null> {
  return (await readAnchors(key, file)).anchors.at(-1) ?? null;
}

/** Writes the chain's end to the file, as one appended and synced line; nothing when it has not moved. Answers the anchor that stands. */
export async function writeAnchor(db: Db, key: Secret, file: string): Promise<Anchor | null> {
  const rows = await db.$queryRaw<{ seq: number; hash: string; at: Date }[]>`
    select "seq", "hash", clock_timestamp() as at from "AuditHead" where "id" = 1 and "seq" > 0`;
  const head = rows[0];
  const last = await lastAnchor(key, file);
  if (head === undefined || (last !== null && last.seq === head.seq && last.hash === head.hash)) return last;
  const body = { seq: head.seq, hash: head.hash, at: head.at.toISOString() };
  const anchor: Anchor = { ...body, hmac: anchorHmac(key, body) };
  const handle = await open(file, 'a', 0o600);
  try {
    // The line begins with a line end, so that a torn one before it cannot swallow it.
    await handle.appendFile(`\n${JSON.stringify(anchor)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  return anchor;
}

/** The same for a timer and for the shutdown: a failure is reported and stops nothing. */
export function createAnchoring(deps: {
  readonly db: Db;
  readonly key: Secret;
  readonly file: string;
  readonly log: Logger;
}): () => Promise<void> {
  return async () => {
    try {
      const anchor = await writeAnchor(deps.db, deps.key, deps.file);
      deps.log.info({ seq: anchor?.seq ?? 0 }, 'audit chain anchored');
    } catch (error) {
      deps.log.error({ err: error }, 'audit chain not anchored');
    }
  };
}
