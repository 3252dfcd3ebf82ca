import { manualList } from '../blocks/answers.ts';
import { defineCommand, exampleOf } from '../command.ts';
import { manualSearchQuery } from '../operations.ts';
import { tell } from '../session.ts';

/** Searches the manuals and quotes them; it makes no steps up. */
export const command = defineCommand({
  name: 'manual',
  words: ['manuals', '매뉴얼', '문서'],
  label: { en: 'manual', ko: '매뉴얼' },
  summary: { en: 'search the manuals', ko: '매뉴얼 검색' },
  usage: { en: ['manual restart payment'], ko: ['매뉴얼 결제 재시작'] },
  verbs: [],
  bare: { verb: null, args: 'text' },
  run: async (input, session) => {
    const query = [...input.ids, input.rest].join(' ').trim().slice(0, 300);
    if (query === '') return tell(session, session.t.whichId(exampleOf(command, session.scene.locale)));
    const { manualSearch } = await session.api.call(manualSearchQuery, { query, first: 5 }, { timeoutMs: 10_000 });
    await session.answer(manualList(session.scene, query, manualSearch));
  },
});
