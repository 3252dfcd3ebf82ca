import { alertDetails, alertList } from '../blocks/answers.ts';
import { silenceList } from '../blocks/silence-messages.ts';
import { defineCommand, exampleOf } from '../command.ts';
import { type CommandRead, readDuration } from '../grammar.ts';
import { alertGroupQuery, alertGroupsQuery, silenceExpire, silenceQuery, silencesQuery } from '../operations.ts';
import { answeredErrors, found, type Session, tell } from '../session.ts';
import { silenceGroups } from '../silence-many.ts';

/** What fires now, and what is muted. */
export const command = defineCommand({
  name: 'alert',
  words: ['alerts', '알림', '알람', '경보'],
  label: { en: 'alert', ko: '알림' },
  summary: { en: 'what is firing; silences', ko: '지금 발생 중인 알림, 음소거' },
  usage: {
    en: [
      'alert list',
      'alert show AG-218',
      'alert silence AG-218 30m --reason "planned restart"',
      'alert unsilence SIL-4',
      'alert silences',
    ],
    ko: [
      '알림 목록',
      '알림 보기 AG-218',
      '알림 음소거 AG-218 30분 --reason "계획된 재시작"',
      '알림 해제 SIL-4',
      '알림 음소거목록',
    ],
  },
  ids: ['AG', 'SIL'],
  verbs: [
    { name: 'list', words: ['목록', '리스트'], args: 'none' },
    { name: 'show', words: ['보기', '보여'], args: 'optional-id' },
    { name: 'silence', words: ['mute', '음소거'], changes: true, args: 'optional-id' },
    { name: 'unsilence', words: ['unmute', '해제', '음소거해제'], changes: true, args: 'optional-id' },
    { name: 'silences', words: ['muted', '음소거목록'], args: 'none' },
  ],
  bare: { verb: 'list', args: 'none' },
  run: async (input, session) => {
    switch (input.verb) {
      case 'show':
        return show(input, session);
      case 'silence':
        return silence(input, session);
      case 'unsilence':
        return unsilence(input, session);
      case 'silences': {
        const { silences } = await session.api.call(silencesQuery, { first: 20 });
        return session.answer(silenceList(session.scene, silences));
      }
      default: {
        const { alertGroups } = await session.api.call(alertGroupsQuery, {
          filter: { status: ['FIRING', 'FLAPPING', 'PENDING'] },
          first: 20,
        });
        return session.answer(alertList(session.scene, alertGroups));
      }
    }
  },
});

async function show(input: CommandRead, session: Session): Promise<void> {
  const number = input.ids[0];
  if (number === undefined) return tell(session, session.t.whichId(exampleOf(command, session.scene.locale, 1)));
  const { alertGroup } = await session.api.call(alertGroupQuery, { number });
  await session.answer(alertDetails(session.scene, found(session, alertGroup, number)));
}

async function silence(input: CommandRead, session: Session): Promise<void> {
  const example = exampleOf(command, session.scene.locale, 2);
  const number = input.ids.find((id) => id.startsWith('AG-'));
  if (number === undefined) return tell(session, session.t.whichId(example));
  const word = input.flags.duration ?? input.args[0] ?? '30m';
  const duration = readDuration(word);
  if (duration === null) return tell(session, session.t.notATime(word.replaceAll('`', '').slice(0, 40), example));
  const { alertGroup } = await session.api.call(alertGroupQuery, { number });
  const group = found(session, alertGroup, number);
  await silenceGroups(session, [{ id: group.id, number: group.number }], duration, input.flags.reason ?? '');
}

async function unsilence(input: CommandRead, session: Session): Promise<void> {
  const number = input.ids[0];
  if (number === undefined) return tell(session, session.t.whichId(exampleOf(command, session.scene.locale, 3)));
  const ids = number.startsWith('SIL-') ? [await silenceId(session, number)] : await silencesOf(session, number);
  if (ids.length === 0) return tell(session, session.t.noSuchSilence);
  for (const id of ids) {
    const { silenceExpire: answer } = await session.api.call(silenceExpire, { input: { id } }, { retry: true });
    if (await answeredErrors(session, answer.userErrors)) return;
  }
  await tell(session, session.t.unsilencedNow(number));
}

async function silenceId(session: Session, number: string): Promise<string> {
  const { silence: known } = await session.api.call(silenceQuery, { number });
  return found(session, known, number).id;
}

/** Silences in force whose matchers name the group's alert and where it is. */
async function silencesOf(session: Session, number: string): Promise<readonly string[]> {
  const { alertGroup } = await session.api.call(alertGroupQuery, { number });
  const group = found(session, alertGroup, number);
  const { silences } = await session.api.call(silencesQuery, { first: 100 });
  const labels = new Map(Object.entries(Object(group.commonLabels)).map(([key, value]) => [key, String(value)]));
  return silences.nodes
    .filter((one) => one.matchers.every((m) => m.isEqual && !m.isRegex && labels.get(m.name) === m.value))
    .map((one) => one.id);
}
