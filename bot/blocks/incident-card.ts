import type { KnownBlock } from '@slack/types';
import type { IncidentFields } from '../fragments.ts';
import { spoken } from '../texts.ts';
import {
  actions,
  at,
  button,
  context,
  escaped,
  fields,
  header,
  linkButton,
  type Message,
  option,
  paragraph,
  plain,
  pushText,
} from './elements.ts';
import { bullets, line, literal, richText, safe } from './rich-text.ts';
import { consoleUrl, mention, mentionElement, namesOf, type Scene, trustedLink } from './scene.ts';
import { silenceMenu } from './silence-messages.ts';
import { stormDigest } from './storm-card.ts';

const severityMarks = { CRITICAL: '🔴', HIGH: '🟠', WARNING: '🟡', INFO: '🔵', UNKNOWN: '🟡' } as const;

/** The parent of an incident's thread, as it stands now. */
export function incidentCard(scene: Scene, incident: IncidentFields): Message {
  if (incident.mergedInto !== null) return movedCard(scene, incident, incident.mergedInto.number);
  if (incident.storm !== null && incident.status !== 'RESOLVED') return stormDigest(scene, incident, incident.storm);
  if (incident.status === 'RESOLVED') return resolvedCard(scene, incident);
  const { t } = scene;
  const acked = incident.status === 'ACKNOWLEDGED';
  const severity = t.severity[incident.severity];
  const name = nameOf(incident);
  const flapping = incident.alertGroups.nodes.find((one) => one.status === 'FLAPPING');
  const title = acked
    ? `👀 ${t.acked} · ${severity} · ${name}`
    : flapping !== undefined
      ? `🟠 ${t.flapping} · ${severity} · ${name}`
      : `${severityMarks[incident.severity]} ${severity} · ${name}`;
  const group = incident.alertGroups.nodes[0];
  const summary = group?.summary ?? null;
  const push = acked
    ? `[${t.acked}] ${name} · ${incident.acknowledgedBy === null ? '' : t.ackedPush(namesOf([incident.acknowledgedBy]))}`
    : `[${severity}] ${name}${group?.reading ? ` · ${group.reading}` : ''} · ${spoken(scene.now.getTime() - Date.parse(incident.startedAt), t)}`;
  return {
    text: pushText(push),
    blocks: [
      header(title),
      ...(summary === null || summary.includes('{{') ? [] : [paragraph(summary)]),
      ...(flapping === undefined
        ? []
        : [
            context(
              t.flapLine(
                flapping.restarts * 2 + 1,
                flapping.heldUntil === null ? '–' : at(flapping.heldUntil, '{time}'),
              ),
            ),
          ]),
      ...facts(scene, incident),
      ...acknowledgedLine(scene, incident),
      ...noRunbookLine(scene, incident),
      controls(scene, incident),
      foot(scene, incident),
    ],
  };
}

const nameOf = (incident: IncidentFields): string =>
  incident.system === null || incident.title.includes(incident.system.displayName)
    ? safe(incident.title, 110)
    : `${safe(incident.title, 80)} · ${safe(incident.system.displayName, 50)}`;

function facts(scene: Scene, incident: IncidentFields): KnownBlock[] {
  const { t } = scene;
  const group = incident.alertGroups.nodes[0];
  const firing = incident.alertGroups.nodes.reduce((sum, one) => sum + one.firingCount, 0);
  const total = incident.alertGroups.nodes.reduce((sum, one) => sum + one.totalCount, 0);
  return fields([
    [t.now, group?.reading ? escaped(group.reading) : null],
    [t.since, `${at(incident.startedAt)} · ${spoken(scene.now.getTime() - Date.parse(incident.startedAt), t)}`],
    [
      t.where,
      incident.system === null
        ? null
        : `${escaped(incident.system.environment.toLowerCase())} · ${escaped(incident.system.name, 80)}`,
    ],
    [t.affected, total > 1 ? t.firingOf(firing, total) : null],
    [
      t.assignee,
      incident.assignee === null || incident.acknowledgedBy !== null ? null : mention(scene, incident.assignee),
    ],
    [
      t.ticket,
      incident.ticketLinks.length === 0 ? null : escaped(incident.ticketLinks.map((one) => one.number).join(', '), 120),
    ],
    [t.seenBefore, group !== undefined && group.occurrences30d > 1 ? t.timesIn30(group.occurrences30d - 1) : null],
  ]);
}

