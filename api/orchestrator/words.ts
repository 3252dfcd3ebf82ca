import type { Bilingual } from '../agents/agent.ts';

/** The language of a task's own words. */
export type Language = 'KO' | 'EN';

/** One text of the two. */
export function inLanguage(text: Bilingual | string, language: Language): string {
  return typeof text === 'string' ? text : language === 'KO' ? text.ko : text.en;
}

/** What the orchestrator itself says to people. */
export const words = {
  kept: (count: number): Bilingual => ({
    en: count === 0 ? 'Nothing was collected before it failed.' : `I kept ${count} pieces of evidence.`,
    ko: count === 0 ? '실패하기 전에 모은 것이 없습니다.' : `수집한 근거 ${count}건을 남겼습니다.`,
  }),
  rows: (count: number): Bilingual => ({ en: `${count} rows`, ko: `${count}행` }),
  moreRows: (count: number): Bilingual => ({
    en: `… ${count} more rows are kept with the task`,
    ko: `… 나머지 ${count}행은 작업에 보관되어 있습니다`,
  }),
  tryAgain: { en: 'Try again, or look at the steps of the task.', ko: '다시 시도하거나 작업의 단계를 확인하세요.' },
  askOperator: {
    en: 'Give the task number to whoever operates this product; the log has the details.',
    ko: '제품 운영자에게 작업 번호를 알려 주세요. 자세한 내용은 로그에 있습니다.',
  },
  internal: { en: 'The product itself failed at this task.', ko: '제품 내부 오류로 작업이 실패했습니다.' },
  died: {
    en: 'The task ended its process three times at the same step and is not tried again.',
    ko: '작업이 같은 단계에서 프로세스를 세 번 종료시켜 더 시도하지 않습니다.',
  },
  stoppedOutside: {
    en: 'The work on this task ended without a result.',
    ko: '작업이 결과 없이 끝났습니다.',
  },
  cancelled: { en: 'Cancelled; what was found is kept.', ko: '취소되었습니다. 찾은 내용은 남겨 두었습니다.' },
  notReady: (agent: string, type: string): Bilingual => ({
    en: `There is no task ${agent} · ${type}.`,
    ko: `${agent} · ${type} 작업이 없습니다.`,
  }),
  noIncident: (number: number): Bilingual => ({
    en: `There is no incident INC-${number}.`,
    ko: `INC-${number} 장애가 없습니다.`,
  }),
  waitsForApproval: (number: string): Bilingual => ({ en: `Waits for ${number}`, ko: `${number} 결정을 기다림` }),
  waitsForAnswer: { en: 'Waits for an answer', ko: '답을 기다림' },
  notAnswered: { en: 'Nobody answered in time.', ko: '시간 안에 답이 없었습니다.' },
  answeredBy: (who: string): Bilingual => ({ en: `Answered by ${who}`, ko: `${who} 답변` }),
  expiredQueued: {
    en: 'It could not be begun before its time ran out.',
    ko: '시작하기 전에 유효 시간이 지났습니다.',
  },
  missingFacts: { en: 'Missing facts', ko: '빠진 정보' },
  approvedBy: (number: string, who: string): Bilingual => ({
    en: `${number} approved by ${who}`,
    ko: `${number} · ${who} 승인`,
  }),
  rejectedBy: (number: string, who: string, reason: string): Bilingual => ({
    en: `${number} rejected by ${who}: ${reason}`,
    ko: `${number} · ${who} 거절: ${reason}`,
  }),
  approvalEnded: (number: string, reason: string): Bilingual => ({
    en: `${number} ended without a yes: ${reason}`,
    ko: `${number} · 승인 없이 끝남: ${reason}`,
  }),
  drifted: (reason: string): Bilingual => ({ en: `Nothing ran: ${reason}`, ko: `실행하지 않음: ${reason}` }),
  targetChanged: {
    en: 'The target is not in the state that was approved.',
    ko: '대상이 승인할 때의 상태와 다릅니다.',
  },
  targetSilent: (reason: string): Bilingual => ({
    en: `The target could not be read before acting: ${reason}`,
    ko: `실행 전에 대상 상태를 읽지 못했습니다: ${reason}`,
  }),
  unknown: {
    en: 'The command was sent and its answer was lost. It is not sent again; a person must look.',
    ko: '명령을 보냈지만 응답을 잃었습니다. 다시 보내지 않으며, 사람이 확인해야 합니다.',
  },
  observed: (what: string, note: string): Bilingual => ({
    en: `A person answered: ${what.toLowerCase().replaceAll('_', ' ')}. ${note}`,
    ko: `사람이 답했습니다: ${what === 'IT_RAN' ? '실행됨' : what === 'IT_DID_NOT_RUN' ? '실행되지 않음' : '그대로 둠'}. ${note}`,
  }),
  cannotCancelFinished: { en: 'This task has already ended.', ko: '이미 끝난 작업입니다.' },
  cannotCancelUnknown: {
    en: 'The outcome of its action is unknown; say what happened first.',
    ko: '실행 결과를 알 수 없는 상태입니다. 먼저 무슨 일이 있었는지 알려 주세요.',
  },
} as const;
