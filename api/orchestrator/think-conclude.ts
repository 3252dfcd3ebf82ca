import { z } from 'zod';
import type { ClaimCheck, ClaimDraft, FindingDraft } from '../agents/task.ts';
import type { LlmTool } from '../ports/llm.ts';

const path = z.array(z.union([z.string().max(100), z.number().int()])).max(8);
const check = z.object({
  kind: z.enum(['equals', 'above', 'below', 'contains', 'count']),
  ref: z.number().int(),
  path,
  value: z.union([z.string().max(300), z.number(), z.boolean(), z.null()]),
});
const claim = z.object({
  text: z.string().min(1).max(400),
  evidence: z.array(z.number().int()).min(1).max(6),
  check: check.nullish(),
});
const claims = z.array(claim).max(6);
const sentences = z.array(z.string().min(1).max(300)).max(6);

/** What the model hands in at the end. */
export const conclusionSchema = z.object({
  headline: z.string().min(1).max(160),
  verdict: z.enum(['FOUND', 'INCONCLUSIVE']),
  confidence: z.enum(['HIGH', 'MEDIUM', 'LOW', 'NONE']),
  situation: claims,
  reasons: claims,
  against: claims,
  notChecked: sentences,
  needed: sentences,
});
export type Conclusion = z.infer<typeof conclusionSchema>;

/** The tool by which the model ends. */
export const concludeTool: LlmTool = {
  name: 'conclude',
  description:
    'Ends the investigation: what is happening, why you think so, what argues against it, what was not checked and what would be needed.',
  parameters: z.record(z.string(), z.unknown()).parse(z.toJSONSchema(conclusionSchema, { io: 'input' })),
};

/** The conclusion as a draft: only evidence the model was shown may be cited; the rest is judged when the draft is handed in. */
export function draftOf(conclusion: Conclusion, shown: ReadonlySet<number>): FindingDraft {
  const drafts = (list: readonly z.infer<typeof claim>[]): ClaimDraft[] =>
    list.map((one) => {
      const checked = one.check == null ? null : checkOf(one.check);
      const evidenceRefs = one.evidence.filter((ref) => shown.has(ref));
      return { text: one.text, evidenceRefs, ...(checked === null ? {} : { check: checked }) };
    });
  const { headline, verdict, confidence, notChecked, needed } = conclusion;
  return {
    headline,
    verdict,
    confidence,
    situation: drafts(conclusion.situation),
    reasons: drafts(conclusion.reasons),
    against: drafts(conclusion.against),
    notChecked,
    needed,
    writtenByModel: true,
  };
}

/** A check whose value has the wrong type can never hold: it is kept as one that fails, and the claim is dropped with it. */
function checkOf({ kind, ref, path: into, value }: z.infer<typeof check>): ClaimCheck {
  if (kind === 'equals') return { kind, ref, path: into, value };
  if (kind === 'contains') return { kind, ref, path: into, text: String(value) };
  const number = typeof value === 'number' ? value : Number.NaN;
  return kind === 'count' ? { kind, ref, path: into, atLeast: number } : { kind, ref, path: into, limit: number };
}
