/** What the plain search found: pages in order, and its best score over the number of the question's words. */
export interface PlainAnswer {
  readonly found: readonly string[];
  readonly perWord: number;
}

const k1 = 1.2;
const b = 0.75;
const deepest = 20;
const wordsOf = (text: string): string[] =>
  text
    .normalize('NFC')
    .toLowerCase()
    .match(/[\p{L}\p{N}]+/gu) ?? [];

/** The baseline: whole pages, lower-cased words, BM25 with k1 1.2 and b 0.75, nothing else. Pages of one name are one page. */
export function plainBm25(
  pages: readonly { readonly key: string; readonly text: string }[],
): (question: string) => PlainAnswer {
  const documents = pages.map(({ text }) => {
    const counts = new Map<string, number>();
    const words = wordsOf(text);
    for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
    return { counts, length: words.length };
  });
  const average = documents.reduce((sum, one) => sum + one.length, 0) / Math.max(1, documents.length);
  const postings = new Map<string, [number, number][]>();
  for (const [at, { counts }] of documents.entries())
    for (const [word, count] of counts) {
      const list = postings.get(word);
      if (list === undefined) postings.set(word, [[at, count]]);
      else list.push([at, count]);
    }
  return (question) => {
    const scores = new Map<number, number>();
    const wanted = new Set(wordsOf(question));
    for (const word of wanted) {
      const list = postings.get(word) ?? [];
      const idf = Math.log((documents.length - list.length + 0.5) / (list.length + 0.5) + 1);
      for (const [at, count] of list) {
        const length = documents[at]?.length ?? average;
        scores.set(
          at,
          (scores.get(at) ?? 0) + (idf * count * (k1 + 1)) / (count + k1 * (1 - b + (b * length) / average)),
        );
      }
    }
    const order = [...scores].sort(([one, x], [other, y]) => y - x || one - other);
    return {
      found: [...new Set(order.map(([at]) => pages[at]?.key ?? ''))].slice(0, deepest),
      perWord: (order[0]?.[1] ?? 0) / Math.max(1, wanted.size),
    };
  };
}
