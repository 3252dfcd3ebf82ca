import { z } from 'zod';
import { AppError } from '../../../../lib/errors.ts';
import { targetOf } from '../../../tools/workload.ts';
import { workloadRestart } from '../../../tools/workload-restart.ts';
import { type ActionRequest, defineTask, type IncidentFacts, type TaskContext } from '../../task.ts';
import { collectFacts } from '../collect.ts';
import { deepenFinding } from '../deepen.ts';
import { rewordFinding } from '../reword.ts';
import { type Triage, triage } from '../triage-rules.ts';
import { type Verification, verify } from '../verify.ts';
import { say, words } from '../words.ts';

const input = z.strictObject({
  /** Id of the incident; the task's own when left out. */
  incidentId: z.string().max(100).optional(),
});
const outcomes = [
  'INVESTIGATED',
  'NOT_APPROVED',
  'DRIFTED',
  'RECOVERED',
  'REFUSED_BY_TARGET',
  'NOT_VERIFIED',
  'OUTCOME_UNKNOWN',
  'RESOLVED',
] as const;
type Outcome = (typeof outcomes)[number];
type Result = { outcome: Outcome; cause: string; approval: string | null; verification: string | null };

const askedAtMost = 2;

/**
 * From an open incident to a verified fix. Without a language model all of it works: rules judge the readings, code words the finding;
 * with one, its wording over the same evidence is added and labelled, and where the rules found no certain cause it may look further
 * with read tools.
 */
export const task = defineTask<z.infer<typeof input>>({
  type: 'incident_response',
  title: { en: 'Incident response', ko: '장애 대응' },
  description: {
    en: 'Reads health, workload, metrics and runbook of an incident, proposes what the runbook allows, runs it after approval and verifies it.',
    ko: '장애의 상태, 워크로드, 지표, 절차서를 확인하고 절차서가 허용하는 조치를 제안하며, 승인 후 실행하고 검증합니다.',
  },
  input,
  exampleInput: {},
  output: z.object({
    outcome: z.enum(outcomes),
    cause: z.string(),
    approval: z.string().nullable(),
    verification: z.string().nullable(),
  }),
  maxRisk: 'medium',
  usesLanguageModel: true,
  describe: () => ({ en: 'Investigate and respond', ko: '조사와 대응' }),
  run: async (_, context): Promise<Result> => {
    for (let round = 1; ; round++) {
      const incident = await context.record.incident();
      if (incident === null) {
        throw new AppError(
          'INVALID_INPUT',
          context.locale === 'KO' ? '이 작업에는 장애가 필요합니다.' : 'This task needs an incident.',
        );
      }
      const facts = await collectFacts(context, incident, round);
      const judged = triage(facts);
      await context.conclude(judged.finding);
      await rewordFinding(context, facts, judged, round);
      await deepenFinding(context, facts, judged, round);
      const ended = await act(context, incident, judged, round);
      if (ended !== 'again') return ended;
    }
  },
});

async function act(
  context: TaskContext,
  incident: IncidentFacts,
  judged: Triage,
  round: number,
): Promise<Result | 'again'> {
  const cause = say(judged.cause, context.locale);
  const end = (outcome: Outcome, approval: string | null = null, verification: string | null = null): Result => ({
    outcome,
    cause,
    approval,
    verification,
  });
  const note = (text: { en: string; ko: string }, evidenceRefs: readonly number[] = []) =>
    context.record.addTimeline({ kind: 'NOTE', text: say(text, context.locale), evidenceRefs });
  const { system } = incident;
  const workload = system?.workload;
  if (judged.proposal === null || !system || !workload) {
    if (round === 1) return end('INVESTIGATED');
    await note(words.recovered);
    return end('RECOVERED');
  }
  const tag = round === 1 ? '' : `:${round}`;
  const request: ActionRequest<typeof workload> = {
    tool: workloadRestart,
    args: workload,
    reason: judged.proposal.reason,
    ...(judged.proposal.named === null ? {} : { named: judged.proposal.named }),
  };
  const title = { en: `Approval: restart ${workload.name}`, ko: `승인: ${workload.name} 재시작` };
  const decided = await context.approve(`approve${tag}`, title, request);
  if (decided.decision === 'refused') {
    await note(words.refused(decided.reason));
    return end('NOT_APPROVED');
  }
  if (decided.decision !== 'approved') {
    await note(
      words.notDecided(
        decided.number,
        decided.decision === 'rejected' ? `${decided.by}: ${decided.reason}` : decided.reason,
      ),
    );
    return end('NOT_APPROVED', decided.number);
  }
  const ran = await context.effect(
    `restart${tag}`,
    { en: `Restart ${workload.name}`, ko: `${workload.name} 재시작` },
    decided.approvalId,
    request,
  );
  if (ran.status === 'drifted') {
    await note(round < askedAtMost ? words.drifted(ran.reason) : words.driftedAgain);
    return round < askedAtMost ? 'again' : end('DRIFTED', decided.number);
  }
  if (ran.status === 'unknown' && ran.observed !== 'IT_RAN') {
    await note(ran.observed === 'ABANDON' ? words.abandoned : words.saidNotRun);
    return end('OUTCOME_UNKNOWN', decided.number);
  }
  if (ran.status === 'done' && !ran.accepted) {
    await context.actionOutcome(decided.approvalId, 'FAILED');
    await note(words.targetRefused(ran.answer));
    return end('REFUSED_BY_TARGET', decided.number);
  }
  const seen: Verification = await verify(context, system, tag);
  if (!seen.good) {
    await context.actionOutcome(decided.approvalId, 'EXECUTED_UNVERIFIED');
    await note(words.notVerified(seen.seconds, seen.summary), seen.refs);
    return end('NOT_VERIFIED', decided.number, seen.summary);
  }
  await context.actionOutcome(decided.approvalId, 'VERIFIED');
  const target = targetOf(workload);
  const fix = ran.status === 'done' ? words.fix(target) : words.fixSeen(target);
  await context.record.resolveIncident({ cause, fix: say(fix, context.locale), verification: seen.summary });
  await context.record.postReport(await context.record.incidentReport());
  return end('RESOLVED', decided.number, seen.summary);
}
