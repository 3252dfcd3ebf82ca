import { textOf } from '../json.ts';
import { BOT_ID, BOT_USER } from '../options.ts';
import { findChannel, showUser } from '../workspace.ts';
import { type Method, page, refuse } from './method.ts';

const authTest: Method = (workspace) => ({
  ok: true,
  url: `${workspace.baseUrl()}/`,
  team: 'Local workspace',
  user: workspace.store.users.get(BOT_USER)?.name ?? 'agent',
  team_id: workspace.options.teamId,
  user_id: BOT_USER,
  bot_id: BOT_ID,
  is_enterprise_install: false,
});

const usersInfo: Method = (workspace, args) => {
  const user = workspace.store.users.get(textOf(args.user) ?? '');
  return user ? { ok: true, user: showUser(user, workspace.options.teamId) } : refuse('user_not_found');
};

const usersList: Method = (workspace, args) => {
  const part = page([...workspace.store.users.values()], args, 200);
  if (!part) return refuse('invalid_cursor');
  return {
    ok: true,
    members: part.items.map((user) => showUser(user, workspace.options.teamId)),
    cache_ts: Math.floor(workspace.options.now() / 1000),
    response_metadata: { next_cursor: part.cursor },
  };
};

const lookupByEmail: Method = (workspace, args) => {
  const email = textOf(args.email)?.toLowerCase();
  const user = [...workspace.store.users.values()].find((candidate) => candidate.email.toLowerCase() === email);
  return user ? { ok: true, user: showUser(user, workspace.options.teamId) } : refuse('users_not_found');
};

const groupsList: Method = (workspace) => ({
  ok: true,
  usergroups: workspace.store.userGroups.map((group) => ({
    id: group.id,
    team_id: workspace.options.teamId,
    is_usergroup: true,
    name: group.name,
    handle: group.handle,
    users: group.users,
    user_count: group.users.length,
    date_delete: 0,
  })),
});

const groupUsers: Method = (workspace, args) => {
  const group = workspace.store.userGroups.find((candidate) => candidate.id === args.usergroup);
  return group ? { ok: true, users: group.users } : refuse('no_such_subteam');
};

const setStatus: Method = (workspace, args) => {
  const channel = findChannel(workspace, args.channel_id);
  if (!channel) return refuse('channel_not_found');
  const thread = textOf(args.thread_ts) ?? '';
  if (!workspace.store.message(channel.id, thread)) return refuse('thread_not_found');
  const status = textOf(args.status) ?? '';
  const key = `${channel.id} ${thread}`;
  if (status === '') workspace.statuses.delete(key);
  else workspace.statuses.set(key, status);
  for (const listener of workspace.listeners) listener({ type: 'status', channel: channel.id, thread, status });
  return { ok: true };
};

const setTitle: Method = (workspace, args) => {
  if (!findChannel(workspace, args.channel_id)) return refuse('channel_not_found');
  return textOf(args.title) ? { ok: true } : refuse('invalid_arguments');
};

const openConnection: Method = (workspace) => ({ ok: true, url: workspace.newSocketUrl() });

/** auth.*, users.*, usergroups.*, assistant.* and the door to Socket Mode. */
export const peopleMethods: Record<string, Method> = {
  'auth.test': authTest,
  'apps.connections.open': openConnection,
  'users.info': usersInfo,
  'users.list': usersList,
  'users.lookupByEmail': lookupByEmail,
  'usergroups.list': groupsList,
  'usergroups.users.list': groupUsers,
  'assistant.threads.setStatus': setStatus,
  'assistant.threads.setTitle': setTitle,
  'assistant.threads.setSuggestedPrompts': setTitle,
};
