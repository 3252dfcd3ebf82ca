import type { HomeView, KnownBlock, ModalView } from '@slack/types';
import type { ResultOf } from 'gql.tada';
import type {
  alertGroupQuery,
  alertGroupsQuery,
  approvalsQuery,
  healthQuery,
  incidentsQuery,
  systemsQuery,
  tasksQuery,
} from '../operations.ts';
import type { Texts } from '../texts.ts';
import { textInput } from './approval-card.ts';
import {
  actions,
  at,
  button,
  context,
  escaped,
  header,
  linkButton,
  type Message,
  option,
  paragraph,
  plain,
  pushText,
} from './elements.ts';
import { bullets, line, literal, richText, safe } from './rich-text.ts';
import { consoleUrl, type Scene } from './scene.ts';

/** A private sentence of ours, with `code` where we wrote it. */
export function sentence(text: string, ...more: readonly KnownBlock[]): Message {
  return { text: pushText(text.replaceAll('`', '')), blocks: [paragraph(text, true), ...more] };
}

/** A sentence of the api, literally. */
export function said(text: string): Message {
  return { text: pushText(text), blocks: [paragraph(text)] };
}

/** Offers the command that was probably meant; runs nothing by itself. */
export function didYouMean(t: Texts, word: string, command: string, original: string): Message {
  return {
    text: pushText(t.didYouMeanPush(command)),
    blocks: [
      paragraph(t.didYouMean(safe(word, 80).replaceAll('`', 'ˋ'), command), true),
      actions(
        button('command.run', t.runIt(command), { c: command.slice(0, 64) }),
        ...(original.length <= 64 ? [button('command.ask', t.askIt, { c: original })] : []),
      ),
    ],
  };
}

/** What an unknown person reads. */
export function linkAccount(t: Texts): Message {
  return {
    text: pushText(t.linkAccount),
    blocks: [
      paragraph(t.linkAccount, true),
      actions(button('account.link', t.linkMine, { l: 'self' }, { style: 'primary' })),
    ],
  };
}

/** A list with a heading; an empty one says so. */
function list(title: string, lines: readonly string[], nothing: string, total: number, t: Texts): Message {
  if (lines.length === 0) return sentence(nothing);
  return {
    text: pushText(title),
    blocks: [
      richText([{ type: 'rich_text_section', elements: [literal(title, { bold: true })] }, bullets(lines)]),
      ...(total > lines.length ? [context(t.more(total - lines.length))] : []),
    ],
  };
}

const severityMarks = { CRITICAL: '🔴', HIGH: '🟠', WARNING: '🟡', INFO: '🔵', UNKNOWN: '🟡' } as const;

export function incidentList(scene: Scene, page: ResultOf<typeof incidentsQuery>['incidents']): Message {
  const { t } = scene;
  const lines = page.nodes.map((one) =>
    [
      `${severityMarks[one.severity]} ${t.severity[one.severity]}`,
      one.number,
      safe(one.title, 120),
      ...(one.system === null ? [] : [safe(one.system.name, 60)]),
      t.state[one.status],
    ].join(' · '),
  );
  return list(t.listIncidents(page.totalCount), lines, t.noIncidents, page.totalCount, t);
}

export function alertList(scene: Scene, page: ResultOf<typeof alertGroupsQuery>['alertGroups']): Message {
  const { t } = scene;
  const lines = page.nodes.map((one) =>
    [
      `${severityMarks[one.severity]} ${t.severity[one.severity]}`,
      one.number,
      safe(one.title, 120),
      ...(one.system === null ? [] : [safe(one.system.name, 60)]),
      t.alertCount(one.totalCount, one.firingCount),
      ...(one.reading === null ? [] : [safe(one.reading, 80)]),
      ...(one.incident === null ? [] : [one.incident.number]),
    ].join(' · '),
  );
  return list(t.listAlerts(page.totalCount), lines, t.noAlerts, page.totalCount, t);
}

