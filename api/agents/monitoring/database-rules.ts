import type { FreshnessReading } from '../../tools/db-freshness.ts';
import type { DbHealthReading } from '../../tools/db-health.ts';
import type { ClaimDraft } from '../task.ts';

/** Limits above which a reading is a problem. */
export interface DatabaseLimits {
  readonly longSeconds: number;
  readonly idleSeconds: number;
  readonly blockedSeconds: number;
  readonly connectionShare: number;
}

/** Something wrong with a database, in one sentence that names it. */
export interface DatabaseProblem {
  readonly kind: 'blocking' | 'long-query' | 'idle-in-transaction' | 'connections' | 'stale' | 'replication' | 'bloat';
  readonly pid: number | null;
  readonly claim: ClaimDraft;
}

const cut = (query: string): string => query.slice(0, 120);
const slotLimitBytes = 1_073_741_824;
const lagLimitSeconds = 60;

/** What is wrong, worst first: who holds others up comes before who is merely slow. */
export function problemsOf(
  reading: DbHealthReading,
  ref: number,
  freshness: { readonly reading: FreshnessReading; readonly ref: number } | null,
  limits: DatabaseLimits,
): readonly DatabaseProblem[] {
  const found: DatabaseProblem[] = [];
  const add = (
    kind: DatabaseProblem['kind'],
    pid: number | null,
    text: ClaimDraft['text'],
    path: readonly (string | number)[] | null,
    value: string | number | boolean | null = null,
    cited = ref,
  ): void => {
    found.push({
      kind,
      pid,
      claim: {
        text,
        evidenceRefs: [cited],
        ...(path === null ? {} : { check: { kind: 'equals', ref: cited, path, value } }),
      },
    });
  };
  const named = new Set<number>();
  for (const [at, chain] of reading.chains.entries()) {
    const longest = Math.max(...chain.blocked.map((one) => one.blockedSeconds));
    if (longest < limits.blockedSeconds) continue;
    named.add(chain.root.pid);
    const pids = chain.blocked.map((one) => one.pid).join(', ');
    const { pid, user, state, query, transactionAgeSeconds } = chain.root;
    add(
      'blocking',
      pid,
      {
        en: `pid ${pid} (${user}, ${state}) holds up ${chain.blocked.length} sessions (pid ${pids}) for ${longest} s; its transaction is open for ${transactionAgeSeconds ?? 0} s: ${cut(query)}`,
        ko: `pid ${pid}(${user}, ${state})이(가) 세션 ${chain.blocked.length}개(pid ${pids})를 ${longest}초째 막고 있습니다. 트랜잭션 ${transactionAgeSeconds ?? 0}초째: ${cut(query)}`,
      },
      ['chains', at, 'root', 'pid'],
      pid,
    );
  }
  for (const [at, one] of reading.long.entries()) {
    if (one.waitsFor?.startsWith('Lock') === true || named.has(one.pid)) continue;
    add(
      'long-query',
      one.pid,
      {
        en: `pid ${one.pid} (${one.user}) has been running a query for ${one.queryAgeSeconds} s: ${cut(one.query)}`,
        ko: `pid ${one.pid}(${one.user})의 쿼리가 ${one.queryAgeSeconds}초째 실행 중입니다: ${cut(one.query)}`,
      },
      ['long', at, 'pid'],
      one.pid,
    );
  }
  for (const [at, one] of reading.idleInTransaction.entries()) {
    if (named.has(one.pid)) continue;
    add(
      'idle-in-transaction',
      one.pid,
      {
        en: `pid ${one.pid} (${one.user}) has an idle transaction open for ${one.transactionAgeSeconds ?? 0} s; last: ${cut(one.query)}`,
        ko: `pid ${one.pid}(${one.user})의 트랜잭션이 ${one.transactionAgeSeconds ?? 0}초째 유휴 상태입니다. 마지막 쿼리: ${cut(one.query)}`,
      },
      ['idleInTransaction', at, 'pid'],
      one.pid,
    );
  }
  const { used, max } = reading.connections;
  if (max > 0 && used / max >= limits.connectionShare) {
    const share = Math.round((used / max) * 100);
    add(
      'connections',
      null,
      {
        en: `${used} of ${max} connections are taken (${share} %).`,
        ko: `연결 ${max}개 중 ${used}개(${share}%)를 쓰고 있습니다.`,
      },
      ['connections', 'used'],
      used,
    );
  }
  for (const [at, one] of (freshness?.reading.tables ?? []).entries()) {
    if (!one.stale || freshness === null) continue;
    add(
      'stale',
      null,
      one.ageMinutes === null
        ? { en: `${one.name} is empty.`, ko: `${one.name}에 데이터가 없습니다.` }
        : {
            en: `${one.name} got its newest row ${one.ageMinutes} min ago, limit ${one.maxAgeMinutes} min.`,
            ko: `${one.name}의 최신 데이터가 ${one.ageMinutes}분 전입니다(한도 ${one.maxAgeMinutes}분).`,
          },
      ['tables', at, 'ageMinutes'],
      one.ageMinutes,
      freshness.ref,
    );
  }
  for (const one of reading.replicas)
    if ((one.lagSeconds ?? 0) >= lagLimitSeconds || one.state !== 'streaming')
      add(
        'replication',
        null,
        {
          en: `Replica ${one.name} is ${one.state}, ${Math.round(one.lagSeconds ?? 0)} s behind.`,
          ko: `복제본 ${one.name}: ${one.state}, ${Math.round(one.lagSeconds ?? 0)}초 지연.`,
        },
        null,
      );
  for (const one of reading.slots)
    if (!one.active && (one.retainedBytes ?? 0) >= slotLimitBytes)
      add(
        'replication',
        null,
        {
          en: `Slot ${one.name} is inactive and keeps ${Math.round((one.retainedBytes ?? 0) / 1_048_576)} MB of WAL.`,
          ko: `복제 슬롯 ${one.name}이(가) 비활성이며 WAL ${Math.round((one.retainedBytes ?? 0) / 1_048_576)}MB를 잡고 있습니다.`,
        },
        null,
      );
  for (const one of reading.bloat.slice(0, 3))
    add(
      'bloat',
      null,
      {
        en: `${one.table} holds ${one.deadRows} dead rows (${Math.round(one.deadShare * 100)} %).`,
        ko: `${one.table}에 죽은 행이 ${one.deadRows}개(${Math.round(one.deadShare * 100)}%) 있습니다.`,
      },
      null,
    );
  return found;
}
