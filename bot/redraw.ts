import type { Message } from './blocks/elements.ts';
import { withBlockIds } from './blocks/elements.ts';
import type { InboundOf } from './inbound.ts';
import type { Session } from './session.ts';

/** Shows the present state in the message whose button was pressed too late. What the outbox sends later replaces it. */
export async function redraw(session: Session, input: InboundOf<'action'>, message: Message): Promise<void> {
  if (input.channel === null || input.message === null || input.isPrivate) return;
  const drawn = withBlockIds(message, `late.${Date.now().toString(36)}`);
  const answer = await session.slack.update(input.channel, input.message, drawn, null);
  if (!answer.ok) session.log.info({ kind: answer.kind }, 'an old card could not be redrawn');
}
