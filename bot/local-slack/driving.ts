import { type Fields, fieldsOf, isFields, listOf, textOf } from './json.ts';
import { addMessage, announce, channelType, controlsOf, showFile, showMessage } from './messages.ts';
import { APP_ID, BOT_USER, type Channel, SLACKBOT, type User } from './options.ts';
import { applyResponse } from './responses.ts';
import type { Message } from './store.ts';
import { readState } from './view-state.ts';
import { checkView, type View } from './views.ts';
import { findChannel, type Workspace } from './workspace.ts';

/** What a person sees of something they did. */
export interface Seen {
  readonly ok: boolean;
  readonly error?: string;
  /** The words on their screen: an acknowledgement, or Slack's complaint. */
  readonly text?: string;
  readonly ts?: string;
  /** Complaints beside the fields of a form, by block_id. */
  readonly errors?: Record<string, string>;
  readonly views?: readonly View[];
  /** Texts of messages that were refused, as the developer would see them in the log. */
  readonly messages?: readonly string[];
}

const personOf = (user: User, teamId: string): Fields => ({
  id: user.id,
  username: user.name,
  name: user.name,
  team_id: teamId,
});

function place(workspace: Workspace, userId: string, channelName: string): { user: User; channel: Channel } | string {
  const user = workspace.store.users.get(userId);
  if (!user) return 'user_not_found';
  const channel =
    findChannel(workspace, channelName) ??
    (workspace.store.users.has(channelName) ? workspace.store.directChannel([userId, channelName]) : undefined);
  if (!channel || (channel.isPrivate && !channel.members.includes(userId))) return 'channel_not_found';
  return { user, channel };
}

/** A person types a slash command. */
export async function typeCommand(
  workspace: Workspace,
  input: { user: string; channel: string; command: string; text: string },
): Promise<Seen> {
  const where = place(workspace, input.user, input.channel);
  if (typeof where === 'string') return { ok: false, error: where };
  const { user, channel } = where;
  const { teamId, commands } = workspace.options;
  if (!commands.includes(input.command)) {
    const text = `${input.command} is not a valid command.`;
    addMessage(workspace, channel, { user: SLACKBOT, text, ephemeralTo: user.id });
    return { ok: false, error: 'unknown_command', text };
  }
  const target = { channel: channel.id, user: user.id };
  const outcome = await workspace.delivery.command({
    token: 'local',
    team_id: teamId,
    team_domain: 'local',
    channel_id: channel.id,
    channel_name: channel.isDirect ? 'directmessage' : channel.name,
    user_id: user.id,
    user_name: user.name,
    command: input.command,
    text: input.text,
    api_app_id: APP_ID,
    is_enterprise_install: 'false',
    response_url: `${workspace.baseUrl()}/response/${workspace.tickets.newResponse(target)}`,
    trigger_id: workspace.tickets.newTrigger(user.id),
  });
  if (!outcome.ok) {
    const text = `${input.command} failed with the error "${outcome.error}"`;
    const note = addMessage(workspace, channel, { user: SLACKBOT, text, ephemeralTo: user.id });
    return { ok: false, error: outcome.error, text, ts: note.ts };
  }
  const body = outcome.payload ?? {};
  if (!textOf(body.text) && listOf(body.blocks).length === 0) return { ok: true };
  const shown = applyResponse(workspace, target, body);
  return {
    ok: shown.error === undefined,
    text: textOf(body.text) ?? '',
    ...(shown.error === undefined ? {} : { error: shown.error }),
    ...(shown.ts === undefined ? {} : { ts: shown.ts }),
    ...(shown.messages === undefined ? {} : { messages: shown.messages }),
  };
}

