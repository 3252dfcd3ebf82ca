import { defineAgent } from '../agent.ts';

/** Reads registered databases for people, one confirmed statement at a time. */
export const agent = defineAgent({
  id: 'db_extract',
  title: { en: 'Data extraction', ko: '데이터 추출' },
  description: {
    en: 'Answers questions from registered databases with one read-only query that the asker sees and confirms, checks data, draws statistics.',
    ko: '등록된 데이터베이스에서 질문자가 확인한 읽기 전용 쿼리 하나로 답하고, 데이터를 검사하고, 통계를 그립니다.',
  },
  whenToUse: 'Somebody wants rows, counts, statistics, a chart or a data check from a registered database.',
});
