import { sentence, systemList } from '../blocks/answers.ts';
import { bullets, richText, safe } from '../blocks/rich-text.ts';
import { defineCommand, exampleOf } from '../command.ts';
import { systemQuery, systemsQuery } from '../operations.ts';
import { found, tell } from '../session.ts';

/** What is watched. */
export const command = defineCommand({
  name: 'system',
  words: ['systems', '시스템'],
  label: { en: 'system', ko: '시스템' },
  summary: { en: 'registered systems and their health', ko: '등록된 시스템과 상태' },
  usage: { en: ['system list', 'system show payment-api'], ko: ['시스템 목록', '시스템 보기 payment-api'] },
  verbs: [
    { name: 'list', words: ['목록', '리스트'], args: 'none' },
    { name: 'show', words: ['보기', '보여'], args: 'text' },
  ],
  bare: { verb: 'list', args: 'none' },
  run: async (input, session) => {
    const { t } = session;
    if (input.verb !== 'show') {
      const { systems } = await session.api.call(systemsQuery, { filter: { archived: false }, first: 50 });
      return session.answer(systemList(session.scene, systems));
    }
    const name = input.args[0];
    if (name === undefined) return tell(session, t.whichId(exampleOf(command, session.scene.locale, 1)));
    const { system } = await session.api.call(systemQuery, { name });
    const known = found(session, system, safe(name, 80));
    const { workload, health } = known;
    await session.answer(
      sentence(
        safe(`${known.displayName} (${known.name})`, 150).replaceAll('`', 'ˋ'),
        richText([
          bullets([
            `${t.where}: ${known.environment.toLowerCase()}`,
            `${t.now}: ${t.health[health?.state ?? 'UNKNOWN']}${health === null ? '' : ` · ${health.message}`}`,
            ...(workload === null ? [] : [`${t.target}: ${workload.kind} ${workload.namespace}/${workload.name}`]),
            ...(known.configurationItem === null ? [] : [known.configurationItem]),
          ]),
        ]),
      ),
    );
  },
});
