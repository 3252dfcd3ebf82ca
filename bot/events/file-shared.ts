import { defineEvent } from '../event.ts';
import { learnManuals } from '../learn-manuals.ts';
import { tell } from '../session.ts';

/** "매뉴얼 등록", "learn as manual", "manual add": the words that make files manuals. */
const learns =
  /(?:매뉴얼|문서)\s*(?:로|을|를|으로)?\s*(?:등록|추가|배워)|\blearn\s+(?:this\s+|these\s+|it\s+)?as\s+(?:a\s+)?manuals?\b|\bmanuals?\s+add\b|\badd\s+(?:to\s+)?(?:the\s+)?manuals?\b/iu;

/** Files sent to the bot, by direct message or with a mention. Only the words say that they are manuals; else the words are read as always. */
export const event = defineEvent({
  name: 'file-shared',
  tellStrangers: true,
  run: async (inbound, session) => {
    const words = inbound.text
      .normalize('NFC')
      .replace(/<@[A-Z0-9]+(?:\|[^>]*)?>/g, ' ')
      .trim();
    if (learns.test(words)) return learnManuals(session, inbound);
    if (words === '') return tell(session, session.t.manual.fileOffer);
    await session.runText(inbound.text);
  },
});
