import { hangulEndings, particles, safeEndings } from './hangul-endings.ts';

/** A run of Hangul: one word, or several whose spaces were left out. */
export const hangulRun = /\p{Script=Hangul}+/gu;

/** Words that only ask, point or join. */
const functionWords = new Set(
  (
    '어떻게 어떡해 무엇 무엇을 무엇이 무슨 뭐 뭘 언제 어디 어디서 어디에 왜 누가 누구 얼마나 어느 어떤 어떤가요 하나요 한가요 인가요 되나요 있나요 하죠 되죠 하지 알려줘 알려주세요 알려 ' +
    '궁금해요 좀 수 것 등 및 또는 또한 그리고 그러나 하지만 이 그 저 때 때는 때의 위해 위한 대해 대한 통해 따라 의해 관한 관해 하는 하기 하면 하고 하여 해야 합니다 있는 있습니다 있다 ' +
    '됩니다 된다 되는 되면 할 한 된 될 하는데 했는데 경우 경우에 방법 방법은 방법을 무엇인가요 뭔가요 뭐예요 뭐에요 주세요'
  ).split(' '),
);

const byLastSyllable = new Map<string, string[]>();
for (const ending of hangulEndings) {
  const last = ending.slice(-1);
  byLastSyllable.set(last, [...(byLastSyllable.get(last) ?? []), ending]);
}
const mostCuts = 3;

/** A Hangul word without its particles and endings, cut until none is left, so that 도메인 and 도메인에서는 end alike; at least two syllables stay. */
export function stemHangul(word: string): string {
  let stem = word;
  for (let cut = 0; cut < mostCuts; cut++) {
    const ending = byLastSyllable.get(stem.slice(-1))?.find((one) => {
      const left = stem.length - one.length;
      return (left >= 2 || (left === 1 && safeEndings.has(one))) && stem.endsWith(one);
    });
    if (ending === undefined) break;
    stem = stem.slice(0, -ending.length);
  }
  return stem;
}

/** Terms of one run: its stem, and each two neighbouring syllables of the stem. */
export function hangulTerms(run: string): string[] {
  if (functionWords.has(run) || particles.has(run)) return [];
  const stem = stemHangul(run);
  const found = [stem];
  if (stem.length > 2) for (let at = 0; at + 2 <= stem.length; at++) found.push(stem.slice(at, at + 2));
  return found;
}

const longestEnding = Math.max(...hangulEndings.map((one) => one.length));
const endings = new Set(hangulEndings);
const costs = { known: 1, ending: 0.4, unknown: 1.15, single: 1.1 };
/** Nouns and joining words of one syllable that are common enough to be told from the syllables around them. */
const single = new Set('키 값 줄 열 행 앱 웹 큐 힙 창 각 총 빈 새 두 및 등 후 시 용 중 수 맵'.split(' '));

interface Step {
  readonly cost: number;
  readonly from: number;
  readonly kind: 'known' | 'ending' | 'unknown';
}

/**
 * Words of a run whose spaces were left out: the cheapest way to read it as known words with their endings. Endings are dropped, unknown syllables between known words stay
 * together. `afterLatin` allows an ending at the very beginning (Go로작성).
 */
export function wordsOfRun(
  run: string,
  isKnown: (word: string) => boolean,
  longest: number,
  afterLatin = false,
): string[] {
  const best: (Step | undefined)[] = [{ cost: 0, from: 0, kind: afterLatin ? 'known' : 'ending' }];
  const offer = (to: number, step: Step): void => {
    const other = best[to];
    if (other === undefined || step.cost < other.cost) best[to] = step;
  };
  for (let at = 0; at < run.length; at++) {
    const here = best[at];
    if (here === undefined) continue;
    offer(at + 1, { cost: here.cost + costs.unknown, from: at, kind: 'unknown' });
    for (let length = Math.min(longest, run.length - at); length >= 2; length--)
      if (isKnown(run.slice(at, at + length)))
        offer(at + length, { cost: here.cost + costs.known, from: at, kind: 'known' });
    if (single.has(run[at] ?? '')) offer(at + 1, { cost: here.cost + costs.single, from: at, kind: 'known' });
    if (here.kind === 'ending') continue;
    for (let length = Math.min(longestEnding, run.length - at); length >= 1; length--)
      if (endings.has(run.slice(at, at + length)))
        offer(at + length, { cost: here.cost + costs.ending, from: at, kind: 'ending' });
  }
  const words: string[] = [];
  let unknown = '';
  for (let at = run.length; at > 0; ) {
    const step = best[at] ?? { from: at - 1, kind: 'unknown' as const };
    const part = run.slice(step.from, at);
    if (step.kind === 'unknown') unknown = part + unknown;
    else {
      if (unknown !== '') words.push(unknown);
      unknown = '';
      if (step.kind === 'known') words.push(part);
    }
    at = step.from;
  }
  if (unknown !== '') words.push(unknown);
  return words.reverse();
}

export const isFunctionWord = (word: string): boolean => functionWords.has(word);
