import { z } from 'zod';
import { carried, defineAction } from '../action.ts';
import { tell } from '../session.ts';
import { setLocale } from '../set-locale.ts';

const locale = z.enum(['EN', 'KO']);

/** The language button of help and the language menu of the home tab. */
export const action = defineAction({
  name: 'settings-locale',
  controls: ['settings.locale'],
  press: async (input, session) => {
    const chosen = locale.safeParse(carried(z.object({ l: z.string() }), input.value)?.l ?? input.value);
    if (!chosen.success) return tell(session, session.t.askedElsewhere);
    await setLocale(session, chosen.data);
  },
});
