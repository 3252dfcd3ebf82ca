import type { ModalView } from '@slack/types';
import type { IncidentFields, SilenceFields } from '../fragments.ts';
import type { Texts } from '../texts.ts';
import { actions, at, button, context, escaped, type Message, option, paragraph, plain, pushText } from './elements.ts';
import { bullets, line, literal, richText, safe } from './rich-text.ts';
import type { Scene } from './scene.ts';

/** Matchers as people write them, as literal text. */
export function matcherWords(silence: SilenceFields): string {
  const sign = (one: SilenceFields['matchers'][number]) =>
    one.isRegex ? (one.isEqual ? '=~' : '!~') : one.isEqual ? '=' : '!=';
  return safe(silence.matchers.map((one) => `${one.name}${sign(one)}"${one.value}"`).join(', '), 300);
}

const clock = (iso: string): string => `${new Date(iso).toISOString().slice(0, 16).replace('T', ' ')} UTC`;

/** A silence as it stands now: who, what, until when, why, how much it mutes, and whether Alertmanager has it. */
export function silenceNotice(scene: Scene, silence: SilenceFields): Message {
  const { t } = scene;
  const what = matcherWords(silence);
  const over = silence.silenceStatus === 'EXPIRED';
  const who = safe(silence.createdByName, 80) || t.someone;
  const why = safe(silence.comment, 300) || t.noReason;
  const sentence = over
    ? t.silenceEndedLine(what)
    : silence.external
      ? t.silenceElsewhere(who, what, clock(silence.endsAt), why)
      : t.silenceBy(who, what, clock(silence.endsAt), why);
  const more = over
    ? []
    : [
        t.silenceMutes(silence.matchedNow),
        ...(silence.silenceError !== null
          ? [t.silenceFailed(safe(silence.silenceError, 200))]
          : silence.silenceStatus === 'PENDING'
            ? [t.silencePending]
            : []),
      ];
  const ids = { s: silence.id };
  return {
    text: pushText(over ? sentence : t.silencePush(silence.number, what, clock(silence.endsAt))),
    blocks: [
      richText([line(`🔕 ${sentence}`), ...more.map((one) => line(one))]),
      ...(over ? [] : [actions(button('silence.extend', t.extend, ids), button('silence.expire', t.endNow, ids))]),
      context(
        [
          silence.number,
          ...(silence.incident === null ? [] : [escaped(silence.incident.number, 20)]),
          ...(over ? [] : [at(silence.endsAt)]),
        ].join(' · '),
      ),
    ],
  };
}

/** The list of silences in force. */
export function silenceList(
  scene: Scene,
  silences: { readonly totalCount: number; readonly nodes: readonly SilenceFields[] },
): Message {
  const { t } = scene;
  if (silences.nodes.length === 0) return { text: pushText(t.noSilences), blocks: [paragraph(t.noSilences)] };
  return {
    text: pushText(t.listSilences(silences.totalCount)),
    blocks: [
      richText([
        { type: 'rich_text_section', elements: [literal(t.listSilences(silences.totalCount), { bold: true })] },
      ]),
      richText([
        bullets(
          silences.nodes
            .slice(0, 20)
            .map(
              (one) => `${one.number} · ${matcherWords(one)} · ${clock(one.endsAt)} · ${safe(one.createdByName, 60)}`,
            ),
        ),
      ]),
    ],
  };
}

/** The menu of a card: a length, or a form for another length and a reason. */
export function silenceMenu(t: Texts, incident: Pick<IncidentFields, 'id'>) {
  return {
    type: 'static_select' as const,
    action_id: 'silence.create',
    placeholder: plain(t.silence, 150),
    options: (['PT30M', 'PT1H', 'PT4H', 'P1D', 'other'] as const).map((length) =>
      option(t.silenceFor[length], JSON.stringify({ i: incident.id, d: length })),
    ),
  };
}

/** The form for a length and a reason. */
export function silenceModal(t: Texts, meta: string): ModalView {
  const input = (id: string, label: string) => ({
    type: 'input' as const,
    block_id: id,
    label: plain(label, 150),
    element: { type: 'plain_text_input' as const, action_id: 'value', max_length: 500 },
  });
  return {
    type: 'modal',
    callback_id: 'silence.create',
    private_metadata: meta,
    title: plain(t.silenceTitle, 24),
    submit: plain(t.silenceTitle, 24),
    close: plain(t.back, 24),
    blocks: [input('duration', t.silenceHow), input('reason', t.why)],
  };
}

/** A direct message: does the acknowledgement go on? */
export function acknowledgementEnds(scene: Scene, incident: IncidentFields, text: string): Message {
  const { t } = scene;
  const ids = { i: incident.id };
  const open = incident.status === 'ACKNOWLEDGED';
  return {
    text: pushText(t.ackEnds(incident.number)),
    blocks: [
      richText([line(safe(text, 500))]),
      ...(open
        ? [
            actions(
              button('incident.acknowledge', t.extend, ids, { style: 'primary' }),
              button('incident.release', t.release, ids),
            ),
          ]
        : []),
      context(`${incident.number} · ${escaped(incident.title, 100)}`),
    ],
  };
}
