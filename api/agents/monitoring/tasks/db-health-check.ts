import { z } from 'zod';
import { AppError } from '../../../../lib/errors.ts';
import { dbFreshness } from '../../../tools/db-freshness.ts';
import { dbHealth } from '../../../tools/db-health.ts';
import { defineTask } from '../../task.ts';
import { problemsOf } from '../database-rules.ts';

const input = z.strictObject({
  /** A registered database; the only one when left out. */
  database: z.string().min(1).max(63).optional(),
  longSeconds: z.number().int().min(1).max(86_400).default(60),
  idleSeconds: z.number().int().min(1).max(86_400).default(300),
  blockedSeconds: z.number().int().min(0).max(3_600).default(5),
});
const output = z.object({
  database: z.string(),
  reachable: z.boolean(),
  problems: z.array(
    z.object({ kind: z.string(), pid: z.number().nullable(), text: z.string(), evidenceRef: z.number().int() }),
  ),
  connections: z.object({ used: z.number(), max: z.number() }).nullable(),
});

/** Looks into a database: who blocks whom, what runs long, connections, freshness, replication, dead rows. Needs no language model. */
export const task = defineTask<z.infer<typeof input>>({
  type: 'db_health_check',
  title: { en: 'Database check', ko: 'DB 점검' },
  description: {
    en: 'Reads connection use, blocking chains, long and idle transactions, slow statements, freshness, replication and dead rows of a registered database.',
    ko: '등록된 데이터베이스의 연결 사용, 잠금 대기, 긴 쿼리와 유휴 트랜잭션, 느린 쿼리, 최신성, 복제, 죽은 행을 확인합니다.',
  },
  input,
  exampleInput: { database: 'shop', longSeconds: 60, idleSeconds: 300, blockedSeconds: 5 },
  output,
  maxRisk: 'read_only',
  usesLanguageModel: false,
  describe: ({ database }) => ({
    en: `Database check${database === undefined ? '' : ` of ${database}`}`,
    ko: `${database === undefined ? '' : `${database} `}DB 점검`,
  }),
  run: async (given, context) => {
    const { databases } = await context.record.sources();
    const names = databases.map((one) => one.name);
    const name = given.database ?? (names.length === 1 ? names[0] : undefined);
    if (name === undefined || !names.includes(name)) {
      const list = names.join(', ') || (context.locale === 'KO' ? '없음' : 'none');
      const message =
        context.locale === 'KO'
          ? `어느 데이터베이스인지 알려 주세요. 등록된 것: ${list}`
          : `Which database? Registered: ${list}`;
      throw new AppError(names.length === 0 ? 'NOT_CONFIGURED' : 'MISSING_INPUT', message, {
        path: ['input', 'params', 'database'],
      });
    }
    const { longSeconds, idleSeconds, blockedSeconds } = given;
    const health = await context.tool(
      'health',
      { en: `Read the state of ${name}`, ko: `${name} 상태 확인` },
      dbHealth,
      { database: name, longSeconds, idleSeconds },
    );
    if (health.outcome !== 'success') {
      await context.conclude({
        headline: { en: `${name} could not be read.`, ko: `${name} 상태를 읽지 못했습니다.` },
        verdict: 'INCONCLUSIVE',
        confidence: 'NONE',
        situation: [{ text: health.reason, evidenceRefs: [health.evidence.ref] }],
        reasons: [],
        against: [],
        notChecked: [{ en: 'locks, queries, freshness and replication', ko: '잠금, 쿼리, 최신성, 복제' }],
        needed: [],
        writtenByModel: false,
      });
      return { database: name, reachable: false, problems: [], connections: null };
    }
    const fresh = await context.tool('freshness', { en: 'Newest rows', ko: '최신 데이터' }, dbFreshness, {
      database: name,
    });
    const reading = health.data;
    const { ref } = health.evidence;
    const problems = problemsOf(
      reading,
      ref,
      fresh.outcome === 'success' ? { reading: fresh.data, ref: fresh.evidence.ref } : null,
      { longSeconds, idleSeconds, blockedSeconds, connectionShare: 0.8 },
    );
    const worst = problems[0];
    const { used, max } = reading.connections;
    const slow = reading.slowStatements;
    await context.conclude({
      headline:
        worst === undefined
          ? {
              en: `${name} is healthy: nothing blocks, nothing runs over ${longSeconds} s.`,
              ko: `${name} 정상: 잠금 대기가 없고 ${longSeconds}초 넘는 쿼리가 없습니다.`,
            }
          : {
              en: `${name}: ${problems.length} found, first ${headlineOf(worst.kind).en}${worst.pid === null ? '' : ` (pid ${worst.pid})`}`,
              ko: `${name}: ${problems.length}건, 먼저 ${headlineOf(worst.kind).ko}${worst.pid === null ? '' : ` (pid ${worst.pid})`}`,
            },
      verdict: 'FOUND',
      confidence: 'HIGH',
      situation:
        slow === null || slow[0] === undefined
          ? []
          : [
              {
                text: {
                  en: `Most time since the counters began: ${slow[0].calls} calls, ${slow[0].meanMs} ms each: ${slow[0].query.slice(0, 120)}`,
                  ko: `누적 시간이 가장 긴 쿼리: ${slow[0].calls}회, 평균 ${slow[0].meanMs}ms: ${slow[0].query.slice(0, 120)}`,
                },
                evidenceRefs: [ref],
              },
            ],
      reasons: [
        ...problems.map((one) => one.claim),
        ...(problems.some((one) => one.kind === 'connections')
          ? []
          : [
              {
                text: {
                  en: `${used} of ${max} connections are taken.`,
                  ko: `연결 ${max}개 중 ${used}개를 쓰고 있습니다.`,
                },
                evidenceRefs: [ref],
                check: { kind: 'equals' as const, ref, path: ['connections', 'used'], value: used },
              },
            ]),
      ].slice(0, 12),
      against: [],
      notChecked: [
        ...(slow === null
          ? [
              {
                en: 'Slow statements over time: pg_stat_statements is not there.',
                ko: '누적 느린 쿼리: pg_stat_statements가 없습니다.',
              },
            ]
          : []),
        ...(fresh.outcome === 'error' ? [fresh.reason] : []),
      ],
      needed: [],
      writtenByModel: false,
    });
    const text = (one: (typeof problems)[number]): string =>
      typeof one.claim.text === 'string'
        ? one.claim.text
        : context.locale === 'KO'
          ? one.claim.text.ko
          : one.claim.text.en;
    return {
      database: name,
      reachable: true,
      problems: problems.map((one) => ({
        kind: one.kind,
        pid: one.pid,
        text: text(one),
        evidenceRef: one.claim.evidenceRefs[0] ?? ref,
      })),
      connections: { used, max },
    };
  },
});

function headlineOf(kind: ReturnType<typeof problemsOf>[number]['kind']): { readonly en: string; readonly ko: string } {
  switch (kind) {
    case 'blocking':
      return { en: 'a session that holds others up', ko: '다른 세션을 막는 세션' };
    case 'long-query':
      return { en: 'a long query', ko: '긴 쿼리' };
    case 'idle-in-transaction':
      return { en: 'an idle transaction', ko: '유휴 트랜잭션' };
    case 'connections':
      return { en: 'few connections left', ko: '남은 연결 부족' };
    case 'stale':
      return { en: 'old data', ko: '오래된 데이터' };
    case 'replication':
      return { en: 'replication', ko: '복제 문제' };
    case 'bloat':
      return { en: 'dead rows', ko: '죽은 행' };
    default:
      return kind satisfies never;
  }
}
