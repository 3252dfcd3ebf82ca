import { canonicalJson, sha256Hex } from '../../lib/canonical-json.ts';
import type { Secret } from '../../lib/secret.ts';
import { type AuditEntry, type Db, inTransaction, type Tx } from '../db.ts';
import { type AnchorFile, readAnchors } from './anchor.ts';
import { chainStart, entryHash, sameHash } from './chain.ts';

/** What is wrong with the chain. */
type ChainFault = 'changed' | 'missing' | 'inserted' | 'reordered' | 'cut' | 'rebuilt' | 'head' | 'anchor';

/** Verdict over the whole log: fine, or the first bad row and what happened to it. */
export type ChainVerdict =
  | { readonly ok: true; readonly entries: number; readonly anchors: number; readonly unreadableAnchorLines: number }
  | {
      readonly ok: false;
      readonly entries: number;
      readonly seq: number;
      readonly fault: ChainFault;
      readonly reason: string;
    };

const pageRows = 5_000;
const verifyTimeoutMs = 120_000;

/**
 * Reads the whole chain in pages within one snapshot, so that a log being written raises no alarm. The anchors are read before it:
 * whatever they name must stand in the snapshot.
 */
export async function verifyChain(db: Db, key: Secret, anchorFile?: string | null): Promise<ChainVerdict> {
  const file = anchorFile ? await readAnchors(key, anchorFile) : null;
  return inTransaction(db, (tx) => verify(tx, key, file), {
    timeoutMs: verifyTimeoutMs,
    isolationLevel: 'RepeatableRead',
    attempts: 1,
  });
}

async function verify(tx: Tx, key: Secret, file: AnchorFile | null): Promise<ChainVerdict> {
  const head = await tx.auditHead.findUnique({ where: { id: 1 } });
  const anchored = new Map(file?.anchors.map((anchor) => [anchor.seq, anchor.hash]));
  let entries = 0;
  let previousHash = chainStart;
  const bad = (seq: number, fault: ChainFault, reason: string): ChainVerdict => ({
    ok: false,
    entries,
    seq,
    fault,
    reason,
  });
  for (let page = await pageAfter(tx, null); page.length > 0; page = await pageAfter(tx, page.at(-1)?.seq ?? 0)) {
    for (const row of page) {
      const expected = entries + 1;
      const fits =
        row.seq === expected &&
        sameHash(row.previousHash, previousHash) &&
        sameHash(row.hash, entryHash(key, row)) &&
        digestFits(row);
      if (!fits) {
        const { seq, fault, reason } = await explain(tx, key, row, expected, previousHash, head?.seq ?? 0);
        return bad(seq, fault, reason);
      }
      const anchor = anchored.get(row.seq);
      if (anchor !== undefined && !sameHash(anchor, row.hash))
        return bad(
          row.seq,
          'rebuilt',
          'the row is valid, but it is not the one that was anchored outside the database',
        );
      previousHash = row.hash;
      entries++;
    }
  }
  const headSeq = head?.seq ?? 0;
  if (entries < headSeq) return bad(entries + 1, 'cut', `the head counts ${headSeq} rows, the log ends before`);
  if (entries > headSeq) return bad(headSeq + 1, 'head', `the head counts ${headSeq} rows, the log holds more`);
  if (head !== null && !sameHash(head.hash, previousHash))
    return bad(headSeq, 'head', 'the head names another last row');
  const furthest = Math.max(0, ...anchored.keys());
  if (furthest > entries)
    return bad(entries + 1, 'cut', `row ${furthest} was anchored outside the database and is gone`);
  const forged = file?.forged[0];
  if (forged !== undefined)
    return bad(forged.seq, 'anchor', 'a line of the anchor file was changed, or written with another key');
  return { ok: true, entries, anchors: anchored.size, unreadableAnchorLines: file?.unreadableLines ?? 0 };
}

const pageAfter = (tx: Tx, seq: number | null): Promise<AuditEntry[]> =>
  tx.auditEntry.findMany({
    ...(seq === null ? {} : { where: { seq: { gt: seq } } }),
    orderBy: { seq: 'asc' },
    take: pageRows,
  });

/** The stored input must be the one whose digest was kept; a cut one carries its own words. */
const digestFits = (row: AuditEntry): boolean => {
  const { input } = row;
  const cut = typeof input === 'object' && input !== null && !Array.isArray(input) && input.cut === true;
  return cut || sameHash(row.inputDigest, sha256Hex(canonicalJson(input)));
};

interface Explanation {
  readonly seq: number;
  readonly fault: ChainFault;
  readonly reason: string;
}

/** Finds out what happened at the first row that does not fit. */
async function explain(
  tx: Tx,
  key: Secret,
  row: AuditEntry,
  expected: number,
  previousHash: string,
  headSeq: number,
): Promise<Explanation> {
  if (row.seq > expected) return { seq: expected, fault: 'missing', reason: `row ${expected} was deleted` };
  if (row.seq < expected) return { seq: row.seq, fault: 'inserted', reason: 'a row stands before the first number' };
  const isSigned = sameHash(row.hash, entryHash(key, row));
  if (isSigned && sameHash(row.previousHash, previousHash))
    return { seq: row.seq, fault: 'changed', reason: 'the input is not the one its digest was made of' };
  if (isSigned)
    return { seq: row.seq, fault: 'rebuilt', reason: 'the row was written after another one than stands before it' };
  const belongs = numberOf(key, row, Math.max(headSeq, expected) + 1);
  if (belongs !== null && belongs !== row.seq) return displaced(tx, key, row, belongs, headSeq);
  if (row.seq > headSeq)
    return { seq: row.seq, fault: 'inserted', reason: 'the row was added behind the head, without the key' };
  const next = await tx.auditEntry.findUnique({ where: { seq: row.seq + 1 } });
  if (next !== null && sameHash(next.hash, entryHash(key, next, row.seq)))
    return { seq: row.seq, fault: 'inserted', reason: 'the row was put in between, and the ones after it moved' };
  return { seq: row.seq, fault: 'changed', reason: 'the content does not fit its keyed hash' };
}

/** The number a row was written under, found by trying; null when its content was changed. */
function numberOf(key: Secret, row: AuditEntry, highest: number): number | null {
  for (let seq = 1; seq <= highest; seq++) if (sameHash(row.hash, entryHash(key, row, seq))) return seq;
  return null;
}

async function displaced(tx: Tx, key: Secret, row: AuditEntry, belongs: number, headSeq: number): Promise<Explanation> {
  const there = await tx.auditEntry.findUnique({ where: { seq: belongs } });
  const moved = there === null ? null : numberOf(key, there, headSeq + 1);
  const closedUp = belongs === row.seq + 1 && (there === null || moved === belongs + 1);
  return closedUp
    ? { seq: row.seq, fault: 'missing', reason: `row ${row.seq} was deleted and the ones after it moved up` }
    : { seq: row.seq, fault: 'reordered', reason: `the row was written as number ${belongs}` };
}
