import { z } from 'zod';
import { AppError } from '../../../../lib/errors.ts';
import { dataCheck } from '../../../tools/data-check.ts';
import { type ClaimDraft, defineTask } from '../../task.ts';
import { chooseDatabase } from '../choose.ts';

const input = z.strictObject({
  database: z.string().trim().min(1).max(63).optional(),
  /** Names of registered checks; all of them when left out. */
  checks: z.array(z.string().min(1).max(63)).min(1).max(100).optional(),
});
const output = z.object({
  database: z.string(),
  checks: z.array(
    z.object({
      check: z.string(),
      count: z.number().nullable(),
      sample: z.array(z.string()),
      evidenceRef: z.number().int(),
      message: z.string(),
    }),
  ),
  broken: z.number().int(),
});

/** Runs registered checks of data. Their SQL is made by code from registered names, so nothing has to be confirmed. Needs no language model. */
export const task = defineTask<z.infer<typeof input>>({
  type: 'data_integrity_check',
  title: { en: 'Data integrity check', ko: '데이터 정합성 검사' },
  description: {
    en: 'Runs the registered checks of a database (orphans, ranges, duplicates, nulls): counts and sample ids.',
    ko: '데이터베이스에 등록된 검사(고아 행, 범위, 중복, 빈 값)를 실행해 건수와 예시 id를 보여 줍니다.',
  },
  input,
  exampleInput: { database: 'shop' },
  output,
  maxRisk: 'read_only',
  usesLanguageModel: false,
  describe: ({ database }) => ({
    en: `Data checks${database === undefined ? '' : ` of ${database}`}`,
    ko: `${database === undefined ? '' : `${database} `}데이터 검사`,
  }),
  run: async (given, context) => {
    const database = chooseDatabase(await context.record.sources(), given.database, context.locale);
    const unknown = (given.checks ?? []).filter((name) => !database.checks.includes(name));
    const wanted = database.checks.filter((name) => given.checks === undefined || given.checks.includes(name));
    if (unknown.length > 0 || wanted.length === 0) {
      const there = database.checks.join(', ');
      const message =
        unknown.length > 0
          ? {
              en: `${database.name} has no check ${unknown.join(', ')}. There are: ${there || 'none'}`,
              ko: `${database.name}에 없는 검사입니다: ${unknown.join(', ')}. 등록된 검사: ${there || '없음'}`,
            }
          : { en: `No check is registered for ${database.name}.`, ko: `${database.name}에 등록된 검사가 없습니다.` };
      throw new AppError('INVALID_INPUT', context.locale === 'KO' ? message.ko : message.en, {
        path: ['input', 'params', 'checks'],
      });
    }
    const checks: z.infer<typeof output>['checks'] = [];
    const claims: ClaimDraft[] = [];
    for (const check of wanted) {
      const reply = await context.tool(`check:${check}`, { en: check, ko: check }, dataCheck, {
        database: database.name,
        check,
      });
      const { ref, summary } = reply.evidence;
      if (reply.outcome !== 'success') {
        checks.push({ check, count: null, sample: [], evidenceRef: ref, message: reply.reason });
        continue;
      }
      const { count, sample } = reply.data;
      checks.push({ check, count, sample, evidenceRef: ref, message: summary });
      claims.push({
        text:
          count === 0
            ? { en: `${check}: nothing breaks the rule.`, ko: `${check}: 어긋난 행이 없습니다.` }
            : {
                en: `${check}: ${count}, for example ${sample.join(', ')}.`,
                ko: `${check}: ${count}건, 예: ${sample.join(', ')}.`,
              },
        evidenceRefs: [ref],
        check: { kind: 'equals', ref, path: ['count'], value: count },
      });
    }
    const broken = checks.filter((one) => (one.count ?? 0) > 0).length;
    const failed = checks.filter((one) => one.count === null);
    await context.conclude({
      headline:
        broken === 0
          ? {
              en: `${claims.length} checks of ${database.name}, nothing found`,
              ko: `${database.name} 검사 ${claims.length}건, 이상 없음`,
            }
          : {
              en: `${broken} of ${checks.length} checks of ${database.name} found something`,
              ko: `${database.name} 검사 ${checks.length}건 중 ${broken}건에서 이상 발견`,
            },
      verdict: claims.length > 0 ? 'FOUND' : 'INCONCLUSIVE',
      confidence: failed.length === 0 ? 'HIGH' : 'MEDIUM',
      situation: [],
      reasons: claims,
      against: [],
      notChecked: failed.map((one) => `${one.check}: ${one.message}`),
      needed: [],
      writtenByModel: false,
    });
    return { database: database.name, checks, broken };
  },
});
