import { alertDetails, alertList } from '../blocks/answers.ts';
import { defineCommand, exampleOf } from '../command.ts';
import { alertGroupQuery, alertGroupsQuery } from '../operations.ts';
import { found, tell } from '../session.ts';

/** What fires now. */
export const command = defineCommand({
  name: 'alert',
  words: ['alerts', '알림', '알람', '경보'],
  label: { en: 'alert', ko: '알림' },
  summary: { en: 'what is firing', ko: '지금 발생 중인 알림' },
  usage: { en: ['alert list', 'alert show AG-218'], ko: ['알림 목록', '알림 보기 AG-218'] },
  ids: ['AG'],
  verbs: [
    { name: 'list', words: ['목록', '리스트'], args: 'none' },
    { name: 'show', words: ['보기', '보여'], args: 'optional-id' },
  ],
  bare: { verb: 'list', args: 'none' },
  run: async (input, session) => {
    if (input.verb !== 'show') {
      const { alertGroups } = await session.api.call(alertGroupsQuery, {
        filter: { status: ['FIRING', 'FLAPPING'] },
        first: 20,
      });
      return session.answer(alertList(session.scene, alertGroups));
    }
    const number = input.ids[0];
    if (number === undefined) return tell(session, session.t.whichId(exampleOf(command, session.scene.locale, 1)));
    const { alertGroup } = await session.api.call(alertGroupQuery, { number });
    await session.answer(alertDetails(session.scene, found(session, alertGroup, number)));
  },
});
