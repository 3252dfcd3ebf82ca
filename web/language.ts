import { createContext, useContext } from 'react';
import { type Language, type TextKey, text } from './texts.ts';

/** The language chosen in the console, kept in the browser; the browser's own language is the default. */
export const LanguageContext = createContext<{ readonly language: Language; toggle(): void }>({
  language: 'en',
  toggle: () => undefined,
});

export function storedLanguage(): Language {
  const stored = window.localStorage.getItem('language');
  if (stored === 'en' || stored === 'ko') return stored;
  return navigator.language.startsWith('ko') ? 'ko' : 'en';
}

/** Texts and times in the chosen language. */
export function useText() {
  const { language } = useContext(LanguageContext);
  const format = new Intl.DateTimeFormat(language === 'ko' ? 'ko-KR' : 'en-GB', {
    dateStyle: 'medium',
    timeStyle: 'medium',
  });
  return {
    language,
    t: (key: TextKey) => text(language, key),
    at: (iso: string | null | undefined) => (iso ? format.format(new Date(iso)) : '–'),
  };
}
