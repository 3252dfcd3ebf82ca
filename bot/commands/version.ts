import { said, versionText } from '../blocks/answers.ts';
import { defineCommand } from '../command.ts';
import { healthQuery } from '../operations.ts';

/** Which version answers. */
export const command = defineCommand({
  name: 'version',
  words: ['버전'],
  label: { en: 'version', ko: '버전' },
  summary: { en: 'which version this is', ko: '버전 보기' },
  usage: { en: ['version'], ko: ['버전'] },
  verbs: [],
  bare: { verb: null, args: 'none' },
  run: async (_, session) => {
    const { health } = await session.api.call(healthQuery, {});
    await session.answer(said(versionText(session.t, health)));
  },
});
