/** A person, or the app itself, in the workspace. */
export interface User {
  readonly id: string;
  readonly name: string;
  readonly realName: string;
  readonly email: string;
  readonly title: string;
  readonly timeZone: string;
  readonly isBot: boolean;
  locale: string;
}

/** A channel or direct conversation; direct ones begin with D. */
export interface Channel {
  readonly id: string;
  readonly name: string;
  readonly topic: string;
  readonly isDirect: boolean;
  readonly isPrivate: boolean;
  isArchived: boolean;
  members: string[];
}

/** A user group such as @oncall. */
export interface UserGroup {
  readonly id: string;
  readonly handle: string;
  readonly name: string;
  readonly users: readonly string[];
}

/** What a local workspace is made of; everything has a default. */
export interface LocalSlackOptions {
  port?: number;
  host?: string;
  /** Lets other addresses than loopback drive the workspace: for a container whose port is published on loopback alone. */
  anyPeer?: boolean;
  botToken?: string;
  appToken?: string;
  signingSecret?: string;
  teamId?: string;
  users?: readonly User[];
  channels?: readonly Channel[];
  userGroups?: readonly UserGroup[];
  /** What the app's manifest registers. */
  shortcuts?: readonly Shortcut[];
  commands?: readonly string[];
  /** Set for HTTP delivery; without it events go over Socket Mode. */
  eventsUrl?: string;
  /** Append-only file that lets messages survive a restart. */
  stateFile?: string;
  /** False turns limits off; a factor above 1 makes them wider. */
  rateLimits?: boolean;
  rateLimitFactor?: number;
  /** Multiplies the waits between deliveries of one event (at once, 1 min, 5 min). */
  retryTimeScale?: number;
  ackTimeoutMs?: number;
  connectionLifetimeMs?: number;
  /** How long Slack needs before an uploaded picture can stand in a block. */
  fileProcessingMs?: number;
  /** Milliseconds since 1970. */
  now?: () => number;
}

/** Options with every default filled in. */
export type ResolvedOptions = Required<Omit<LocalSlackOptions, 'eventsUrl' | 'stateFile'>> & {
  eventsUrl: string | undefined;
  stateFile: string | undefined;
};

/** A shortcut the app has registered, on messages or everywhere. */
interface Shortcut {
  readonly type: 'message' | 'global';
  readonly name: string;
  readonly callbackId: string;
}

const SHORTCUTS: readonly Shortcut[] = [
  { type: 'message', name: 'Investigate this', callbackId: 'shortcut.investigate' },
  { type: 'message', name: 'Create ticket', callbackId: 'shortcut.ticket' },
  { type: 'message', name: 'Add to timeline', callbackId: 'shortcut.timeline' },
  { type: 'message', name: 'Learn as manual', callbackId: 'shortcut.manual' },
  { type: 'global', name: 'Ask the agent', callbackId: 'shortcut.ask' },
];

/** The id of the app's own user. */
export const BOT_USER = 'U0AGENT';
/** The id of the app's bot record. */
export const BOT_ID = 'B0AGENT';
/** The id of the app. */
export const APP_ID = 'A0AGENT';
/** The user that tells people about failed commands. */
export const SLACKBOT = 'USLACKBOT';

const person = (id: string, name: string, realName: string, title: string, isBot = false): User => ({
  id,
  name,
  realName,
  email: `${name}@example.com`,
  title,
  timeZone: 'Asia/Seoul',
  isBot,
  locale: 'en-US',
});

/** Fresh copies of the people everybody finds in a new local workspace. */
export function defaultUsers(): User[] {
  return [
    person('U0REQUESTER', 'jin', 'Jin', 'Operator'),
    person('U0APPROVER', 'mina', 'Mina', 'Approver'),
    person('U0VIEWER', 'alex', 'Alex', 'Viewer'),
    person(BOT_USER, 'agent', 'Agentic AI', 'App', true),
  ];
}

function defaultChannels(members: readonly string[]): Channel[] {
  const channel = (id: string, name: string, topic: string): Channel => ({
    id,
    name,
    topic,
    isDirect: false,
    isPrivate: false,
    isArchived: false,
    members: [...members],
  });
  return [
    channel('C0OPS', 'ops', 'Alerts, incidents and approvals'),
    channel('C0PAYMENTS', 'payments', 'The payments team'),
    channel('C0GENERAL', 'general', 'Everything else'),
  ];
}

/** Fills in the defaults. */
export function resolveOptions(options: LocalSlackOptions): ResolvedOptions {
  const users = options.users ?? defaultUsers();
  return {
    port: options.port ?? 0,
    host: options.host ?? '127.0.0.1',
    anyPeer: options.anyPeer ?? false,
    botToken: options.botToken ?? 'xoxb-local',
    appToken: options.appToken ?? 'xapp-local',
    signingSecret: options.signingSecret ?? 'local-signing-secret',
    teamId: options.teamId ?? 'T0LOCAL',
    users,
    channels: options.channels ?? defaultChannels(users.map((user) => user.id)),
    userGroups: options.userGroups ?? [{ id: 'S0ONCALL', handle: 'oncall', name: 'On call', users: ['U0APPROVER'] }],
    shortcuts: options.shortcuts ?? SHORTCUTS,
    commands: options.commands ?? ['/agent'],
    eventsUrl: options.eventsUrl,
    stateFile: options.stateFile,
    rateLimits: options.rateLimits ?? false,
    rateLimitFactor: options.rateLimitFactor ?? 1,
    retryTimeScale: options.retryTimeScale ?? 1,
    ackTimeoutMs: options.ackTimeoutMs ?? 3000,
    connectionLifetimeMs: options.connectionLifetimeMs ?? 4 * 3_600_000,
    fileProcessingMs: options.fileProcessingMs ?? 200,
    now: options.now ?? Date.now,
  };
}
