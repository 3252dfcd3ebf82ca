/** What one task answers to, as its agent's folder declares it. */
export interface RoutedTask {
  readonly agentId: string;
  readonly taskType: string;
  /** Things people say, in both languages; its title and description are added. */
  readonly examples: readonly string[];
  /** Parts of words that speak for it. */
  readonly words: readonly string[];
}

/** What is known around the words. */
export interface RouteFacts {
  /** Names of registered systems: in examples and questions any system is alike. */
  readonly systems: readonly string[];
}

export interface RouteScore {
  readonly agentId: string;
  readonly taskType: string;
  readonly score: number;
}

/** One task, a few to choose from, or none. */
export type Routing =
  | { readonly kind: 'task'; readonly task: RouteScore; readonly others: readonly RouteScore[] }
  | { readonly kind: 'choose'; readonly candidates: readonly RouteScore[] }
  | { readonly kind: 'none' };

type Terms = ReadonlyMap<string, number>;

/** An index of what the tasks answer to. */
export interface RouteIndex {
  readonly route: (text: string, facts: RouteFacts) => Routing;
  readonly scores: (text: string, facts: RouteFacts) => readonly RouteScore[];
}

/** Sure enough to start, apart enough from the next, and worth offering. Chosen on the examples themselves, each judged without itself. */
const limits = { sure: 0.4, apart: 0.08, offered: 0.25, offeredAtMost: 4 };
const wordWeight = 0.42;

const polite =
  /(?:해|봐|달라고|려|내|줘|줄래|주세요|주실래요|줄 수 있어|부탁드립니다|부탁드려요|부탁해요|부탁해|부탁|해줘|해주세요|해줄래|좀|please|can you|could you|would you)(?=$|[\s.!?~])/gu;

/** One form for comparing: compatibility form, lower case, names of systems and numbers of incidents as marks. */
export function comparable(text: string, facts: RouteFacts): string {
  let plain = text.normalize('NFKC').toLowerCase().replaceAll('’', "'");
  for (const name of facts.systems) plain = plain.replaceAll(name.toLowerCase(), ' @system ');
  return (
    plain
      .replace(/\binc-?\d{1,9}\b/g, ' @incident ')
      // A name with a dash in it, or a host, is a system nobody has registered.
      .replace(/\b[a-z][a-z0-9]*(?:-[a-z0-9]+)+\b/g, (word) =>
        /^(?:sign-up|sign-ups|post-mortem|write-up|month-end|hand-over|follow-up|stand-up|speed-up|e-mail)s?$/.test(
          word,
        )
          ? word
          : ' @system ',
      )
      .replace(/\b[a-z0-9-]+(?:\.[a-z0-9-]+)+\b/g, ' @host ')
      .replace(/\s+/g, ' ')
      .trim()
  );
}

