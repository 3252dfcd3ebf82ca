import { z } from 'zod';
import { sentence } from '../blocks/answers.ts';
import { withBlockIds } from '../blocks/elements.ts';
import { bullets, line, richText } from '../blocks/rich-text.ts';
import { workflowProgress } from '../blocks/workflow-progress.ts';
import { defineCommand, exampleOf } from '../command.ts';
import { workflowCancel, workflowQuery, workflowStart, workflowsQuery } from '../operations.ts';
import { readParams } from '../params.ts';
import { answeredErrors, conversationOf, found, type Session, tell } from '../session.ts';
import { workTexts } from '../work-texts.ts';

const inputs = z.object({ required: z.array(z.string()).default([]) });

/** Several agents' tasks in order: what there is, started, shown, cancelled. */
export const command = defineCommand({
  name: 'workflow',
  words: ['workflows', '워크플로', '워크플로우'],
  label: { en: 'workflow', ko: '워크플로' },
  summary: { en: 'several tasks in order', ko: '여러 작업을 순서대로' },
  usage: {
    en: [
      'workflow list',
      'workflow start system_checkup system=payment-api',
      'workflow show W-3',
      'workflow cancel W-3',
    ],
    ko: ['워크플로 목록', '워크플로 시작 system_checkup system=payment-api', '워크플로 보기 W-3', '워크플로 취소 W-3'],
  },
  ids: ['W'],
  verbs: [
    { name: 'list', words: ['목록', '리스트'], args: 'none' },
    { name: 'show', words: ['보기', '보여'], args: 'optional-id' },
    { name: 'start', words: ['run', '시작', '실행'], changes: true, args: 'text' },
    { name: 'cancel', words: ['stop', '취소', '중지'], changes: true, args: 'optional-id' },
  ],
  bare: { verb: 'list', args: 'none' },
  run: async (input, session) => {
    const w = workTexts[session.scene.locale];
    if (input.verb === null || input.verb === 'list') return list(session);
    if (input.verb === 'start') {
      const [definition, ...rest] = input.args;
      if (definition === undefined) return list(session);
      const conversation = conversationOf(session);
      const { workflowStart: answer } = await session.api.call(
        workflowStart,
        {
          input: {
            definition: definition.toLowerCase(),
            params: readParams(rest),
            idempotencyKey: session.key,
            ...(conversation === null ? {} : { conversation }),
          },
        },
        { retry: true },
      );
      if (await answeredErrors(session, answer.userErrors)) return;
      return tell(session, w.workflowStarted(answer.workflow?.number ?? '', answer.workflow?.title ?? ''));
    }
    const number = input.ids[0];
    if (number === undefined) return tell(session, session.t.whichId(exampleOf(command, session.scene.locale, 2)));
    const { workflow } = await session.api.call(workflowQuery, { number });
    const known = found(session, workflow, number);
    if (input.verb === 'cancel') {
      const { workflowCancel: answer } = await session.api.call(
        workflowCancel,
        { input: { id: known.id } },
        { retry: true },
      );
      if (!(await answeredErrors(session, answer.userErrors))) await tell(session, w.workflowCancelled(known.number));
      return;
    }
    await session.answer(withBlockIds(workflowProgress(session.scene, known), `show.${Date.now().toString(36)}`));
  },
});

async function list(session: Session): Promise<void> {
  const w = workTexts[session.scene.locale];
  const { workflowDefinitions, workflows } = await session.api.call(workflowsQuery, { first: 10 });
  const started = workflows.nodes.map((one) => `${one.number} · ${one.title} · ${w.workflowStatus[one.status]}`);
  const known = workflowDefinitions.map((one) => {
    const needed = inputs.catch({ required: [] }).parse(one.inputSchema).required;
    return `${one.title}: ${w.workflowParams(one.name, needed.map((name) => ` ${name}=…`).join(''))}`;
  });
  await session.answer(
    sentence(
      w.workflowList,
      richText([
        ...(started.length === 0 ? [line(w.workflowNone)] : [bullets(started)]),
        ...(known.length === 0 ? [] : [line(w.workflowKnown, { bold: true }), bullets(known)]),
      ]),
    ),
  );
}
