import type { Bilingual } from '../agents/agent.ts';
import type { LlmFailure } from '../ports/llm.ts';
import type { BudgetPart } from './budget-rules.ts';

const parts: Readonly<Record<BudgetPart, Bilingual>> = {
  calls: { en: 'calls', ko: '호출 횟수' },
  tokens: { en: 'tokens', ko: '토큰' },
  money: { en: 'money', ko: '비용' },
  time: { en: 'time', ko: '시간' },
};

const failure: Readonly<Record<LlmFailure, Bilingual>> = {
  'rate-limited': {
    en: 'The language model asks to wait longer than this task may.',
    ko: '언어 모델이 이 작업의 한도보다 오래 기다리라고 합니다.',
  },
  unavailable: { en: 'The language model does not answer now.', ko: '언어 모델이 지금 응답하지 않습니다.' },
  timeout: { en: 'The language model did not answer in time.', ko: '언어 모델이 제시간에 응답하지 않았습니다.' },
  cut: {
    en: 'The answer of the language model broke off each time.',
    ko: '언어 모델의 답이 매번 중간에 끊겼습니다.',
  },
  rejected: { en: 'The language model refused the request.', ko: '언어 모델이 요청을 받지 않았습니다.' },
  refused: { en: 'The language model declined to answer.', ko: '언어 모델이 답변을 거절했습니다.' },
  filtered: {
    en: 'A content filter of the language model took the text.',
    ko: '언어 모델의 콘텐츠 필터가 글을 막았습니다.',
  },
  unusable: { en: 'The language model sent no usable answer.', ko: '언어 모델이 쓸 수 있는 답을 보내지 않았습니다.' },
  busy: {
    en: 'Too many questions to the language model are waiting.',
    ko: '언어 모델에 대기 중인 질문이 너무 많습니다.',
  },
};

/** What is said of the model to people. */
export const modelWords = {
  failure,
  budget: (part: BudgetPart): Bilingual => ({
    en: `The budget of model ${parts[part].en} of this task is spent.`,
    ko: `이 작업의 언어 모델 ${parts[part].ko} 예산을 다 썼습니다.`,
  }),
} as const;
