/** Every sentence of this folder a person reads, in both languages side by side. */
export const evidenceTexts = {
  noCauseFound: { en: 'I could not find the cause.', ko: '원인을 찾지 못했습니다.' },
  factsOnly: {
    en: 'Facts were collected; they do not show a cause.',
    ko: '사실을 모았지만 원인은 드러나지 않았습니다.',
  },
} as const;

/** Text in both languages, or in one. */
export type Wording = string | { readonly en: string; readonly ko: string };

/** The words for one reader's language. */
export function inLanguage(wording: Wording, locale: 'KO' | 'EN'): string {
  if (typeof wording === 'string') return wording;
  return locale === 'KO' ? wording.ko : wording.en;
}
