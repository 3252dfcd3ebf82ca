import { sentence } from '../blocks/answers.ts';
import { bullets, richText } from '../blocks/rich-text.ts';
import { defineCommand, exampleOf } from '../command.ts';
import { scheduleCreate, scheduleDelete, scheduleQuery, schedulesQuery, scheduleUpdate } from '../operations.ts';
import { readParams } from '../params.ts';
import { answeredErrors, found, type Session, tell } from '../session.ts';
import { workTexts } from '../work-texts.ts';

/** What starts when: listed, made, paused, resumed, deleted. */
export const command = defineCommand({
  name: 'schedule',
  words: ['schedules', '예약', '스케줄'],
  label: { en: 'schedule', ko: '예약' },
  summary: { en: 'what starts when', ko: '정해진 시각에 시작하는 작업' },
  usage: {
    en: [
      'schedule list',
      'schedule create "0 9 * * 1-5" monitoring health_check --zone Asia/Seoul',
      'schedule pause SCH-3',
      'schedule delete SCH-3',
    ],
    ko: ['예약 목록', '예약 생성 "0 9 * * 1-5" monitoring health_check', '예약 중지 SCH-3', '예약 삭제 SCH-3'],
  },
  ids: ['SCH'],
  verbs: [
    { name: 'list', words: ['목록', '리스트'], args: 'none' },
    { name: 'create', words: ['생성', '추가', '등록'], changes: true, args: 'text' },
    { name: 'pause', words: ['중지', '멈춰'], changes: true, args: 'optional-id' },
    { name: 'resume', words: ['재개'], changes: true, args: 'optional-id' },
    { name: 'delete', words: ['삭제'], changes: true, args: 'optional-id' },
  ],
  bare: { verb: 'list', args: 'none' },
  run: async (input, session) => {
    const w = workTexts[session.scene.locale];
    if (input.verb === null || input.verb === 'list') return list(session);
    if (input.verb === 'create') return create(session, input.args, input.flags);
    const number = input.ids[0];
    if (number === undefined) return tell(session, session.t.whichId(exampleOf(command, session.scene.locale, 2)));
    const { schedule } = await session.api.call(scheduleQuery, { number });
    const known = found(session, schedule, number);
    const changed = { id: known.id, expectedVersion: known.version };
    if (input.verb === 'delete') {
      const { scheduleDelete: answer } = await session.api.call(scheduleDelete, { input: changed }, { retry: true });
      if (!(await answeredErrors(session, answer.userErrors))) await tell(session, w.scheduleDeletedNow(known.number));
      return;
    }
    const enabled = input.verb === 'resume';
    const { scheduleUpdate: answer } = await session.api.call(
      scheduleUpdate,
      { input: { ...changed, enabled } },
      { retry: true },
    );
    if (await answeredErrors(session, answer.userErrors)) return;
    await tell(session, enabled ? w.scheduleResumedNow(known.number) : w.schedulePausedNow(known.number));
  },
});

async function list(session: Session): Promise<void> {
  const w = workTexts[session.scene.locale];
  const { schedules } = await session.api.call(schedulesQuery, { first: 20 });
  const lines = schedules.nodes.map((one) => {
    const what = one.workflowDefinition ?? `${one.agentId ?? ''} ${one.taskType ?? ''}`;
    const next =
      one.enabled && one.nextRunAt !== null ? w.scheduleNext(moment(one.nextRunAt, one.timeZone)) : w.schedulePaused;
    const missed = one.missedRuns > 0 ? ` · ${w.scheduleMissed(one.missedRuns)}` : '';
    return `${one.number} · ${one.title} · ${one.cron} ${one.timeZone} · ${what} · ${next}${missed}`;
  });
  await session.answer(
    lines.length === 0 ? sentence(w.scheduleNone) : sentence(w.scheduleList, richText([bullets(lines)])),
  );
}

/** `create "<cron>" <agent> <task> name=value … --zone Z`, or `create "<cron>" <workflow> name=value …`. */
async function create(
  session: Session,
  args: readonly string[],
  flags: Readonly<Record<string, string>>,
): Promise<void> {
  const w = workTexts[session.scene.locale];
  const [cron, first, ...rest] = args;
  if (cron === undefined || first === undefined) return tell(session, w.scheduleHow);
  const second = rest[0]?.includes('=') === false ? rest[0] : undefined;
  const zone = flags.zone ?? flags.시간대 ?? session.viewer.timeZone;
  const what = second === undefined ? { workflowDefinition: first } : { agentId: first, taskType: second };
  const title = flags.title ?? flags.이름 ?? `${second === undefined ? first : `${first} ${second}`} · ${cron}`;
  const { place, person } = session;
  const { scheduleCreate: answer } = await session.api.call(
    scheduleCreate,
    {
      input: {
        title,
        cron,
        timeZone: zone,
        ...what,
        params: readParams(rest),
        idempotencyKey: session.key,
        ...(place === null ? {} : { conversation: { workspace: person.workspace, channel: place.channel } }),
      },
    },
    { retry: true },
  );
  if (await answeredErrors(session, answer.userErrors)) return;
  const made = answer.schedule;
  if (made === null) return;
  await tell(
    session,
    w.scheduleMade(made.number, made.nextRunAt === null ? '—' : moment(made.nextRunAt, made.timeZone)),
  );
}

function moment(iso: string, timeZone: string): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' }).format(new Date(iso));
}
