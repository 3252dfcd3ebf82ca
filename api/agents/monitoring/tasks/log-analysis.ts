import { z } from 'zod';
import { AppError } from '../../../../lib/errors.ts';
import { logPatterns } from '../../../tools/log-patterns.ts';
import { type ClaimDraft, defineTask } from '../../task.ts';

const input = z.strictObject({
  /** A registered log source, or a system that has one; the only one when left out. */
  source: z.string().min(1).max(120).optional(),
  minutes: z.number().int().min(1).max(10_080).default(60),
  /** End of the range; now when left out. */
  to: z.iso.datetime().optional(),
});
const output = z.object({
  sources: z.array(
    z.object({
      source: z.string(),
      lines: z.number(),
      errors: z.number(),
      warnings: z.number(),
      evidenceRef: z.number().int(),
      patterns: z.array(
        z.object({
          template: z.string(),
          severity: z.string(),
          count: z.number(),
          firstAt: z.string().nullable(),
          lastAt: z.string().nullable(),
        }),
      ),
    }),
  ),
});
const limit = 20_000;
const told = 5;
const clock = (iso: string | null): string => (iso === null ? '?' : iso.slice(11, 19));

/** Groups the errors and warnings of a time range into patterns. Needs no language model. */
export const task = defineTask<z.infer<typeof input>>({
  type: 'log_analysis',
  title: { en: 'Log analysis', ko: '로그 분석' },
  description: {
    en: 'Reads a registered log (Loki or files) for a time range and groups errors and warnings into patterns with counts, first and last time.',
    ko: '등록된 로그(Loki 또는 파일)를 기간별로 읽어 오류와 경고를 패턴으로 묶고 건수와 처음·마지막 시각을 보여 줍니다.',
  },
  input,
  exampleInput: { source: 'payment-api', minutes: 60 },
  output,
  maxRisk: 'read_only',
  usesLanguageModel: false,
  describe: ({ source, minutes }) => ({
    en: `Logs${source === undefined ? '' : ` of ${source}`}, last ${minutes} min`,
    ko: `${source === undefined ? '' : `${source} `}로그, 최근 ${minutes}분`,
  }),
  run: async ({ source: wanted, minutes, to: end }, context) => {
    const { logs } = await context.record.sources();
    const chosen = wanted === undefined ? logs : logs.filter((one) => one.name === wanted || one.system === wanted);
    if (chosen.length === 0 || (wanted === undefined && logs.length > 5)) {
      const list = logs.map((one) => one.name).join(', ');
      const message =
        logs.length === 0
          ? { en: 'No log source is registered.', ko: '등록된 로그가 없습니다.' }
          : { en: `Which log? Registered: ${list}`, ko: `어느 로그인지 알려 주세요. 등록된 것: ${list}` };
      throw new AppError(
        logs.length === 0 ? 'NOT_CONFIGURED' : 'MISSING_INPUT',
        context.locale === 'KO' ? message.ko : message.en,
        { path: ['input', 'params', 'source'] },
      );
    }
    const to = end === undefined ? await context.now('now') : new Date(end);
    const from = new Date(to.getTime() - minutes * 60_000);
    const sources: z.infer<typeof output>['sources'] = [];
    const reasons: ClaimDraft[] = [];
    const notChecked: string[] = [];
    for (const { name } of chosen.slice(0, 5)) {
      const reply = await context.tool(`log:${name}`, { en: `Read ${name}`, ko: `${name} 로그 읽기` }, logPatterns, {
        source: name,
        from: from.toISOString(),
        to: to.toISOString(),
        limit,
      });
      const { ref } = reply.evidence;
      if (reply.outcome !== 'success') {
        notChecked.push(`${name}: ${reply.reason}`);
        continue;
      }
      const { data } = reply;
      if (data.cut)
        notChecked.push(
          context.locale === 'KO'
            ? `${name}: 가장 최근 ${limit}줄만 읽었습니다.`
            : `${name}: only the newest ${limit} lines were read.`,
        );
      sources.push({
        source: name,
        lines: data.lines,
        errors: data.fatal + data.errors,
        warnings: data.warnings,
        evidenceRef: ref,
        patterns: data.patterns.map(({ template, severity, count, firstAt, lastAt }) => ({
          template,
          severity,
          count,
          firstAt,
          lastAt,
        })),
      });
      for (const [at, one] of data.patterns.slice(0, told).entries())
        reasons.push({
          text: {
            en: `${name}: ${one.count} × ${one.severity}, ${clock(one.firstAt)} to ${clock(one.lastAt)} UTC: ${one.template.slice(0, 160)}`,
            ko: `${name}: ${one.severity} ${one.count}건, ${clock(one.firstAt)}~${clock(one.lastAt)} UTC: ${one.template.slice(0, 160)}`,
          },
          evidenceRefs: [ref],
          check: { kind: 'equals', ref, path: ['patterns', at, 'count'], value: one.count },
        });
      if (data.patterns.length === 0)
        reasons.push({
          text: {
            en: `${name}: ${data.lines} lines, no error and no warning.`,
            ko: `${name}: ${data.lines}줄, 오류와 경고 없음.`,
          },
          evidenceRefs: [ref],
          check: { kind: 'equals', ref, path: ['errors'], value: data.errors },
        });
    }
    const errors = sources.reduce((sum, one) => sum + one.errors, 0);
    const warnings = sources.reduce((sum, one) => sum + one.warnings, 0);
    const lines = sources.reduce((sum, one) => sum + one.lines, 0);
    await context.conclude({
      headline:
        sources.length === 0
          ? { en: 'No line could be read for this range.', ko: '이 기간의 로그를 읽지 못했습니다.' }
          : {
              en: `${errors} errors and ${warnings} warnings in ${lines} lines`,
              ko: `${lines}줄에서 오류 ${errors}건, 경고 ${warnings}건`,
            },
      verdict: sources.length === 0 ? 'INCONCLUSIVE' : 'FOUND',
      confidence: sources.length === 0 ? 'NONE' : notChecked.length === 0 ? 'HIGH' : 'MEDIUM',
      situation: [],
      reasons: reasons.slice(0, 12),
      against: [],
      notChecked,
      needed: [],
      writtenByModel: false,
    });
    return { sources };
  },
});
