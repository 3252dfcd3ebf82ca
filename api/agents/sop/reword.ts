import { z } from 'zod';
import type { ClaimDraft, TaskContext } from '../task.ts';
import type { Triage, TriageFacts } from './triage-rules.ts';

const claims = z
  .array(z.object({ text: z.string().min(1).max(300), evidenceRefs: z.array(z.number().int()).min(1).max(6) }))
  .max(5);
const wording = z.object({
  headline: z.string().min(1).max(120),
  situation: claims,
  reasons: claims,
  against: claims,
});

const plain = (text: ClaimDraft['text'], locale: 'KO' | 'EN'): string =>
  typeof text === 'string' ? text : locale === 'KO' ? text.ko : text.en;

/** Lets the model word the finding over the same evidence. Verdict, confidence and proposal stay those of the rules; without a usable answer the rules' words stand. */
export async function rewordFinding(
  task: TaskContext,
  facts: TriageFacts,
  judged: Triage,
  round: number,
): Promise<void> {
  const { finding } = judged;
  const listed = (list: readonly ClaimDraft[]) =>
    list.map((one) => ({ text: plain(one.text, task.locale), evidenceRefs: [...one.evidenceRefs] }));
  const written = await task.write(
    round === 1 ? 'wording' : `wording:${round}`,
    { en: 'Written analysis', ko: '분석 글' },
    {
      prompt: 'Word this finding for the team: a headline, what is happening, why we think so, what argues against it.',
      input: {
        headline: plain(finding.headline, task.locale),
        verdict: finding.verdict,
        system: facts.system,
        situation: listed(finding.situation),
        reasons: listed(finding.reasons),
        against: listed(finding.against),
      },
      schemaName: 'finding_wording',
      schema: wording,
    },
  );
  if (written === null) return;
  const known = new Set(
    [...finding.situation, ...finding.reasons, ...finding.against].flatMap((one) => one.evidenceRefs),
  );
  // Only evidence the rules used: the model cannot bring in what it was not shown.
  const kept = (list: z.infer<typeof claims>) => list.filter((one) => one.evidenceRefs.every((ref) => known.has(ref)));
  const reasons = kept(written.reasons);
  if (finding.verdict === 'FOUND' && reasons.length === 0) return;
  await task.conclude({
    ...finding,
    headline: written.headline,
    situation: kept(written.situation),
    reasons,
    // What argues against it is never left out by the model.
    against: finding.against.length > 0 ? finding.against : kept(written.against),
    writtenByModel: true,
  });
}
