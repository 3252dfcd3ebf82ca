import { statusMessage } from '../blocks/answers.ts';
import { defineCommand } from '../command.ts';
import { healthQuery } from '../operations.ts';

/** Which connections work. */
export const command = defineCommand({
  name: 'status',
  words: ['상태'],
  label: { en: 'status', ko: '상태' },
  summary: { en: 'which connections work', ko: '연결 상태' },
  usage: { en: ['status'], ko: ['상태'] },
  verbs: [],
  bare: { verb: null, args: 'none' },
  run: async (_, session) => {
    const { health } = await session.api.call(healthQuery, {});
    await session.answer(statusMessage(session.scene, health));
  },
});
