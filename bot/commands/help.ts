import { type HelpTopic, helpMessage, versionText } from '../blocks/answers.ts';
import { defineCommand } from '../command.ts';
import { healthQuery } from '../operations.ts';
import type { Command, Session } from '../session.ts';
import { tell } from '../session.ts';

function topicOf(command: Command, session: Session): HelpTopic {
  const side = session.scene.locale === 'KO' ? 'ko' : 'en';
  return {
    name: command.name,
    label: command.label[side],
    summary: command.summary[side],
    usage: command.usage[side],
  };
}

/** Help is made from the command files, so it cannot drift from them. */
export const command = defineCommand({
  name: 'help',
  words: ['?', '도움말', '도움'],
  label: { en: 'help', ko: '도움말' },
  summary: { en: 'what I can do', ko: '할 수 있는 일' },
  usage: { en: ['help', 'help incident'], ko: ['도움말', '도움말 장애'] },
  verbs: [],
  bare: { verb: null, args: 'optional-text' },
  run: async ({ rest }, session) => {
    const wanted = rest.trim().normalize('NFKC').toLowerCase();
    const chosen =
      wanted === '' ? null : session.commands.all.find(({ name, words }) => name === wanted || words.includes(wanted));
    if (chosen === undefined) return tell(session, session.t.helpUnknown(wanted.replaceAll('`', '').slice(0, 60)));
    const version = await session.api.call(healthQuery, {}).then(
      ({ health }) => versionText(session.t, health),
      () => session.t.notAccepted,
    );
    await session.answer(
      helpMessage(session.scene, {
        topics: session.commands.all.map((one) => topicOf(one, session)),
        topic: chosen === null ? null : topicOf(chosen, session),
        waiting: session.viewer.pendingApprovals,
        version,
      }),
    );
  },
});
