import { sentence } from './blocks/answers.ts';
import { viewerUpdate } from './operations.ts';
import { answeredErrors, type Session } from './session.ts';
import { type Locale, texts } from './texts.ts';

/** Keeps the language a person is answered in, and says so in it. */
export async function setLocale(session: Session, locale: Locale): Promise<void> {
  const { viewerUpdate: answer } = await session.api.call(viewerUpdate, { input: { locale } }, { retry: true });
  if (await answeredErrors(session, answer.userErrors)) return;
  await session.answer(sentence(texts[locale].languageSet));
}
