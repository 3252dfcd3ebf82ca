import { z } from 'zod';
import { derivedId } from '../../lib/ids.ts';
import { redactSecrets } from '../../lib/redact.ts';
import { clip, inert } from '../../lib/text.ts';
import { storedJson } from '../audit/stored-json.ts';
import type { Core } from '../context.ts';
import { type Finding, inTransaction, type Tx } from '../db.ts';
import { type CitableEvidence, type JudgedClaim, judgeFinding, type MachineCheck } from './finding-rules.ts';
import { evidenceTexts, inLanguage, type Wording } from './texts.ts';

/** What a task hands in. */
export interface FindingInput {
  readonly headline: Wording;
  readonly verdict: 'FOUND' | 'INCONCLUSIVE';
  readonly confidence: 'HIGH' | 'MEDIUM' | 'LOW' | 'NONE';
  readonly situation: readonly ClaimInput[];
  readonly reasons: readonly ClaimInput[];
  readonly against: readonly ClaimInput[];
  readonly notChecked: readonly Wording[];
  readonly needed: readonly Wording[];
  readonly writtenByModel: boolean;
}
interface ClaimInput {
  readonly text: Wording;
  readonly evidenceRefs: readonly number[];
  readonly check?: MachineCheck | null;
}

const replySchema = z.object({ reply: z.json() });

/** Evidence a finding of this task may cite: that of its incident, or its own when it has none. */
async function citable(tx: Tx, taskId: string, incidentId: string | null): Promise<Map<number, CitableEvidence>> {
  const rows = await tx.evidence.findMany({
    where: incidentId === null ? { taskId, incidentId: null } : { incidentId },
  });
  return new Map(
    rows.map((row) => {
      const data = replySchema.safeParse(row.data);
      return [row.ref, { tool: row.tool, outcome: row.outcome, reply: data.success ? data.data.reply : null }] as const;
    }),
  );
}

/**
 * Judges a task's finding against stored evidence and keeps what stands. The same stepKey answers the row it made first; a later
 * finding of the same incident (or task) supersedes the earlier one.
 */
export async function storeFinding(
  core: Pick<Core, 'db'>,
  input: {
    readonly taskId: string;
    readonly incidentId: string | null;
    readonly stepKey: string;
    readonly locale: 'KO' | 'EN';
    readonly finding: FindingInput;
  },
): Promise<Finding> {
  const id = derivedId('finding', input.stepKey);
  const write = (wording: Wording, max: number): string =>
    clip(inert(String(storedJson(redactSecrets(inLanguage(wording, input.locale))))).trim(), max);
  const claims = (list: readonly ClaimInput[]) => list.map((claim) => ({ ...claim, text: write(claim.text, 600) }));
  return inTransaction(core.db, async (tx) => {
    await tx.$queryRaw`select pg_advisory_xact_lock(hashtext(${`finding:${input.incidentId ?? input.taskId}`}))::text`;
    const known = await tx.finding.findUnique({ where: { id } });
    if (known !== null) return known;
    const { finding } = input;
    const judged = judgeFinding(
      {
        verdict: finding.verdict,
        confidence: finding.confidence,
        situation: claims(finding.situation),
        reasons: claims(finding.reasons),
        against: claims(finding.against),
      },
      await citable(tx, input.taskId, input.incidentId),
    );
    const earlier = await tx.finding.findFirst({
      where: input.incidentId === null ? { taskId: input.taskId } : { incidentId: input.incidentId },
      orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    });
    const fellThrough = finding.verdict === 'FOUND' && judged.verdict === 'INCONCLUSIVE';
    const instead = judged.situation.length > 0 ? evidenceTexts.factsOnly : evidenceTexts.noCauseFound;
    return tx.finding.create({
      data: {
        id,
        taskId: input.taskId,
        incidentId: input.incidentId,
        headline: fellThrough ? inLanguage(instead, input.locale) : write(finding.headline, 200),
        verdict: judged.verdict,
        confidence: judged.confidence,
        situation: judged.situation.map(toJson),
        reasons: judged.reasons.map(toJson),
        against: judged.against.map(toJson),
        notChecked: finding.notChecked.map((one) => write(one, 300)),
        needed: finding.needed.map((one) => write(one, 300)),
        droppedClaims: judged.droppedClaims,
        writtenByModel: finding.writtenByModel,
        supersedesId: earlier?.id ?? null,
      },
    });
  });
}

const toJson = ({ text, evidenceRefs, checkPassed }: JudgedClaim) => ({
  text,
  evidenceRefs: [...evidenceRefs],
  checkPassed,
});
