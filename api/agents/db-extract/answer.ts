import type { ClaimDraft, FindingDraft, SourceFacts, StoredEvidence } from '../task.ts';
import type { Proposal, Ran } from './ask.ts';

type Ended = {
  readonly outcome: 'rows' | 'refused' | 'not-confirmed' | 'failed' | 'needs-model' | 'missing';
  readonly finding: FindingDraft;
};

const empty = { reasons: [], against: [], notChecked: [], needed: [] } satisfies Partial<FindingDraft>;
const cite = (text: ClaimDraft['text'], evidence: StoredEvidence | null): ClaimDraft[] =>
  evidence === null ? [] : [{ text, evidenceRefs: [evidence.ref] }];

/** What is said when no statement came to be run. */
export function notPlanned(
  proposal: Exclude<Proposal, { kind: 'planned' }>,
  database: SourceFacts['databases'][number],
): Ended {
  const saved = database.queries.map((one) => one.name).join(', ');
  switch (proposal.kind) {
    case 'refused':
      return {
        outcome: 'refused',
        finding: {
          ...empty,
          headline: {
            en: `The query was not run. ${proposal.reason.en}`,
            ko: `쿼리를 실행하지 않았습니다. ${proposal.reason.ko}`,
          },
          verdict: 'INCONCLUSIVE',
          confidence: 'NONE',
          situation: cite({ en: proposal.reason.en, ko: proposal.reason.ko }, proposal.evidence),
          writtenByModel: false,
        },
      };
    case 'missing':
      return {
        outcome: 'missing',
        finding: {
          ...empty,
          headline: { en: `${database.name} cannot answer this.`, ko: `${database.name}에서 답할 수 없는 질문입니다.` },
          verdict: 'INCONCLUSIVE',
          confidence: 'NONE',
          situation: cite(
            { en: `The tables of ${database.name} were read.`, ko: `${database.name}의 테이블을 확인했습니다.` },
            proposal.evidence,
          ),
          needed: proposal.what === '' ? [] : [proposal.what],
          writtenByModel: true,
        },
      };
    case 'no-model':
      return {
        outcome: 'needs-model',
        finding: {
          ...empty,
          headline: {
            en: 'Turning this question into SQL needs a language model, and none is available.',
            ko: '이 질문을 SQL로 바꾸려면 언어 모델이 필요한데, 지금은 쓸 수 없습니다.',
          },
          verdict: 'INCONCLUSIVE',
          confidence: 'NONE',
          situation: [],
          needed: [
            { en: 'Give the SQL itself: `data select …`', ko: 'SQL을 직접 적어 주세요: `데이터 select …`' },
            ...(saved === ''
              ? []
              : [{ en: `Or ask a saved query: ${saved}`, ko: `또는 저장된 쿼리를 요청하세요: ${saved}` }]),
          ],
          writtenByModel: false,
        },
      };
    default:
      return proposal satisfies never;
  }
}

/** What is said after the person decided. Rows are counted, never shown: they went to one person. */
export function afterRun(proposal: Extract<Proposal, { kind: 'planned' }>, ran: Ran, delivered: boolean): Ended {
  const { plan, evidence: planned } = proposal;
  const read = cite(
    {
      en: `One read of ${plan.relations.join(', ') || 'no table'}.`,
      ko: `${plan.relations.join(', ') || '테이블 없음'} 조회 1건.`,
    },
    planned,
  );
  const base = { ...empty, writtenByModel: proposal.origin === 'model', situation: read };
  if (ran.kind !== 'rows') {
    const stopped = ran.kind === 'not-confirmed';
    return {
      outcome: stopped ? 'not-confirmed' : 'failed',
      finding: {
        ...base,
        headline: stopped
          ? {
              en: `The query was not confirmed and did not run. ${ran.reason}`.trim(),
              ko: `확인되지 않아 쿼리를 실행하지 않았습니다. ${ran.reason}`.trim(),
            }
          : { en: `The query did not bring rows: ${ran.reason}`, ko: `쿼리 결과를 얻지 못했습니다: ${ran.reason}` },
        verdict: 'INCONCLUSIVE',
        confidence: 'NONE',
      },
    };
  }
  const { rowCount, cut, masked } = ran.reading;
  const to = delivered
    ? { en: ', sent to the person who asked', ko: '을 질문한 분에게 보냈습니다' }
    : { en: ', kept with the task', ko: '을 작업에 보관했습니다' };
  return {
    outcome: 'rows',
    finding: {
      ...base,
      headline: { en: `${rowCount} rows${to.en}`, ko: `${rowCount}행${to.ko}` },
      verdict: 'FOUND',
      confidence: 'HIGH',
      reasons: [
        {
          text: { en: `It brought ${rowCount} rows.`, ko: `결과는 ${rowCount}행입니다.` },
          evidenceRefs: [ran.evidence.ref],
          check: { kind: 'equals', ref: ran.evidence.ref, path: ['rowCount'], value: rowCount },
        },
        ...(masked.length === 0
          ? []
          : cite({ en: `Masked: ${masked.join(', ')}.`, ko: `가린 열: ${masked.join(', ')}.` }, ran.evidence)),
      ],
      notChecked:
        cut === null
          ? []
          : [
              {
                en: `The answer was cut at the limit of ${cut}; there are more rows.`,
                ko: `결과가 한도(${cut})에서 잘렸습니다. 행이 더 있습니다.`,
              },
            ],
    },
  };
}
