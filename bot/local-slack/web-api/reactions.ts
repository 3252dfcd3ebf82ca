import { type Fields, textOf } from '../json.ts';
import { announce } from '../messages.ts';
import { BOT_USER } from '../options.ts';
import { findChannel, type Workspace } from '../workspace.ts';
import { type Method, refuse } from './method.ts';

/** Adds or takes away one person's reaction; people and the app go through the same door. */
export function react(workspace: Workspace, user: string, what: 'add' | 'remove', args: Fields): Fields {
  const channel = findChannel(workspace, args.channel);
  if (!channel) return refuse('channel_not_found');
  if (channel.isArchived) return refuse('is_archived');
  const message = workspace.store.message(channel.id, textOf(args.timestamp) ?? '');
  if (!message) return refuse('message_not_found');
  const name = textOf(args.name)?.replaceAll(':', '') ?? '';
  if (!/^[a-z0-9_+'-]+$/.test(name)) return refuse('invalid_name');
  const reaction = message.reactions.find((candidate) => candidate.name === name);
  const has = reaction?.users.includes(user) === true;
  if (what === 'add') {
    if (has) return refuse('already_reacted');
    if (reaction) reaction.users.push(user);
    else message.reactions.push({ name, users: [user] });
  } else {
    if (!reaction || !has) return refuse('no_reaction');
    reaction.users = reaction.users.filter((candidate) => candidate !== user);
    message.reactions = message.reactions.filter((candidate) => candidate.users.length > 0);
  }
  workspace.store.saveMessage(message);
  announce(workspace, channel, {
    type: what === 'add' ? 'reaction_added' : 'reaction_removed',
    user,
    reaction: name,
    item_user: message.user,
    item: { type: 'message', channel: channel.id, ts: message.ts },
  });
  return { ok: true };
}

/** reactions.* by the app. */
export const reactionMethods: Record<string, Method> = {
  'reactions.add': (workspace, args) => react(workspace, BOT_USER, 'add', args),
  'reactions.remove': (workspace, args) => react(workspace, BOT_USER, 'remove', args),
};
