/** The language of a text: Korean when a fair part of its letters is Hangul, since Korean manuals are full of English names. */
export function localeOf(text: string): 'ko' | 'en' {
  const hangul = text.match(/\p{Script=Hangul}/gu)?.length ?? 0;
  const latin = text.match(/\p{Script=Latin}/gu)?.length ?? 0;
  return hangul > 0 && hangul >= 0.15 * (hangul + latin) ? 'ko' : 'en';
}
