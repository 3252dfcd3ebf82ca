import { defineCommand, exampleOf } from '../command.ts';
import { tell } from '../session.ts';
import { startTask } from '../start-task.ts';

/** `database: …` in front of a question names the database it is asked of. */
const prefix = /^([a-z0-9][-a-z0-9_]{0,62}):\s+(?=\S)/;

/** Asks the data agent: one confirmed read, registered checks, or a chart. */
export const command = defineCommand({
  name: 'data',
  words: ['데이터', '추출', '조회'],
  label: { en: 'data', ko: '데이터' },
  summary: { en: 'ask a database, check data, draw a chart', ko: '데이터베이스 질문, 데이터 검사, 차트' },
  usage: {
    en: [
      'data ask orders per day',
      'data ask shop: select count(*) from orders',
      'data check shop',
      'data chart orders per day',
    ],
    ko: [
      '데이터 질문 일별 주문 수',
      '데이터 질문 shop: select count(*) from orders',
      '데이터 검사 shop',
      '데이터 통계 일별 주문 수',
    ],
  },
  verbs: [
    { name: 'ask', words: ['질문', '질의'], changes: true, args: 'text' },
    { name: 'check', words: ['검사', '정합성'], changes: true, args: 'optional-text' },
    { name: 'chart', words: ['통계', '차트'], changes: true, args: 'text' },
  ],
  bare: { verb: 'ask', changes: true, args: 'text' },
  run: async (input, session) => {
    const example = () => tell(session, session.t.whichId(exampleOf(command, session.scene.locale)));
    if (input.verb === 'check') {
      const [database, ...checks] = input.args;
      const params = { ...(database === undefined ? {} : { database }), ...(checks.length === 0 ? {} : { checks }) };
      return startTask(session, { agentId: 'db_extract', taskType: 'data_integrity_check', params });
    }
    const text = questionOf(input.raw ?? input.rest);
    const database = prefix.exec(text)?.[1];
    const question = database === undefined ? text : text.replace(prefix, '');
    if (question === '') return example();
    await startTask(session, {
      agentId: 'db_extract',
      taskType: input.verb === 'chart' ? 'statistical_query' : 'natural_language_query',
      params: { question, ...(database === undefined ? {} : { database }) },
    });
  },
});

/** What follows the command and its verb, as it was written: SQL keeps its quotes and lines. */
function questionOf(raw: string): string {
  const rest = raw.replace(/^\S+\s*/u, '');
  return rest.replace(/^(?:ask|chart|질문|질의|통계|차트)(?:\s+|$)/iu, '').trim();
}
