import type { Bilingual } from '../agent.ts';
import type { ClaimDraft, FindingDraft } from '../task.ts';

/** What was read about one system, each with the number of its stored evidence. */
export interface TriageFacts {
  readonly system: string | null;
  readonly alert: {
    readonly name: string;
    readonly firing: boolean;
    readonly startedAt: string;
    readonly occurrences30d: number;
    readonly ref: number;
  } | null;
  readonly health: { readonly state: HealthWord; readonly message: string; readonly ref: number } | null;
  readonly workload: {
    readonly name: string;
    readonly status: WorkloadWord;
    readonly exit: string | null;
    readonly ref: number;
  } | null;
  /** `empty`: the query that holds while the system works answered nothing. */
  readonly metric: { readonly result: 'value' | 'empty'; readonly summary: string; readonly ref: number } | null;
  readonly runbook: {
    readonly code: string;
    readonly title: string;
    readonly revision: number;
    readonly section: string;
    readonly found: 'alert-name' | 'runbook-url' | 'search';
    readonly automation: readonly RunbookAutomation[];
    readonly ref: number;
  } | null;
  /** What could not be read, with the reason. */
  readonly unread: readonly { readonly what: Bilingual; readonly reason: string }[];
}
export type HealthWord = 'HEALTHY' | 'SLOW' | 'UNHEALTHY' | 'UNKNOWN';
export type WorkloadWord = 'running' | 'degraded' | 'stopped' | 'missing' | 'unknown';
interface RunbookAutomation {
  readonly action: string;
  readonly when: string | null;
  readonly arguments: Readonly<Record<string, string>>;
}

/** What the rules make of the facts. */
export interface Triage {
  readonly finding: FindingDraft;
  /** Cause in one sentence, for the record of the incident. */
  readonly cause: Bilingual;
  readonly proposal: RestartProposal | null;
}

/** A restart the runbook allows under what was read. */
interface RestartProposal {
  readonly action: 'workload.restart';
  readonly named: { readonly policy: string; readonly namedBy: string } | null;
  readonly reason: string;
}

/**
 * Whether a runbook's `when` holds: terms joined by "and", each `healthy`, `unhealthy`, `slow`, or `workload a/b/…`.
 * No condition, or a term nobody knows, is a no.
 */
export function conditionHolds(when: string | null, health: HealthWord, workload: WorkloadWord): boolean {
  if (when === null || when.trim() === '') return false;
  return when
    .trim()
    .toLowerCase()
    .split(/\s+and\s+/)
    .every((term) => {
      const states = /^workload\s+([a-z]+(?:\s*\/\s*[a-z]+)*)$/.exec(term)?.[1];
      if (states !== undefined) return states.split('/').some((state) => state.trim() === workload);
      return term === 'healthy' || term === 'unhealthy' || term === 'slow' ? term === health.toLowerCase() : false;
    });
}

/** Judges stored readings by rules alone: what is happening, why we think so, what argues against it, and what may be done. */
export function triage(facts: TriageFacts): Triage {
  const name = facts.system ?? facts.alert?.name ?? 'system';
  const health = facts.health?.state ?? 'UNKNOWN';
  const workload = facts.workload?.status ?? 'unknown';
  const reading = judge(name, health, workload, facts);
  const proposal = health === 'UNHEALTHY' ? proposalOf(facts, health, workload) : null;
  const runbook = facts.runbook;
  const cited: ClaimDraft[] =
    runbook === null
      ? []
      : [
          claim(
            `${runbook.code} §${runbook.section} covers this alert${runbook.found === 'search' ? ' (nearest manual, found by search)' : ''}.`,
            `${runbook.code} §${runbook.section} 문서가 이 알림을 다룹니다${runbook.found === 'search' ? ' (검색으로 찾은 가장 가까운 문서)' : ''}.`,
            runbook.ref,
          ),
        ];
  return {
    cause: reading.headline,
    proposal,
    finding: {
      headline: reading.headline,
      verdict: reading.verdict,
      confidence: reading.confidence,
      situation: situationOf(name, facts),
      reasons: [...reading.reasons, ...(reading.verdict === 'FOUND' ? cited : [])],
      against: reading.against,
      notChecked: facts.unread.map(({ what, reason }) => ({
        en: `${what.en}: ${reason}`,
        ko: `${what.ko}: ${reason}`,
      })),
      needed: reading.verdict === 'FOUND' ? [] : neededFor(facts),
      writtenByModel: false,
    },
  };
}

function claim(en: string, ko: string, ref: number): ClaimDraft {
  return { text: { en, ko }, evidenceRefs: [ref] };
}

function checked(draft: ClaimDraft, path: string, value: string, ref: number): ClaimDraft {
  return { ...draft, check: { kind: 'equals', ref, path: [path], value } };
}

function situationOf(name: string, facts: TriageFacts): ClaimDraft[] {
  const { alert, health } = facts;
  const found: ClaimDraft[] = [];
  if (health !== null) found.push(claim(`${name}: ${health.message}.`, `${name}: ${health.message}.`, health.ref));
  if (alert !== null) {
    const since = alert.startedAt.slice(11, 19);
    found.push(
      claim(
        `${alert.name} ${alert.firing ? 'has been firing' : 'fired and is resolved,'} since ${since} UTC, ${alert.occurrences30d} in 30 days.`,
        `${alert.name} 알림이 ${since} UTC부터 ${alert.firing ? '발생 중' : '발생 후 해제됨'}, 30일간 ${alert.occurrences30d}회.`,
        alert.ref,
      ),
    );
  }
  return found;
}