/** Terms of a text: Hangul in pairs of syllables over its words without spaces, Latin in words and pairs of words. */
function termsOf(plain: string): Terms {
  const terms = new Map<string, number>();
  const add = (term: string, weight: number) => terms.set(term, (terms.get(term) ?? 0) + weight);
  const polished = plain.replace(polite, ' ');
  for (const [run] of polished.matchAll(/[\p{Script=Hangul}\s]+/gu)) {
    const joined = run.replace(/\s+/g, '');
    for (let at = 0; at + 2 <= joined.length; at++) add(joined.slice(at, at + 2), 1);
    for (const word of run.split(/\s+/)) if (word.length >= 2) add(`:${word.slice(0, 4)}`, 0.6);
  }
  const latin = [...polished.matchAll(/@?[\p{Script=Latin}\d']+/gu)].map(([word]) => stem(word));
  for (const [at, word] of latin.entries()) {
    // An incident's number says much about what is wanted, a system's name little.
    add(word, word === '@incident' ? 1.5 : word.startsWith('@') ? 0.4 : 1);
    const next = latin[at + 1];
    if (next !== undefined) add(`${word} ${next}`, 0.7);
  }
  return terms;
}

function stem(word: string): string {
  if (word.length <= 3 || word.startsWith('@')) return word;
  return word.replace(/(?:'s)$/, '').replace(/(?:ing|ed|es|s|e)$/, '');
}

const key = (one: { readonly agentId: string; readonly taskType: string }) => `${one.agentId}.${one.taskType}`;

/** Makes the index. Deterministic: the same words lead to the same task, whatever was asked before. */
export function routeIndex(tasks: readonly RoutedTask[], examplesKnow: RouteFacts = { systems: [] }): RouteIndex {
  const documents = tasks.flatMap((task) =>
    task.examples.map((example) => ({ task, terms: termsOf(comparable(example, examplesKnow)) })),
  );
  const frequency = new Map<string, number>();
  for (const { terms } of documents)
    for (const term of terms.keys()) frequency.set(term, (frequency.get(term) ?? 0) + 1);
  const idf = (term: string) => Math.log(1 + documents.length / ((frequency.get(term) ?? 0) + 0.5));
  const weighed = (terms: Terms): Terms =>
    new Map([...terms].map(([term, count]) => [term, Math.sqrt(count) * idf(term)]));
  const norm = (terms: Terms) => Math.sqrt([...terms.values()].reduce((sum, weight) => sum + weight * weight, 0));
  const vectors = documents.map(({ task, terms }) => {
    const vector = weighed(terms);
    return { task, vector, length: norm(vector) };
  });
  const words = tasks.map((task) => ({ task, words: task.words.map((word) => word.normalize('NFKC').toLowerCase()) }));
  const shared = new Map<string, number>();
  for (const one of words) for (const word of one.words) shared.set(word, (shared.get(word) ?? 0) + 1);

  const scores = (text: string, facts: RouteFacts): RouteScore[] => {
    const plain = comparable(text, facts);
    const query = weighed(termsOf(plain));
    const length = norm(query);
    const best = new Map<string, number>();
    if (length > 0)
      for (const { task, vector, length: other } of vectors) {
        let dot = 0;
        for (const [term, weight] of query) dot += weight * (vector.get(term) ?? 0);
        const cosine = other === 0 ? 0 : dot / (length * other);
        best.set(key(task), Math.max(best.get(key(task)) ?? 0, cosine));
      }
    return words
      .map(({ task, words: own }) => {
        const likeness = best.get(key(task)) ?? 0;
        const against = own.reduce(
          (left, word) => (holds(plain, word) ? left * (1 - wordWeight / (shared.get(word) ?? 1)) : left),
          1,
        );
        return { agentId: task.agentId, taskType: task.taskType, score: 1 - (1 - likeness) * against };
      })
      .sort((one, two) => two.score - one.score || (key(one) < key(two) ? -1 : 1));
  };

  return {
    scores,
    route: (text, facts) => {
      const [first, second, ...rest] = scores(text, facts);
      if (first === undefined || first.score < limits.offered) return { kind: 'none' };
      if (first.score >= limits.sure && first.score - (second?.score ?? 0) >= limits.apart)
        return { kind: 'task', task: first, others: [...(second === undefined ? [] : [second]), ...rest].slice(0, 2) };
      const candidates = [first, ...(second === undefined ? [] : [second]), ...rest]
        .filter((one) => one.score >= Math.max(limits.offered, first.score * 0.55))
        .slice(0, limits.offeredAtMost);
      return { kind: 'choose', candidates };
    },
  };
}

/** A Hangul part of a word counts wherever it stands, with or without spaces; a Latin one at the start of a word. */
function holds(plain: string, word: string): boolean {
  if (/\p{Script=Hangul}/u.test(word)) return plain.replaceAll(' ', '').includes(word.replaceAll(' ', ''));
  const at = ` ${plain} `.indexOf(word.startsWith(' ') ? word : ` ${word}`);
  return at >= 0;
}