function acknowledgedLine(scene: Scene, incident: IncidentFields): KnownBlock[] {
  if (incident.status !== 'ACKNOWLEDGED' || incident.acknowledgedBy === null) return [];
  const until = incident.acknowledgedUntil === null ? '–' : at(incident.acknowledgedUntil, '{time}');
  return [context(scene.t.ackedLine(mention(scene, incident.acknowledgedBy), until))];
}

function noRunbookLine(scene: Scene, incident: IncidentFields): KnownBlock[] {
  const group = incident.alertGroups.nodes[0];
  if (!group || group.runbookUrl !== null || group.nearestManual === null) return [];
  return [
    context(
      scene.t.noRunbook(
        `${escaped(group.nearestManual.manual.code, 60)} ${escaped(group.nearestManual.section, 100)}`.trim(),
      ),
    ),
  ];
}

function controls(scene: Scene, incident: IncidentFields): KnownBlock {
  const { t } = scene;
  const ids = { i: incident.id };
  const runbook = trustedLink(scene, incident.alertGroups.nodes[0]?.runbookUrl ?? null);
  const acked = incident.status === 'ACKNOWLEDGED';
  const group = incident.alertGroups.nodes[0];
  return actions(
    ...(acked ? [] : [button('incident.acknowledge', t.acknowledge, ids, { style: 'primary' })]),
    button('incident.investigate', t.investigate, ids, acked ? { style: 'primary' } : {}),
    ...(acked ? [button('incident.release', t.release, ids)] : []),
    ...(group === undefined ? [] : [silenceMenu(t, incident)]),
    ...(runbook === null ? [] : [linkButton('runbook', t.runbook, runbook)]),
    {
      type: 'overflow',
      action_id: 'incident.more',
      options: [
        option(t.labels, JSON.stringify({ i: incident.id, x: 'labels' })),
        option(t.resolveIt, JSON.stringify({ i: incident.id, x: 'resolve' })),
        {
          ...option(t.openConsole, JSON.stringify({ i: incident.id, x: 'console' })),
          url: consoleUrl(scene, 'incidents', incident.number),
        },
      ],
    },
  );
}

function foot(scene: Scene, incident: IncidentFields): KnownBlock {
  const { t } = scene;
  const groups = incident.alertGroups.nodes;
  const total = groups.reduce((sum, one) => sum + one.totalCount, 0);
  const firing = groups.reduce((sum, one) => sum + one.firingCount, 0);
  const leftOut = groups.reduce((sum, one) => sum + one.truncatedCount, 0);
  const more = incident.alertGroups.totalCount - groups.length;
  return context(
    [
      incident.number,
      ...groups.map((group) => escaped(group.number, 20)),
      ...(more > 0 ? [t.more(more)] : []),
      ...(total > 0 ? [t.alertCount(total, firing)] : []),
      ...(leftOut > 0 ? [t.leftOut(leftOut)] : []),
      ...(incident.silencesNow > 0 ? [t.silencesLine(incident.silencesNow)] : []),
      ...(incident.snoozedUntil !== null && Date.parse(incident.snoozedUntil) > scene.now.getTime()
        ? [t.snoozedLine(at(incident.snoozedUntil, '{time}'))]
        : []),
      `${t.updated} ${at(scene.now.toISOString(), '{time_secs}')}`,
    ].join(' · '),
  );
}

/** The card of an incident whose alerts were moved: one line that says where to. */
function movedCard(scene: Scene, incident: IncidentFields, into: string): Message {
  const { t } = scene;
  const line = t.mergedCard(into);
  return {
    text: pushText(`${incident.number} · ${nameOf(incident)} · ${line}`),
    blocks: [
      paragraph(`↪ ${nameOf(incident)} · ${line}`),
      actions(linkButton('incident', t.openConsole, consoleUrl(scene, 'incidents', into))),
      context(`${incident.number} · ${escaped(into, 20)}`),
    ],
  };
}