/** A person writes a message; a mention of the app reaches it as app_mention as well. */
export function writeMessage(
  workspace: Workspace,
  input: { user: string; channel: string; text: string; thread_ts?: string | undefined; files?: string[] },
): Seen {
  const where = place(workspace, input.user, input.channel);
  if (typeof where === 'string') return { ok: false, error: where };
  const { user, channel } = where;
  if (channel.isArchived) return { ok: false, error: 'is_archived' };
  if (input.thread_ts !== undefined && !workspace.store.message(channel.id, input.thread_ts))
    return { ok: false, error: 'thread_not_found' };
  const files = input.files ?? [];
  if (input.text === '' && files.length === 0) return { ok: false, error: 'no_text' };
  if (files.some((id) => workspace.store.files.get(id)?.user !== user.id))
    return { ok: false, error: 'file_not_found' };
  const message = addMessage(workspace, channel, {
    user: user.id,
    text: input.text,
    threadTs: input.thread_ts,
    ...(files.length === 0 ? {} : { files }),
  });
  for (const id of files)
    announce(workspace, channel, {
      type: 'file_shared',
      file_id: id,
      user_id: user.id,
      file: { id },
      channel_id: channel.id,
      ts: message.ts,
    });
  if (!channel.isDirect && new RegExp(`<@${BOT_USER}(\\|[^>]*)?>`).test(input.text))
    announce(workspace, channel, {
      type: 'app_mention',
      user: user.id,
      text: input.text,
      ts: message.ts,
      channel: channel.id,
      team: workspace.options.teamId,
      ...(message.thread_ts === undefined ? {} : { thread_ts: message.thread_ts }),
      ...(files.length === 0 ? {} : { files: files.map((id) => showFile(workspace, id)) }),
    });
  return { ok: true, ts: message.ts };
}

/** What is pressed: by message or by view, and the choice made. */
export interface Press {
  user: string;
  channel?: string | undefined;
  ts?: string | undefined;
  view_id?: string | undefined;
  block_id?: string | undefined;
  action_id: string;
  value?: string | undefined;
  selected_option?: string | undefined;
  /** Presses a button that is no longer there, as somebody with an old screen does. */
  stale?: boolean | undefined;
}

function actionOf(control: Fields, press: Press): Fields | undefined {
  const type = String(control.type);
  const base = { type, action_id: control.action_id };
  const choice = press.selected_option ?? press.value;
  if (type === 'button' || type === 'icon_button')
    return { ...base, text: control.text, ...(control.value === undefined ? {} : { value: control.value }) };
  if (type === 'feedback_buttons') {
    const sides = [control.positive_button, control.negative_button].map(fieldsOf);
    const side = sides.find((candidate) => candidate.value === choice || fieldsOf(candidate.text).text === choice);
    return side ? { ...base, text: side.text, value: side.value } : undefined;
  }
  if (type === 'overflow' || type === 'static_select' || type === 'radio_buttons') {
    const option = listOf(control.options)
      .map(fieldsOf)
      .find((candidate) => candidate.value === choice || fieldsOf(candidate.text).text === choice);
    return option ? { ...base, selected_option: option, placeholder: control.placeholder } : undefined;
  }
  if (type === 'users_select') return { ...base, selected_user: choice };
  return { ...base, value: choice };
}

function findControl(blocks: readonly Fields[], press: Press): { block: Fields; control: Fields } | undefined {
  const all = controlsOf(blocks).filter(
    ({ block, control }) =>
      control.action_id === press.action_id && (press.block_id === undefined || block.block_id === press.block_id),
  );
  return all.find(({ control }) => control.type === 'button' && control.value === press.value) ?? all[0];
}

function sourceMessage(workspace: Workspace, press: Press): { channel: Channel; message: Message } | string {
  const where = place(workspace, press.user, press.channel ?? '');
  if (typeof where === 'string') return where;
  const ts = press.ts ?? '';
  const message = workspace.store.message(where.channel.id, ts) ?? workspace.store.ephemeral(where.channel.id, ts);
  if (!message || (message.ephemeral_to !== undefined && message.ephemeral_to !== press.user))
    return 'message_not_found';
  return { channel: where.channel, message };
}

