import type { Bilingual } from '../agents/agent.ts';

/** What is said of an investigation by the model. */
export const thinkWords = {
  none: { en: 'No language model is configured.', ko: '언어 모델이 설정되어 있지 않습니다.' },
  onlyWords: {
    en: 'The language model neither looked nor concluded.',
    ko: '언어 모델이 조회하지도 결론을 내리지도 않았습니다.',
  },
  unusable: {
    en: 'The conclusion of the language model could not be used.',
    ko: '언어 모델의 결론을 쓸 수 없었습니다.',
  },
  noEnd: {
    en: 'The language model came to no conclusion within its turns.',
    ko: '언어 모델이 정해진 횟수 안에 결론을 내리지 못했습니다.',
  },
  turn: (number: number): Bilingual => ({ en: `Model: turn ${number}`, ko: `모델 판단 ${number}` }),
  asks: (names: readonly string[]): Bilingual => ({
    en: `asks for ${names.join(', ')}`,
    ko: `조회 요청: ${names.join(', ')}`,
  }),
  concludes: { en: 'concludes', ko: '결론 제출' },
  says: { en: 'answers in words', ko: '글로 답함' },
} as const;
