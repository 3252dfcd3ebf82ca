import type { Bilingual } from './workflow.ts';

/** What workflows say to people. */
export const words = {
  noWorkflow: { en: 'There is no such workflow.', ko: '그런 워크플로가 없습니다.' },
  noDefinition: (name: string): Bilingual => ({
    en: `There is no workflow ${name}.`,
    ko: `${name} 워크플로가 없습니다.`,
  }),
  oneOf: {
    en: 'Give either the name of a definition or a plan.',
    ko: '정의 이름과 계획 중 하나만 주세요.',
  },
  hasEnded: { en: 'This workflow has already ended.', ko: '이미 끝난 워크플로입니다.' },
  stopped: { en: 'Left out: an earlier step failed.', ko: '건너뜀: 앞 단계가 실패했습니다.' },
  notReached: { en: 'Left out: no way led here.', ko: '건너뜀: 이 단계로 이어지지 않았습니다.' },
  condition: { en: 'Left out: its condition does not hold.', ko: '건너뜀: 조건이 맞지 않습니다.' },
  cancelled: { en: 'Cancelled before it began.', ko: '시작 전에 취소되었습니다.' },
  badParams: (problem: string): Bilingual => ({
    en: `Its input does not fit: ${problem}`,
    ko: `입력이 맞지 않습니다: ${problem}`,
  }),
  failedStep: (title: string): Bilingual => ({ en: `${title} failed.`, ko: `${title} 실패.` }),
} as const;

/** One text of the two. */
export function inLanguage(text: Bilingual | string, language: 'KO' | 'EN'): string {
  return typeof text === 'string' ? text : language === 'KO' ? text.ko : text.en;
}