/** A person presses a button or picks from a menu, in a message, a modal or the home tab. */
export async function pressControl(workspace: Workspace, press: Press): Promise<Seen> {
  const user = workspace.store.users.get(press.user);
  if (!user) return { ok: false, error: 'user_not_found' };
  const view = press.view_id === undefined ? undefined : workspace.views.find({ id: press.view_id })?.view;
  if (press.view_id !== undefined && !view) return { ok: false, error: 'view_not_found' };
  const source = view ? undefined : sourceMessage(workspace, press);
  if (typeof source === 'string') return { ok: false, error: source };
  const found = findControl(view?.blocks ?? source?.message.blocks ?? [], press);
  const stale: Fields = {
    type: 'button',
    action_id: press.action_id,
    value: press.value ?? '',
    text: { type: 'plain_text', text: '…' },
  };
  const control = found?.control ?? (press.stale ? stale : undefined);
  if (!control) return { ok: false, error: 'action_not_found' };
  const action = actionOf(control, press);
  if (!action) return { ok: false, error: 'option_not_found' };
  const { teamId } = workspace.options;
  const message = source?.message;
  const target = message && {
    channel: message.channel,
    user: user.id,
    messageTs: message.ts,
    ...(message.thread_ts === undefined ? {} : { threadTs: message.thread_ts }),
  };
  const outcome = await workspace.delivery.interactive({
    type: 'block_actions',
    user: personOf(user, teamId),
    api_app_id: APP_ID,
    token: 'local',
    trigger_id: workspace.tickets.newTrigger(user.id),
    team: { id: teamId, domain: 'local' },
    enterprise: null,
    is_enterprise_install: false,
    ...(message && source && target
      ? {
          container: {
            type: 'message',
            message_ts: message.ts,
            channel_id: message.channel,
            is_ephemeral: message.ephemeral_to !== undefined,
            ...(message.thread_ts === undefined ? {} : { thread_ts: message.thread_ts }),
          },
          channel: { id: source.channel.id, name: source.channel.isDirect ? 'directmessage' : source.channel.name },
          message: showMessage(workspace, message, { withMetadata: true }),
          state: { values: {} },
          response_url: `${workspace.baseUrl()}/response/${workspace.tickets.newResponse(target)}`,
        }
      : { container: { type: 'view', view_id: view?.id }, view }),
    actions: [
      {
        ...action,
        block_id: found?.block.block_id ?? press.block_id ?? 'stale',
        action_ts: workspace.store.nextTs(),
      },
    ],
  });
  if (outcome.ok) return { ok: true, views: workspace.views.stack(user.id) };
  return { ok: false, error: outcome.error, text: `This app responded with an error: ${outcome.error}` };
}

/** A person uses a global or message shortcut. */
export async function pickShortcut(
  workspace: Workspace,
  input: { user: string; callback_id: string; channel?: string | undefined; ts?: string | undefined },
): Promise<Seen> {
  const user = workspace.store.users.get(input.user);
  if (!user) return { ok: false, error: 'user_not_found' };
  const { teamId } = workspace.options;
  const source = input.ts === undefined ? undefined : sourceMessage(workspace, { ...input, action_id: '' });
  if (typeof source === 'string') return { ok: false, error: source };
  const target = source && { channel: source.channel.id, user: user.id, messageTs: source.message.ts };
  const outcome = await workspace.delivery.interactive({
    type: source ? 'message_action' : 'shortcut',
    token: 'local',
    action_ts: workspace.store.nextTs(),
    team: { id: teamId, domain: 'local' },
    user: personOf(user, teamId),
    is_enterprise_install: false,
    enterprise: null,
    callback_id: input.callback_id,
    trigger_id: workspace.tickets.newTrigger(user.id),
    ...(source && target
      ? {
          message_ts: source.message.ts,
          channel: { id: source.channel.id, name: source.channel.name },
          message: showMessage(workspace, source.message),
          response_url: `${workspace.baseUrl()}/response/${workspace.tickets.newResponse(target)}`,
        }
      : {}),
  });
  return outcome.ok
    ? { ok: true, views: workspace.views.stack(user.id) }
    : { ok: false, error: outcome.error, text: outcome.error };
}

