import { defineAgent } from '../agent.ts';

/** Writes down what the record holds. */
export const agent = defineAgent({
  id: 'report',
  title: { en: 'Report', ko: '보고서' },
  description: {
    en: 'Writes reports from the stored record: what happened, what was done, with which evidence.',
    ko: '저장된 기록으로 보고서를 씁니다: 무슨 일이 있었고 무엇을 했으며 근거는 무엇인지.',
  },
  whenToUse: 'Somebody asks for a report or a summary of an incident.',
});
