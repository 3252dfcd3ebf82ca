import type { Delivery } from './delivery.ts';
import type { Faults } from './faults.ts';
import type { Fields } from './json.ts';
import type { Channel, ResolvedOptions, User } from './options.ts';
import type { RateLimits } from './rate-limits.ts';
import type { Store } from './store.ts';
import type { Tickets } from './tickets.ts';
import type { Views } from './views.ts';

/** Something a browser must redraw. */
export type Change =
  | { type: 'channel'; channel: string }
  | { type: 'views'; user: string }
  | { type: 'status'; channel: string; thread: string; status: string };

/** A Web API call that was made, for tests to count. */
export interface RecordedCall {
  readonly method: string;
  readonly args: Fields;
  readonly at: number;
  error?: string | undefined;
}

/** An upload that has been promised an address but is not finished. */
export interface Upload {
  readonly id: string;
  readonly name: string;
  readonly length: number;
  content?: Buffer;
  mimetype?: string;
}

/** Everything the doors of one local workspace share. */
export interface Workspace {
  readonly options: ResolvedOptions;
  readonly store: Store;
  readonly views: Views;
  readonly tickets: Tickets;
  readonly faults: Faults;
  readonly rateLimits: RateLimits;
  readonly delivery: Delivery;
  readonly calls: RecordedCall[];
  readonly uploads: Map<string, Upload>;
  readonly listeners: Set<(change: Change) => void>;
  /** Agent status lines by "channel thread". */
  readonly statuses: Map<string, string>;
  baseUrl(): string;
  newSocketUrl(): string;
}

/** Finds a channel by id, #name, or the person on the other end. */
export function findChannel(workspace: Workspace, name: unknown): Channel | undefined {
  if (typeof name !== 'string') return undefined;
  const { store } = workspace;
  const byId = store.channel(name);
  if (byId) return byId;
  return store
    .channels()
    .find((channel) => !channel.isDirect && `#${channel.name}` === (name.startsWith('#') ? name : `#${name}`));
}

/** A person as users.info shows them. */
export function showUser(user: User, teamId: string): Fields {
  return {
    id: user.id,
    team_id: teamId,
    name: user.name,
    deleted: false,
    real_name: user.realName,
    tz: user.timeZone,
    tz_label: user.timeZone,
    tz_offset: user.timeZone === 'Asia/Seoul' ? 32_400 : 0,
    is_bot: user.isBot,
    is_app_user: false,
    is_admin: false,
    locale: user.locale,
    profile: {
      real_name: user.realName,
      real_name_normalized: user.realName,
      display_name: user.name,
      display_name_normalized: user.name,
      email: user.email,
      title: user.title,
    },
  };
}

/** A channel as conversations.info shows it. */
export function showChannel(channel: Channel, viewer: string): Fields {
  const direct = channel.isDirect;
  return {
    id: channel.id,
    ...(direct
      ? { user: channel.members.find((member) => member !== viewer) ?? viewer }
      : { name: channel.name, name_normalized: channel.name }),
    is_channel: !direct && !channel.isPrivate,
    is_group: !direct && channel.isPrivate,
    is_im: direct && channel.members.length <= 2,
    is_mpim: direct && channel.members.length > 2,
    is_private: channel.isPrivate,
    is_archived: channel.isArchived,
    is_general: channel.name === 'general',
    is_member: channel.members.includes(viewer),
    num_members: channel.members.length,
    topic: { value: channel.topic, creator: '', last_set: 0 },
    purpose: { value: channel.topic, creator: '', last_set: 0 },
    created: 0,
  };
}