/** The four-line summary: how long and who answered, cause, fix with its approval, follow-up with the verification. */
function resolvedCard(scene: Scene, incident: IncidentFields): Message {
  const { t } = scene;
  const name = nameOf(incident);
  const lasted = spoken(Date.parse(incident.resolvedAt ?? scene.now.toISOString()) - Date.parse(incident.startedAt), t);
  const approval = incident.approvals.nodes.find(({ status }) => status === 'APPROVED');
  const approvers = approval?.decisions.filter((one) => one.approved).map((one) => one.by) ?? [];
  const verification = incident.timeline.nodes[0]?.text ?? null;
  const label = (text: string) => literal(`${text}  `, { bold: true });
  const ackedAfter =
    incident.acknowledgedAt === null
      ? null
      : spoken(Date.parse(incident.acknowledgedAt) - Date.parse(incident.startedAt), t);
  const summary = [
    [
      literal(lasted, { bold: true }),
      literal(' · '),
      ...(incident.acknowledgedBy === null || ackedAfter === null
        ? [literal(t.lineNotAcked)]
        : splitAround(t.lineAcked(ackedAfter, '\u0000'), mentionElement(scene, incident.acknowledgedBy))),
    ],
    [label(t.cause), literal(safe(incident.cause ?? t.causeUnknown, 400))],
    [
      label(t.fix),
      literal(safe(incident.fix ?? t.noFix, 400)),
      ...(approval === undefined || approvers.length === 0 || incident.fix?.includes(approval.number) === true
        ? []
        : [
            literal(' · '),
            ...splitAround(
              t.approvedBy('\u0000', approval.number),
              ...approvers.flatMap((person, index) => [
                ...(index > 0 ? [literal(', ')] : []),
                mentionElement(scene, person),
              ]),
            ),
          ]),
    ],
    [label(t.followUp), literal(safe(verification ?? t.noFollowUp, 400))],
  ];
  return {
    text: pushText(`[${t.resolved}] ${name} · ${lasted}${incident.cause === null ? '' : ` · ${incident.cause}`}`),
    blocks: [
      header(`🟢 ${t.resolved} · ${name}`),
      richText(summary.map((elements) => ({ type: 'rich_text_section' as const, elements }))),
      actions(
        button('incident.report', t.draftReport, { i: incident.id }),
        button('incident.reopen', t.reopen, { i: incident.id }),
        linkButton('incident', t.openConsole, consoleUrl(scene, 'incidents', incident.number)),
      ),
      foot(scene, incident),
    ],
  };
}

/** Our own sentence with elements in the place of a mark. */
function splitAround(sentence: string, ...inside: ReturnType<typeof literal>[]): ReturnType<typeof literal>[] {
  const [before = '', after = ''] = sentence.split('\u0000');
  return [...(before === '' ? [] : [literal(before)]), ...inside, ...(after === '' ? [] : [literal(after)])];
}

/** One line in the thread. */
export function incidentNotice(text: string, number: string | null): Message {
  return {
    text: pushText(number === null ? text : `${number}: ${text}`),
    blocks: [richText([line(safe(text, 1_500))]), ...(number === null ? [] : [context(number)])],
  };
}

const shownReportChars = 6_000;

/** The report as lines: headings bold, lists as lists, everything literal. */
export function reportMessage(scene: Scene, incident: IncidentFields): Message {
  const { t } = scene;
  const report = incident.report ?? t.reportMissing;
  const cut = report.length > shownReportChars;
  const blocks: KnownBlock[] = [header(t.reportHeader(incident.number))];
  let list: string[] = [];
  let lines: ReturnType<typeof line>[] = [];
  const elements: Parameters<typeof richText>[0][number][] = [];
  const flushList = () => {
    if (list.length > 0) elements.push(bullets(list));
    list = [];
  };
  const flushLines = () => {
    elements.push(...lines);
    lines = [];
  };
  for (const raw of report.slice(0, shownReportChars).split('\n')) {
    const text = unmarked(raw);
    if (text === '') continue;
    if (/^\s*[-*] /.test(raw)) {
      flushLines();
      list.push(text);
      continue;
    }
    flushList();
    lines.push(line(safe(text), { bold: /^#{1,6} /.test(raw) }));
  }
  flushLines();
  flushList();
  return {
    text: pushText(t.reportPush(incident.number, safe(incident.title, 80))),
    blocks: [
      ...blocks,
      richText(elements.length === 0 ? [line(t.reportMissing)] : elements.slice(0, 120)),
      ...(cut ? [context(t.reportCut)] : []),
      actions(linkButton('report', t.openConsole, consoleUrl(scene, 'incidents', incident.number))),
      context(incident.number),
    ],
  };
}

/** A line of our own Markdown without its marks: what it says, literally. */
function unmarked(raw: string): string {
  return raw
    .replace(/^\s*(?:#{1,6}|[-*]) /, '')
    .replace(/^```.*$/, '')
    .replaceAll('**', '')
    .replace(/\\([!-/:-@[-`{-~])/g, '$1')
    .trim();
}

/** Plain words for a menu of labels. */
export function labelsMessage(title: string, labels: readonly (readonly [string, string])[]): Message {
  return {
    text: pushText(title),
    blocks: [
      { type: 'section', text: plain(title, 300) },
      richText([bullets(labels.slice(0, 40).map(([key, value]) => `${safe(key, 80)} = ${safe(value, 200)}`))]),
    ],
  };
}
