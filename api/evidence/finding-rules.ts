import type { ReplyJson } from './size-rules.ts';

type ConfidenceName = 'HIGH' | 'MEDIUM' | 'LOW' | 'NONE';

/** A check a machine can make on a stored reply. `path` leads into the reply's data. */
export type MachineCheck =
  | {
      readonly kind: 'above' | 'below';
      readonly ref: number;
      readonly path: readonly (string | number)[];
      readonly limit: number;
    }
  | {
      readonly kind: 'equals';
      readonly ref: number;
      readonly path: readonly (string | number)[];
      readonly value: string | number | boolean | null;
    }
  | {
      readonly kind: 'contains';
      readonly ref: number;
      readonly path: readonly (string | number)[];
      readonly text: string;
    }
  | {
      readonly kind: 'count';
      readonly ref: number;
      readonly path: readonly (string | number)[];
      readonly atLeast: number;
    };

/** A sentence and the evidence it cites. */
interface ClaimToJudge {
  readonly text: string;
  readonly evidenceRefs: readonly number[];
  readonly check?: MachineCheck | null;
}

/** A claim that may be shown. `checkPassed` is null where no machine check applies. */
export interface JudgedClaim {
  readonly text: string;
  readonly evidenceRefs: readonly number[];
  readonly checkPassed: boolean | null;
}

/** What a claim may cite: evidence of its own incident or task. */
export interface CitableEvidence {
  readonly tool: string;
  readonly outcome: string;
  readonly reply: ReplyJson;
}

export interface FindingToJudge {
  readonly verdict: 'FOUND' | 'INCONCLUSIVE';
  readonly confidence: ConfidenceName;
  readonly situation: readonly ClaimToJudge[];
  readonly reasons: readonly ClaimToJudge[];
  readonly against: readonly ClaimToJudge[];
}
export interface JudgedFinding {
  readonly verdict: 'FOUND' | 'INCONCLUSIVE';
  readonly confidence: ConfidenceName;
  readonly situation: readonly JudgedClaim[];
  readonly reasons: readonly JudgedClaim[];
  readonly against: readonly JudgedClaim[];
  readonly droppedClaims: number;
}

const order: readonly ConfidenceName[] = ['NONE', 'LOW', 'MEDIUM', 'HIGH'];
const atMost = (confidence: ConfidenceName, cap: ConfidenceName): ConfidenceName =>
  order.indexOf(confidence) <= order.indexOf(cap) ? confidence : cap;

function valueAt(reply: ReplyJson, path: readonly (string | number)[]): ReplyJson | undefined {
  let value: ReplyJson | undefined = reply;
  for (const key of path) {
    if (value === null || typeof value !== 'object') return undefined;
    const entry: readonly [string, ReplyJson] | undefined = Object.entries(value).find(
      ([name]) => name === String(key),
    );
    value = entry?.[1];
  }
  return value;
}

/** Runs one check on the stored reply; what cannot be read has not passed. */
export function runCheck(check: MachineCheck, reply: ReplyJson): boolean {
  const value = valueAt(reply, check.path);
  switch (check.kind) {
    case 'above':
      return typeof value === 'number' && value > check.limit;
    case 'below':
      return typeof value === 'number' && value < check.limit;
    case 'equals':
      return value === check.value;
    case 'contains':
      return typeof value === 'string' && value.includes(check.text);
    case 'count':
      return Array.isArray(value) && value.length >= check.atLeast;
    default:
      return check satisfies never;
  }
}

type Evidence = ReadonlyMap<number, CitableEvidence>;

/** Keeps a claim that cites something of its own, all of which exists, and whose check passes; null drops it. */
function judgeClaim(claim: ClaimToJudge, evidence: Evidence): JudgedClaim | null {
  const refs = [...new Set(claim.evidenceRefs)];
  if (claim.text.trim() === '' || refs.length === 0 || refs.some((ref) => !evidence.has(ref))) return null;
  const judged = { text: claim.text, evidenceRefs: refs };
  if (!claim.check) return { ...judged, checkPassed: null };
  const reply = evidence.get(claim.check.ref)?.reply;
  const cited = refs.includes(claim.check.ref) && reply !== undefined;
  return cited && runCheck(claim.check, reply) ? { ...judged, checkPassed: true } : null;
}

/** Decisive: a reason a machine has checked, or two tools that answered and agree, with nothing said against it. */
function isDecisive(reasons: readonly JudgedClaim[], against: readonly JudgedClaim[], evidence: Evidence): boolean {
  if (against.length > 0) return false;
  if (reasons.some((claim) => claim.checkPassed === true)) return true;
  const tools = reasons.flatMap((claim) =>
    claim.evidenceRefs.flatMap((ref) => (evidence.get(ref)?.outcome === 'success' ? [evidence.get(ref)?.tool] : [])),
  );
  return new Set(tools).size >= 2;
}

/**
 * Drops every claim without existing evidence and caps the confidence: nothing left is NONE, no reason left is at most LOW, reasons
 * without decisive evidence are at most MEDIUM. What has no reason is inconclusive.
 */
export function judgeFinding(draft: FindingToJudge, evidence: Evidence): JudgedFinding {
  const keep = (claims: readonly ClaimToJudge[]): readonly JudgedClaim[] =>
    claims.flatMap((claim) => judgeClaim(claim, evidence) ?? []);
  const situation = keep(draft.situation);
  const reasons = keep(draft.reasons);
  const against = keep(draft.against);
  const given = draft.situation.length + draft.reasons.length + draft.against.length;
  const kept = situation.length + reasons.length + against.length;
  const cap: ConfidenceName =
    kept === 0 ? 'NONE' : reasons.length === 0 ? 'LOW' : isDecisive(reasons, against, evidence) ? 'HIGH' : 'MEDIUM';
  const verdict =
    draft.verdict === 'FOUND' && reasons.length > 0 && draft.confidence !== 'NONE' ? 'FOUND' : 'INCONCLUSIVE';
  return {
    verdict,
    confidence: kept === 0 ? 'NONE' : atMost(draft.confidence, cap),
    situation,
    reasons,
    against,
    droppedClaims: given - kept,
  };
}
