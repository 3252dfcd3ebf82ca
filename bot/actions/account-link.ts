import { defineAction } from '../action.ts';
import { userChatLink } from '../operations.ts';
import { answeredErrors, tell } from '../session.ts';

/** Ties the writer's own chat account to a person without any rights yet. */
export const action = defineAction({
  name: 'account-link',
  controls: ['account.link'],
  forStrangers: true,
  press: async (_, session) => {
    const { userChatLink: answer } = await session.api.call(
      userChatLink,
      { input: { workspace: session.person.workspace, chatUserId: session.person.user } },
      { retry: true },
    );
    if (await answeredErrors(session, answer.userErrors)) return;
    await tell(session, session.t.linked((answer.user?.displayName ?? '').replaceAll('`', 'ˋ')));
  },
});
