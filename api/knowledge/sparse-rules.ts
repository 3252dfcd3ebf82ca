/** Weights of the terms of one text, and its length in terms. */
export interface SparseText {
  readonly terms: Readonly<Record<string, number>>;
  readonly length: number;
}

/** Particles and endings that are cut from a Hangul word, longest first. */
const endings = [
  '으로부터',
  '에서부터',
  '까지도',
  '이라면',
  '하였다',
  '합니다',
  '입니다',
  '습니다',
  '됩니다',
  '하세요',
  '되었다',
  '했습니다',
  '에서는',
  '으로는',
  '에게서',
  '이라는',
  '하면서',
  '하려면',
  '하는데',
  '인가요',
  '나요',
  '한다',
  '된다',
  '하고',
  '하는',
  '하기',
  '하면',
  '해서',
  '했다',
  '되는',
  '되면',
  '되어',
  '에서',
  '에게',
  '으로',
  '까지',
  '부터',
  '처럼',
  '보다',
  '마다',
  '이나',
  '이고',
  '이면',
  '라면',
  '라는',
  '은',
  '는',
  '이',
  '가',
  '을',
  '를',
  '의',
  '에',
  '와',
  '과',
  '도',
  '로',
  '만',
  '나',
  '요',
].sort((one, other) => other.length - one.length);

/** A Hangul word without its particle or ending; at least two syllables stay. */
export function stemHangul(word: string): string {
  const ending = endings.find((one) => word.length - one.length >= 2 && word.endsWith(one));
  return ending === undefined ? word : word.slice(0, -ending.length);
}

/** A Latin word without the commonest English endings. */
export function stemLatin(word: string): string {
  if (word.length <= 3 || /\d/.test(word)) return word;
  if (word.endsWith('ies') && word.length > 4) return `${word.slice(0, -3)}y`;
  if (word.endsWith('ing') && word.length > 5) return word.slice(0, -3);
  if (word.endsWith('ed') && word.length > 4) return word.slice(0, -2);
  if (/(ss|us|is)$/.test(word)) return word;
  if (word.endsWith('es') && word.length > 4) return word.slice(0, -2);
  return word.endsWith('s') ? word.slice(0, -1) : word;
}

const wordPattern = /[\p{Script=Hangul}]+|[\p{Script=Latin}\d]+/gu;
const hangul = /^\p{Script=Hangul}/u;

/**
 * Terms of a text. Hangul: the stem and the pairs of its syllables, since spacing in chat is unreliable. Latin: parts of camelCase,
 * lightly stemmed, and the whole name beside them.
 */
export function termsOf(text: string): string[] {
  const found: string[] = [];
  for (const [word] of text.normalize('NFC').matchAll(wordPattern)) {
    if (hangul.test(word)) {
      const stem = stemHangul(word);
      if (questionWords.has(word)) continue;
      found.push(stem);
      for (let at = 0; at + 2 <= stem.length && stem.length > 2; at++) found.push(stem.slice(at, at + 2));
      continue;
    }
    const parts = word
      .replace(/([a-z\d])([A-Z])/g, '$1 $2')
      .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
      .toLowerCase()
      .split(' ');
    for (const part of parts) if (!stopWords.has(part)) found.push(stemLatin(part));
    if (parts.length > 1) found.push(word.toLowerCase());
  }
  return found;
}

const questionWords = new Set(
  '어떻게 무엇 무엇을 무슨 언제 어디 어디서 왜 누가 하나요 인가요 되나요 있나요 해야 알려줘 알려주세요'.split(' '),
);
const stopWords = new Set(
  'a an and are as at be by do does for from how i in is it of on or that the this to was what when where which who why with'.split(
    ' ',
  ),
);

/** Counts the terms of a text. */
export function sparseOf(text: string): SparseText {
  const terms: Record<string, number> = Object.create(null);
  const all = termsOf(text);
  for (const term of all) terms[term] = (terms[term] ?? 0) + 1;
  return { terms: { ...terms }, length: all.length };
}

const k1 = 1.2;
const b = 0.75;

/** BM25 of every document for a query, divided by the query's length so that answers to different questions compare. */
export function scoreAll(query: string, documents: readonly SparseText[]): number[] {
  const wanted = [...new Set(termsOf(query))];
  if (wanted.length === 0 || documents.length === 0) return documents.map(() => 0);
  const average = documents.reduce((sum, one) => sum + one.length, 0) / documents.length || 1;
  const count = (document: SparseText, term: string) =>
    Object.hasOwn(document.terms, term) ? (document.terms[term] ?? 0) : 0;
  const scores = documents.map(() => 0);
  for (const term of wanted) {
    const frequency = documents.filter((one) => count(one, term) > 0).length;
    if (frequency === 0) continue;
    const idf = Math.log((documents.length - frequency + 0.5) / (frequency + 0.5) + 1);
    for (const [index, document] of documents.entries()) {
      const times = count(document, term);
      if (times === 0) continue;
      scores[index] =
        (scores[index] ?? 0) + (idf * times * (k1 + 1)) / (times + k1 * (1 - b + (b * document.length) / average));
    }
  }
  return scores.map((score) => score / wanted.length);
}