/** A person submits a modal; the app's answer closes it, changes it, or shows errors. */
export async function submitView(
  workspace: Workspace,
  input: { user: string; view_id: string; values: Fields },
): Promise<Seen> {
  const user = workspace.store.users.get(input.user);
  const view = workspace.views.stack(input.user).find((candidate) => candidate.id === input.view_id);
  if (!user || !view) return { ok: false, error: user ? 'view_not_found' : 'user_not_found' };
  const { values, errors } = readState(view, input.values);
  if (Object.keys(errors).length > 0) return { ok: false, error: 'invalid_input', errors };
  const { teamId } = workspace.options;
  const outcome = await workspace.delivery.interactive({
    type: 'view_submission',
    team: { id: teamId, domain: 'local' },
    user: personOf(user, teamId),
    api_app_id: APP_ID,
    token: 'local',
    trigger_id: workspace.tickets.newTrigger(user.id),
    view: { ...view, state: { values } },
    response_urls: [],
    is_enterprise_install: false,
    enterprise: null,
  });
  if (!outcome.ok)
    return {
      ok: false,
      error: outcome.error,
      text: 'We had some trouble connecting. Try again?',
      views: workspace.views.stack(user.id),
    };
  return answerSubmission(workspace, user.id, view, outcome.payload ?? {});
}

function answerSubmission(workspace: Workspace, user: string, view: View, answer: Fields): Seen {
  const action = answer.response_action;
  const next = fieldsOf(answer.view);
  if (action === 'errors') {
    const errors = Object.fromEntries(
      Object.entries(fieldsOf(answer.errors)).map(([block, words]) => [block, String(words)]),
    );
    return { ok: false, error: 'invalid_input', errors, views: workspace.views.stack(user) };
  }
  if (action === 'update' || action === 'push') {
    const problems = isFields(answer.view) ? checkView(next, () => true) : ['[ERROR] missing required field: view'];
    if (problems.length > 0)
      return {
        ok: false,
        error: 'invalid_arguments',
        messages: problems,
        text: 'We had some trouble connecting. Try again?',
      };
    if (action === 'update') workspace.views.replace(user, view, next);
    else workspace.views.push(user, next);
  } else if (action === 'clear') workspace.views.close(user);
  else workspace.views.close(user, view.id);
  return { ok: true, views: workspace.views.stack(user) };
}

/** A person closes a modal; the app hears of it only when it asked to. */
export async function closeView(workspace: Workspace, input: { user: string; view_id: string }): Promise<Seen> {
  const user = workspace.store.users.get(input.user);
  const view = workspace.views.stack(input.user).find((candidate) => candidate.id === input.view_id);
  if (!user || !view) return { ok: false, error: user ? 'view_not_found' : 'user_not_found' };
  workspace.views.close(user.id, view.id);
  const { teamId } = workspace.options;
  if (view.notify_on_close === true)
    await workspace.delivery.interactive({
      type: 'view_closed',
      team: { id: teamId, domain: 'local' },
      user: personOf(user, teamId),
      api_app_id: APP_ID,
      token: 'local',
      view,
      is_cleared: false,
      is_enterprise_install: false,
      enterprise: null,
    });
  return { ok: true, views: workspace.views.stack(user.id) };
}

/** A person opens the app's home tab, or its messages. */
export function openHome(workspace: Workspace, input: { user: string; tab: 'home' | 'messages' }): Seen {
  if (!workspace.store.users.has(input.user)) return { ok: false, error: 'user_not_found' };
  const channel = workspace.store.directChannel([input.user, BOT_USER]);
  const view = workspace.views.home(input.user);
  workspace.delivery.event({
    type: 'app_home_opened',
    user: input.user,
    channel: channel.id,
    channel_type: channelType(channel),
    tab: input.tab,
    event_ts: workspace.store.nextTs(),
    ...(view && input.tab === 'home' ? { view } : {}),
  });
  return { ok: true, ...(view ? { views: [view] } : {}) };
}