export function alertDetails(
  scene: Scene,
  group: NonNullable<ResultOf<typeof alertGroupQuery>['alertGroup']>,
): Message {
  const { t } = scene;
  const title = `${severityMarks[group.severity]} ${t.severity[group.severity]} · ${group.number} · ${safe(group.title, 100)}`;
  return {
    text: pushText(title),
    blocks: [
      header(title),
      richText([
        ...(group.summary === null ? [] : [line(safe(group.summary, 500))]),
        line(
          `${t.alertCount(group.totalCount, group.firingCount)}${group.reading === null ? '' : ` · ${safe(group.reading)}`}`,
        ),
        bullets(
          group.alerts.nodes.map(
            (one) => `${safe(one.name, 80)} · ${one.status} · ${safe(JSON.stringify(one.labels), 300)}`,
          ),
        ),
      ]),
      context(
        [
          group.number,
          ...(group.incident === null ? [] : [group.incident.number]),
          `${t.since} ${at(group.startedAt)}`,
        ].join(' · '),
      ),
    ],
  };
}

export function taskList(scene: Scene, page: ResultOf<typeof tasksQuery>['tasks']): Message {
  const { t } = scene;
  const lines = page.nodes.map((one) =>
    [
      one.number,
      safe(one.title, 120),
      one.agentId,
      t.taskStatus[one.status],
      ...(one.incident === null ? [] : [one.incident.number]),
    ].join(' · '),
  );
  return list(t.listTasks(page.totalCount), lines, t.noTasks, page.totalCount, t);
}

export function systemList(scene: Scene, page: ResultOf<typeof systemsQuery>['systems']): Message {
  const { t } = scene;
  const order = { UNHEALTHY: 0, SLOW: 1, UNKNOWN: 2, HEALTHY: 3 } as const;
  const rank = (one: (typeof page.nodes)[number]) => order[one.health?.state ?? 'UNKNOWN'];
  const lines = [...page.nodes]
    .sort((one, other) => rank(one) - rank(other))
    .map((one) =>
      [
        safe(one.displayName, 80),
        safe(one.name, 60),
        one.environment.toLowerCase(),
        t.health[one.health?.state ?? 'UNKNOWN'],
        ...(one.health == null ? [] : [safe(one.health.message, 120)]),
      ].join(' · '),
    );
  return list(t.listSystems(page.totalCount), lines, t.noSystems, page.totalCount, t);
}

type WaitingApprovals = ResultOf<typeof approvalsQuery>['approvals'];

export function approvalList(scene: Scene, page: WaitingApprovals): Message {
  const { t } = scene;
  if (page.nodes.length === 0) return sentence(t.noApprovals);
  const title = t.listApprovals(page.totalCount);
  return {
    text: pushText(title),
    blocks: [
      richText([{ type: 'rich_text_section', elements: [literal(title, { bold: true })] }]),
      ...page.nodes.slice(0, 10).flatMap((one) => waitingApproval(scene, one)),
    ],
  };
}

function waitingApproval(scene: Scene, one: WaitingApprovals['nodes'][number]): KnownBlock[] {
  const { t } = scene;
  return [
    richText([
      line(
        `${one.number} · ${safe(one.action.title, 120)} · ${safe(one.action.target, 120)} · ${t.risk[one.action.risk]}`,
      ),
    ]),
    actions(button('approval.details', t.open, { q: one.id })),
  ];
}

type HealthData = ResultOf<typeof healthQuery>['health'];

export function statusMessage(scene: Scene, health: HealthData): Message {
  const { t } = scene;
  const title = health.ready ? t.statusReady : t.statusNotReady;
  return {
    text: pushText(`${t.statusTitle}: ${title}`),
    blocks: [
      richText([
        { type: 'rich_text_section', elements: [literal(title, { bold: true })] },
        bullets(
          health.dependencies.map(
            (one) =>
              `${safe(one.name, 60)}: ${t.dependency[one.state]}${one.message === null ? '' : ` · ${safe(one.message, 200)}`}`,
          ),
        ),
        line(`${t.queueLine(health.queueDepth)} · ${t.outboxLine(health.outboxPending)}`),
      ]),
      context(escaped(versionText(t, health))),
    ],
  };
}

/** "Agentic AI 1.0.0 (abc1234)". */
export function versionText(t: Texts, health: Pick<HealthData, 'version' | 'commit'>): string {
  return t.versionLine(health.version, health.commit?.slice(0, 8) ?? '');
}