interface Reading {
  readonly headline: Bilingual;
  readonly verdict: 'FOUND' | 'INCONCLUSIVE';
  readonly confidence: 'HIGH' | 'MEDIUM' | 'LOW' | 'NONE';
  readonly reasons: readonly ClaimDraft[];
  readonly against: readonly ClaimDraft[];
}

function judge(name: string, health: HealthWord, workload: WorkloadWord, facts: TriageFacts): Reading {
  const against = againstOf(name, health, facts);
  if (facts.health === null || health === 'UNKNOWN') {
    return inconclusive({ en: `The state of ${name} is not known`, ko: `${name}의 상태를 알 수 없음` }, against);
  }
  if (health === 'HEALTHY') {
    return inconclusive({ en: `${name} answers normally now`, ko: `${name}은(는) 지금 정상 응답 중` }, [
      checked(
        claim(`${name} ${facts.health.message}.`, `${name} ${facts.health.message}.`, facts.health.ref),
        'state',
        'HEALTHY',
        facts.health.ref,
      ),
    ]);
  }
  const reasons = reasonsOf(name, health, facts);
  if (health === 'SLOW') {
    return {
      headline: { en: `${name} is slow; its cause is not known`, ko: `${name} 응답이 느림, 원인은 미확인` },
      verdict: 'FOUND',
      confidence: 'LOW',
      reasons,
      against,
    };
  }
  const found = (en: string, ko: string, confidence: 'HIGH' | 'MEDIUM' | 'LOW'): Reading => ({
    headline: { en, ko },
    verdict: 'FOUND',
    confidence,
    reasons,
    against,
  });
  const target = facts.workload?.name ?? name;
  switch (workload) {
    case 'stopped': {
      const exit = facts.workload?.exit;
      const how = exit ? ` (${exit})` : '';
      return found(`${target} has stopped${how}`, `${target} 중지됨${how}`, 'HIGH');
    }
    case 'missing':
      return found(`${target} does not exist where it is registered`, `${target}이(가) 등록된 곳에 없음`, 'MEDIUM');
    case 'degraded':
      return found(`Only a part of ${target} is ready`, `${target}의 일부만 준비됨`, 'MEDIUM');
    case 'running':
      return found(
        `${target} runs but does not answer as expected`,
        `${target}은(는) 실행 중이지만 정상 응답하지 않음`,
        'MEDIUM',
      );
    case 'unknown':
      return found(
        `${name} does not answer; the state of its workload is not known`,
        `${name} 응답 없음, 워크로드 상태 미확인`,
        'LOW',
      );
    default:
      return workload satisfies never;
  }
}

function inconclusive(headline: Bilingual, against: readonly ClaimDraft[]): Reading {
  return { headline, verdict: 'INCONCLUSIVE', confidence: 'LOW', reasons: [], against };
}

function reasonsOf(name: string, health: HealthWord, facts: TriageFacts): ClaimDraft[] {
  const found: ClaimDraft[] = [];
  if (facts.health !== null) {
    const { ref, message } = facts.health;
    found.push(
      checked(
        claim(`The health check of ${name} failed: ${message}.`, `${name} 상태 점검 실패: ${message}.`, ref),
        'state',
        health,
        ref,
      ),
    );
  }
  if (facts.workload !== null && facts.workload.status !== 'unknown' && facts.workload.status !== 'missing') {
    const { ref, status, name: target, exit } = facts.workload;
    const how = exit === null ? '' : `, ${exit}`;
    found.push(
      checked(claim(`${target} is ${status}${how}.`, `${target} 상태: ${status}${how}.`, ref), 'status', status, ref),
    );
  }
  if (facts.metric?.result === 'empty') {
    found.push(
      claim(
        `Prometheus agrees: ${facts.metric.summary}.`,
        `Prometheus도 일치: ${facts.metric.summary}.`,
        facts.metric.ref,
      ),
    );
  }
  return found;
}

function againstOf(name: string, health: HealthWord, facts: TriageFacts): ClaimDraft[] {
  if (facts.metric?.result === 'value' && health === 'UNHEALTHY') {
    return [
      claim(
        `Prometheus still counts ${name} as working: ${facts.metric.summary}.`,
        `Prometheus는 ${name}을(를) 아직 정상으로 봅니다: ${facts.metric.summary}.`,
        facts.metric.ref,
      ),
    ];
  }
  return [];
}

function neededFor(facts: TriageFacts): Bilingual[] {
  const needed: Bilingual[] = [];
  if (facts.system === null)
    needed.push({ en: 'A registered system behind this alert', ko: '이 알림에 해당하는 등록된 시스템' });
  if (facts.health === null) needed.push({ en: 'A health address that can be called', ko: '호출할 수 있는 상태 주소' });
  if (facts.health?.state === 'HEALTHY') {
    needed.push({
      en: 'What its users see, or the next firing of the alert',
      ko: '사용자가 겪는 증상 또는 알림의 다음 발생',
    });
  }
  return needed;
}

function proposalOf(facts: TriageFacts, health: HealthWord, workload: WorkloadWord): RestartProposal | null {
  const { runbook } = facts;
  // A manual that was only found by search names no step for this alert.
  if (facts.workload === null || runbook === null || runbook.found === 'search') return null;
  const step = runbook.automation.find(
    (one) => one.action === 'workload.restart' && conditionHolds(one.when, health, workload),
  );
  if (step === undefined) return null;
  const policy = step.arguments.policy;
  return {
    action: 'workload.restart',
    named: policy === undefined ? null : { policy, namedBy: `${runbook.code} rev ${runbook.revision}` },
    reason: `${runbook.code} §${runbook.section} [${runbook.ref}]`,
  };
}
