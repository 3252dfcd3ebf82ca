import { z } from 'zod';
import { carried, defineAction } from '../action.ts';
import { silenceExpire, silenceExtend } from '../operations.ts';
import { answeredErrors, tell } from '../session.ts';

const ids = z.object({ s: z.string().min(1).max(200) });

/** Goes on with a silence for another hour, or ends it. */
export const action = defineAction({
  name: 'silence-end',
  controls: ['silence.extend', 'silence.expire'],
  press: async (input, session) => {
    const chosen = carried(ids, input.value);
    if (chosen === null) return tell(session, session.t.askedElsewhere);
    if (input.action === 'silence.extend') {
      const { silenceExtend: answer } = await session.api.call(
        silenceExtend,
        { input: { id: chosen.s, duration: 'PT1H' } },
        { retry: true },
      );
      if (await answeredErrors(session, answer.userErrors)) return;
      const until = answer.silence?.endsAt ?? '';
      return tell(session, session.t.extendedNow(answer.silence?.number ?? '', until.slice(0, 16).replace('T', ' ')));
    }
    const { silenceExpire: answer } = await session.api.call(
      silenceExpire,
      { input: { id: chosen.s } },
      { retry: true },
    );
    if (await answeredErrors(session, answer.userErrors)) return;
    await tell(session, session.t.unsilencedNow(answer.silence?.number ?? ''));
  },
});
