import { askManual } from '../ask-manual.ts';
import { manualList } from '../blocks/manual-learn.ts';
import { gapList } from '../blocks/manual-views.ts';
import { defineCommand, exampleOf } from '../command.ts';
import { manualGapsQuery, manualsQuery } from '../operations.ts';
import { tell } from '../session.ts';

/** Answers from the manuals: cited or quoted, or the plain word that they do not say. */
export const command = defineCommand({
  name: 'manual',
  words: ['manuals', '매뉴얼', '문서'],
  label: { en: 'manual', ko: '매뉴얼' },
  summary: { en: 'answers from the manuals', ko: '매뉴얼에서 답 찾기' },
  usage: {
    en: ['manual how do I restart payment?', 'manual list', 'manual add', 'manual gaps'],
    ko: ['매뉴얼 결제 재시작 방법', '매뉴얼 목록', '매뉴얼 등록', '매뉴얼 빠진것'],
  },
  verbs: [
    { name: 'list', words: ['목록', '리스트'], args: 'none' },
    { name: 'add', words: ['등록', '추가'], args: 'none' },
    { name: 'gaps', words: ['빠진것', '누락'], args: 'none' },
  ],
  bare: { verb: null, args: 'text' },
  run: async (input, session) => {
    switch (input.verb) {
      case 'add':
        return tell(session, session.t.manual.fileHint);
      case 'list': {
        const { manuals } = await session.api.call(manualsQuery, { first: 30 });
        return session.answer(manualList(session.scene, manuals));
      }
      case 'gaps': {
        const { manualGaps } = await session.api.call(manualGapsQuery, {});
        return session.answer(gapList(session.scene, manualGaps));
      }
      default:
        return askManual(input, session, exampleOf(command, session.scene.locale));
    }
  },
});
