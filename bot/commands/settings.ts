import { defineCommand } from '../command.ts';
import { tell } from '../session.ts';
import { setLocale } from '../set-locale.ts';

const languages: Readonly<Record<string, 'KO' | 'EN'>> = {
  ko: 'KO',
  kr: 'KO',
  korean: 'KO',
  한국어: 'KO',
  en: 'EN',
  english: 'EN',
  영어: 'EN',
};

/** The language the bot answers a person in. */
export const command = defineCommand({
  name: 'settings',
  words: ['설정'],
  label: { en: 'settings', ko: '설정' },
  summary: { en: 'your language', ko: '언어 설정' },
  usage: { en: ['settings', 'settings ko'], ko: ['설정', '설정 en'] },
  verbs: [],
  bare: { verb: null, changes: true, args: 'optional-text' },
  run: async (input, session) => {
    const { t, viewer } = session;
    const word = input.args.at(-1)?.normalize('NFKC').toLowerCase();
    if (word === undefined)
      return tell(session, t.settingsShow(viewer.locale === 'KO' ? t.korean : t.english, viewer.timeZone));
    const locale = Object.hasOwn(languages, word) ? languages[word] : undefined;
    if (locale === undefined) return tell(session, t.languageUnknown(word.replaceAll('`', '').slice(0, 40)));
    await setLocale(session, locale);
  },
});
