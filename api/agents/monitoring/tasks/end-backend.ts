import { z } from 'zod';
import { AppError } from '../../../../lib/errors.ts';
import { backendCancel, backendTerminate } from '../../../tools/backend-end.ts';
import { backendRead } from '../../../tools/backend-read.ts';
import { defineTask } from '../../task.ts';

const input = z.strictObject({
  database: z.string().min(1).max(63),
  pid: z.number().int().min(1).max(2_147_483_647),
  kind: z.enum(['cancel', 'terminate']).default('cancel'),
  /** Only reads the session and shows what would be done. */
  dryRun: z.boolean().default(false),
});
const output = z.object({
  outcome: z.enum(['ended', 'still-there', 'not-there', 'not-approved', 'changed', 'refused', 'unknown', 'dry-run']),
  database: z.string(),
  pid: z.number().int(),
  message: z.string(),
});

/** Cancels a query or ends a session after other people agreed, and looks again afterwards. Needs no language model. */
export const task = defineTask<z.infer<typeof input>>({
  type: 'end_backend',
  title: { en: 'End a database session', ko: 'DB 세션 종료' },
  description: {
    en: 'Cancels the query of a session (one other person agrees) or ends the session (two do), only while it is the same query, and verifies it.',
    ko: '세션의 쿼리를 취소(다른 1명 승인)하거나 세션을 종료(2명 승인)합니다. 같은 쿼리일 때만 실행하고 결과를 검증합니다.',
  },
  input,
  exampleInput: { database: 'shop', pid: 4711, kind: 'cancel', dryRun: true },
  output,
  maxRisk: 'high',
  usesLanguageModel: false,
  describe: ({ database, pid, kind }) =>
    kind === 'cancel'
      ? { en: `Cancel the query of pid ${pid} on ${database}`, ko: `${database} pid ${pid} 쿼리 취소` }
      : { en: `End session pid ${pid} on ${database}`, ko: `${database} pid ${pid} 세션 종료` },
  run: async ({ database, pid, kind, dryRun }, context) => {
    const { databases } = await context.record.sources();
    if (!databases.some((one) => one.name === database))
      throw new AppError(
        'INVALID_INPUT',
        context.locale === 'KO' ? `등록되지 않은 데이터베이스입니다: ${database}` : `Not registered: ${database}`,
        { path: ['input', 'params', 'database'] },
      );
    const ended = (outcome: z.infer<typeof output>['outcome'], message: string) => ({
      outcome,
      database,
      pid,
      message,
    });
    const before = await context.tool('session', { en: `Session ${pid}`, ko: `세션 ${pid}` }, backendRead, {
      database,
      pid,
      until: null,
    });
    if (before.outcome !== 'success') return ended('unknown', before.reason);
    const { present, backendStart, queryStart, query, user } = before.data;
    if (!present) return ended('not-there', before.evidence.summary);
    if (dryRun) return ended('dry-run', before.evidence.summary);
    const tool = kind === 'cancel' ? backendCancel : backendTerminate;
    const action = {
      tool,
      args: { database, pid, backendStart, queryStart, query, user },
      reason: `[${before.evidence.ref}] ${before.evidence.summary}`,
    };
    const approval = await context.approve('approval', { en: 'Approval', ko: '승인' }, action);
    if (approval.decision !== 'approved') return ended('not-approved', approval.reason);
    const effect = await context.effect('end', { en: 'End it', ko: '종료 실행' }, approval.approvalId, action);
    if (effect.status === 'drifted') return ended('changed', effect.reason);
    if (effect.status === 'done' && !effect.accepted) return ended('refused', effect.answer);
    const after = await context.tool('verify', { en: 'Look again', ko: '다시 확인' }, backendRead, {
      database,
      pid,
      until: { backendStart, queryStart, kind, waitMs: 5_000 },
    });
    if (after.outcome !== 'success') {
      await context.actionOutcome(approval.approvalId, 'EXECUTED_UNVERIFIED');
      return ended('unknown', after.reason);
    }
    const gone = !after.data.same;
    if (effect.status === 'unknown' && effect.observed !== 'IT_RAN')
      return ended(gone ? 'ended' : 'still-there', after.evidence.summary);
    await context.actionOutcome(approval.approvalId, gone ? 'VERIFIED' : 'FAILED');
    return ended(gone ? 'ended' : 'still-there', after.evidence.summary);
  },
});
