import { incidentList } from '../blocks/answers.ts';
import { withBlockIds } from '../blocks/elements.ts';
import { incidentCard } from '../blocks/incident-card.ts';
import { defineCommand, exampleOf } from '../command.ts';
import { type CommandRead, readDuration } from '../grammar.ts';
import { handleIncident } from '../handle-incident.ts';
import {
  incidentAcknowledge,
  incidentNoteAdd,
  incidentQuery,
  incidentRelease,
  incidentResolve,
  incidentsQuery,
} from '../operations.ts';
import { answeredErrors, found, type Session, tell } from '../session.ts';

/** What people work on: list, show, acknowledge, release, note, resolve. */
export const command = defineCommand({
  name: 'incident',
  words: ['incidents', '장애', '인시던트'],
  label: { en: 'incident', ko: '장애' },
  summary: {
    en: 'open incidents: show, acknowledge, assign, merge, note, resolve',
    ko: '열린 장애: 보기, 확인, 배정, 병합, 메모, 종료',
  },
  usage: {
    en: [
      'incident list',
      'ack INC-31',
      'incident note INC-31 rebooted the switch',
      'incident resolve INC-31',
      'release INC-31',
      'incident assign INC-31 me',
      'incident silence INC-31 1h',
      'incident merge INC-31 INC-30',
      'incident split INC-31 AG-218',
      'incident snooze INC-31 2h',
      'incident ticket INC-31 INC0012345',
    ],
    ko: [
      '장애 목록',
      'INC-31 확인',
      '장애 메모 INC-31 스위치 재부팅함',
      '장애 종료 INC-31',
      'INC-31 확인해제',
      '장애 배정 INC-31 나',
      '장애 음소거 INC-31 1시간',
      '장애 병합 INC-31 INC-30',
      '장애 분리 INC-31 AG-218',
      '장애 미루기 INC-31 2시간',
      '장애 티켓 INC-31 INC0012345',
    ],
  },
  ids: ['INC'],
  verbs: [
    { name: 'list', words: ['목록', '리스트'], args: 'none' },
    { name: 'show', words: ['보기', '보여'], args: 'optional-id' },
    { name: 'ack', words: ['acknowledge', '확인', '접수'], changes: true, args: 'optional-id' },
    { name: 'release', words: ['unack', '확인해제', '해제'], changes: true, args: 'optional-id' },
    { name: 'note', words: ['메모', '기록'], changes: true, args: 'id-text' },
    { name: 'resolve', words: ['close', '종료', '해결'], changes: true, args: 'id-text' },
    { name: 'assign', words: ['배정', '담당'], changes: true, args: 'id-text' },
    { name: 'silence', words: ['mute', '음소거'], changes: true, args: 'optional-id' },
    { name: 'merge', words: ['병합', '합치기'], changes: true, args: 'id' },
    { name: 'split', words: ['분리'], changes: true, args: 'id' },
    { name: 'snooze', words: ['미루기', '조용히'], changes: true, args: 'optional-id' },
    { name: 'ticket', words: ['티켓'], changes: true, args: 'id-text' },
  ],
  bare: { verb: 'list', args: 'none' },
  run: async (input, session) => {
    if (input.verb === null || input.verb === 'list') return list(session);
    const number = input.ids[0];
    if (number === undefined) return tell(session, session.t.whichId(exampleOf(command, session.scene.locale, 1)));
    const { incident } = await session.api.call(incidentQuery, { number });
    const known = found(session, incident, number);
    switch (input.verb) {
      case 'ack':
        return acknowledge(input, session, known.id, known.number);
      case 'release':
        return release(session, known.id, known.number);
      case 'note':
        return note(input, session, known.id, known.number);
      case 'resolve':
        return resolve(input, session, known.id, known.number);
      case 'assign':
      case 'silence':
      case 'merge':
      case 'split':
      case 'snooze':
      case 'ticket':
        return handleIncident(input.verb, input, session, known);
      default:
        return session.answer(withBlockIds(incidentCard(session.scene, known), 'show'));
    }
  },
});

async function list(session: Session): Promise<void> {
  const { incidents } = await session.api.call(incidentsQuery, {
    filter: { status: ['TRIGGERED', 'ACKNOWLEDGED'] },
    first: 20,
  });
  await session.answer(incidentList(session.scene, incidents));
}

async function acknowledge(input: CommandRead, session: Session, id: string, number: string): Promise<void> {
  const word = input.flags.duration ?? input.args[0];
  const duration = word === undefined ? null : readDuration(word);
  if (word !== undefined && duration === null)
    return tell(session, session.t.notATime(word.replaceAll('`', '').slice(0, 40), '/agent ack INC-31 30m'));
  const { incidentAcknowledge: answer } = await session.api.call(
    incidentAcknowledge,
    { input: { id, ...(duration === null ? {} : { duration }) } },
    { retry: true },
  );
  if (!(await answeredErrors(session, answer.userErrors))) await tell(session, session.t.acknowledgedNow(number));
}

async function release(session: Session, id: string, number: string): Promise<void> {
  const { incidentRelease: answer } = await session.api.call(incidentRelease, { input: { id } }, { retry: true });
  if (!(await answeredErrors(session, answer.userErrors))) await tell(session, session.t.releasedNow(number));
}

async function note(input: CommandRead, session: Session, id: string, number: string): Promise<void> {
  if (input.rest === '') return tell(session, session.t.whichId(exampleOf(command, session.scene.locale, 2)));
  const { incidentNoteAdd: answer } = await session.api.call(
    incidentNoteAdd,
    { input: { id, text: input.rest, idempotencyKey: session.key } },
    { retry: true },
  );
  if (!(await answeredErrors(session, answer.userErrors))) await tell(session, session.t.noteKept(number));
}

async function resolve(input: CommandRead, session: Session, id: string, number: string): Promise<void> {
  const { incidentResolve: answer } = await session.api.call(
    incidentResolve,
    { input: { id, ...(input.rest === '' ? {} : { fix: input.rest }) } },
    { retry: true },
  );
  if (!(await answeredErrors(session, answer.userErrors))) await tell(session, session.t.resolvedNow(number));
}
