import { type Fields, isTrue, textOf } from './json.ts';
import { addMessage, editMessage, readContent, removeMessage } from './messages.ts';
import { BOT_USER } from './options.ts';
import type { ResponseTarget } from './tickets.ts';
import type { Workspace } from './workspace.ts';

/** Does what an acknowledgement body or a post to a response_url asks for; answers the error, if any. */
export function applyResponse(
  workspace: Workspace,
  target: ResponseTarget,
  body: Fields,
): { error?: string; messages?: string[]; ts?: string } {
  const channel = workspace.store.channel(target.channel);
  if (!channel) return { error: 'channel_not_found' };
  const ts = target.messageTs;
  const source =
    ts === undefined
      ? undefined
      : (workspace.store.message(target.channel, ts) ?? workspace.store.ephemeral(target.channel, ts));
  if (isTrue(body.delete_original)) {
    if (!source) return { error: 'message_not_found' };
    removeMessage(workspace, source);
    return {};
  }
  const content = readContent(workspace, body);
  if ('error' in content) return content;
  if (!content.text && !content.blocks?.length) return { error: 'no_text' };
  if (isTrue(body.replace_original) && source) {
    editMessage(workspace, source, content);
    return { ts: source.ts };
  }
  const isShared = body.response_type === 'in_channel';
  const message = addMessage(workspace, channel, {
    ...content,
    user: BOT_USER,
    threadTs: textOf(body.thread_ts) ?? target.threadTs,
    ephemeralTo: isShared ? undefined : target.user,
  });
  return { ts: message.ts };
}