/** One command as help shows it. */
export interface HelpTopic {
  readonly name: string;
  readonly label: string;
  readonly summary: string;
  readonly usage: readonly string[];
}

export function helpMessage(
  scene: Scene,
  options: {
    readonly topics: readonly HelpTopic[];
    readonly topic: HelpTopic | null;
    readonly waiting: number;
    readonly version: string;
  },
): Message {
  const { t } = scene;
  const shown = options.topic === null ? options.topics : [options.topic];
  const lines = shown.flatMap((topic) =>
    (options.topic === null ? topic.usage.slice(0, 1) : topic.usage).map((usage) => ({
      usage,
      summary: topic.summary,
    })),
  );
  return {
    text: t.helpPush,
    blocks: [
      richText([line(t.helpHello, { bold: true })]),
      richText([
        {
          type: 'rich_text_list',
          style: 'bullet',
          elements: lines.map(({ usage, summary }) => ({
            type: 'rich_text_section',
            elements: [literal(`/agent ${usage}`.trim(), { code: true }), literal(`  ${summary}`)],
          })),
        },
      ]),
      actions(
        {
          type: 'static_select',
          action_id: 'help.topic',
          placeholder: plain(t.helpTopics, 150),
          options: options.topics.slice(0, 100).map((topic) => option(topic.label, topic.name)),
        },
        button('settings.locale', t.otherLanguage, { l: t.otherLocale }),
        linkButton('console', t.openConsole, consoleUrl(scene)),
      ),
      context(
        [
          ...(options.waiting > 0 ? [t.helpWaiting(options.waiting)] : []),
          t.helpThreads,
          escaped(options.version),
        ].join(' · '),
      ),
    ],
  };
}

/** The app's home tab. */
export function homeView(
  scene: Scene,
  data: {
    readonly approvals: WaitingApprovals;
    readonly incidents: ResultOf<typeof incidentsQuery>['incidents'];
    readonly tasks: ResultOf<typeof tasksQuery>['tasks'];
    readonly health: HealthData;
  },
): HomeView {
  const { t } = scene;
  const lines = (items: readonly string[]) => richText([items.length === 0 ? line(t.homeNothing) : bullets(items)]);
  return {
    type: 'home',
    blocks: [
      header(t.homeWaiting(data.approvals.totalCount)),
      ...(data.approvals.nodes.length === 0
        ? [lines([])]
        : data.approvals.nodes.slice(0, 10).flatMap((one) => waitingApproval(scene, one))),
      header(t.homeFiring(data.incidents.totalCount)),
      lines(
        data.incidents.nodes
          .slice(0, 10)
          .map(
            (one) => `${severityMarks[one.severity]} ${one.number} · ${safe(one.title, 120)} · ${t.state[one.status]}`,
          ),
      ),
      header(t.homeTasks),
      lines(
        data.tasks.nodes
          .slice(0, 10)
          .map((one) => `${one.number} · ${safe(one.title, 120)} · ${t.taskStatus[one.status]}`),
      ),
      header(t.homeSettings),
      actions(
        {
          type: 'static_select',
          action_id: 'settings.locale',
          placeholder: plain(t.language, 150),
          options: [option('한국어', 'KO'), option('English', 'EN')],
        },
        linkButton('console', t.openConsole, consoleUrl(scene)),
      ),
      context(
        [
          ...data.health.dependencies
            .slice(0, 12)
            .map((one) => `${t.dependency[one.state].split(' ')[0]} ${escaped(one.name, 40)}`),
          escaped(versionText(t, data.health)),
        ].join(' · '),
      ),
    ],
  };
}

/** The form that asks why an incident is opened again. */
export function reopenModal(t: Texts, number: string, meta: string): ModalView {
  return {
    type: 'modal',
    callback_id: 'incident.reopen',
    private_metadata: meta,
    title: plain(t.reopenTitle(number), 24),
    submit: plain(t.send, 24),
    close: plain(t.back, 24),
    blocks: [richText([line(t.reopenHint)]), textInput('reason', t.why, true)],
  };
}
