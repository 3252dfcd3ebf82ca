import type { KnownBlock } from '@slack/types';
import type { IncidentFields } from '../fragments.ts';
import { spoken } from '../texts.ts';
import {
  actions,
  at,
  button,
  context,
  escaped,
  header,
  linkButton,
  type Message,
  paragraph,
  pushText,
} from './elements.ts';
import { literal, safe } from './rich-text.ts';
import { consoleUrl, type Scene } from './scene.ts';

type Storm = NonNullable<IncidentFields['storm']>;

/** The digest of a storm: how much, what they most likely share, the largest alerts, and that nothing was lost. */
export function stormDigest(scene: Scene, incident: IncidentFields, storm: Storm): Message {
  const { t } = scene;
  const until = storm.endedAt === null ? scene.now.getTime() : Date.parse(storm.endedAt);
  const lasted = spoken(until - Date.parse(storm.startedAt), t);
  const ids = { i: incident.id };
  const acked = incident.status === 'ACKNOWLEDGED';
  return {
    text: pushText(t.stormPush(incident.number, storm.alerts, storm.groups, causeName(storm))),
    blocks: [
      header(t.stormHeader(storm.alerts, storm.groups, lasted)),
      paragraph(
        [causeLine(scene, storm), storm.endedAt === null ? t.stormFolds : t.stormOver].filter(Boolean).join(' '),
      ),
      ...table(scene, storm),
      actions(
        button('incident.investigate', t.investigateAsOne, ids, { style: 'primary' }),
        ...(acked
          ? [button('incident.release', t.release, ids)]
          : [button('incident.acknowledge', t.acknowledgeAll, ids)]),
        linkButton('storm', t.openConsole, consoleUrl(scene, 'incidents', incident.number)),
      ),
      context(
        [
          incident.number,
          t.alertCount(storm.alerts, storm.firing),
          ...(storm.ownThreads > 0 ? [t.stormOwn(storm.ownThreads)] : []),
          ...(storm.dropped === null ? [] : [t.stormDropped(storm.dropped)]),
          `${t.updated} ${at(scene.now.toISOString(), '{time_secs}')}`,
        ].join(' · '),
      ),
    ],
  };
}

function causeName(storm: Storm): string {
  const { cause } = storm;
  if (cause === null || cause.kind === 'first') return '';
  return cause.kind === 'system' ? cause.value : `${cause.name} ${cause.value}`;
}

function causeLine(scene: Scene, storm: Storm): string {
  const { t } = scene;
  const { cause } = storm;
  if (cause === null) return '';
  if (cause.kind === 'system') return t.stormSystem(safe(cause.value, 80), cause.groups, cause.of);
  if (cause.kind === 'label') return t.stormLabel(safe(`${cause.name} ${cause.value}`, 160), cause.groups, cause.of);
  return t.stormFirst(safe(cause.value, 120));
}

function table(scene: Scene, storm: Storm): KnownBlock[] {
  const { t } = scene;
  if (storm.lines.length === 0) return [];
  const cell = (text: string, bold = false) => ({
    type: 'rich_text' as const,
    elements: [{ type: 'rich_text_section' as const, elements: [literal(text, bold ? { bold: true } : {})] }],
  });
  const number = (value: number) => ({ type: 'raw_text' as const, text: String(value) });
  const shown = storm.lines.slice(0, 4);
  const rest = storm.alerts - shown.reduce((sum, one) => sum + one.total, 0);
  const restFiring = storm.firing - shown.reduce((sum, one) => sum + one.firing, 0);
  const severityOf = (word: string) =>
    Object.hasOwn(t.severity, word) ? t.severity[word as keyof typeof t.severity] : escaped(word);
  return [
    {
      type: 'table',
      column_settings: [{ is_wrapped: true }, { align: 'right' }, { align: 'left' }],
      rows: [
        t.stormColumns.map((text) => cell(text, true)),
        ...shown.map((one) => [cell(safe(one.title, 100)), number(one.firing), cell(severityOf(one.severity))]),
        ...(rest > 0 ? [[cell(t.stormMore(rest)), number(Math.max(0, restFiring)), cell('–')]] : []),
      ],
    },
  ];
}
