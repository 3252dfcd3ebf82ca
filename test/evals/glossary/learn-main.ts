import { readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { stemHangul } from '../../../api/knowledge/hangul-rules.ts';
import { stemLatin } from '../../../api/knowledge/latin-rules.ts';
import { projectPath } from '../../../lib/project-path.ts';
import { markdownBelow } from '../retrieval/runbooks.ts';
import { loadTldr } from '../retrieval/tldr.ts';
import { associationsOf, type TermPair } from './align-rules.ts';

/**
 * Learns api/knowledge/glossary/learned.json again: from the learning half of the command pages and from the glossary of the CNCF, sentence by sentence. Words on
 * rejected.txt were read by a person and thrown out. The curated words stand in a file of their own and win over learned ones.
 */
const leastScore = 0.3;
const shareOfBest = 0.4;
const mostMeanings = 3;
/** A word met this often is known, also without a meaning: it helps to find where words begin. */
const knownFrom = 4;
const longestKnown = 7;

const unsaid = new Set(
  'a an and any are as at be been by can could do does for from has have how if in into is it its of on or our some such than that the their them then there these they this those to was we were what when where which who will with would you your use using via'.split(
    ' ',
  ),
);
const withoutCode = (text: string): string => text.normalize('NFKC').replace(/`[^`]*`/g, ' ');
const koreanTerms = (text: string): string[] =>
  [...withoutCode(text).matchAll(/\p{Script=Hangul}+/gu)].map(([word]) => stemHangul(word));
const englishWords = (text: string): string[] =>
  [
    ...withoutCode(text)
      .toLowerCase()
      .replace(/\[(\w)\]/g, '$1')
      .matchAll(/[a-z]{2,}/g),
  ]
    .map(([word]) => word)
    .filter((word) => !unsaid.has(word));

/** The word itself stands in the glossary, its stem is what is counted. */
const spellings = new Map<string, Map<string, number>>();
function stemmed(word: string): string {
  const stem = stemLatin(word);
  const words = spellings.get(stem) ?? new Map<string, number>();
  words.set(word, (words.get(word) ?? 0) + 1);
  spellings.set(stem, words);
  return stem;
}
const spelled = (stem: string): string =>
  [...(spellings.get(stem) ?? [])].sort((one, other) => other[1] - one[1])[0]?.[0] ?? stem;

async function sentences(data: string): Promise<(readonly [string, string])[]> {
  const found: (readonly [string, string])[] = [];
  for (const { part, ko, en } of await loadTldr(data)) {
    if (part !== 'learning') continue;
    found.push([ko.summary, en.summary]);
    if (ko.examples.length === en.examples.length)
      for (const [at, example] of ko.examples.entries()) found.push([example, en.examples[at] ?? '']);
  }
  const titleOf = (text: string): string => /^title:\s*"?(.+?)"?\s*$/m.exec(text)?.[1] ?? '';
  const glossary = join(data, 'cncf-glossary', 'content');
  for (const file of await markdownBelow(join(glossary, 'ko'))) {
    const english = await readFile(join(glossary, 'en', basename(file)), 'utf8').catch(() => '');
    found.push([titleOf(await readFile(file, 'utf8')), titleOf(english)]);
  }
  return found;
}

const { values } = parseArgs({ options: { data: { type: 'string' } } });
if (values.data === undefined) {
  process.stderr.write('npm run glossary:learn -- --data DIR\n');
  process.exit(64);
}
const pairs = (await sentences(values.data))
  .map(([korean, english]): TermPair => ({ korean: koreanTerms(korean), english: englishWords(english).map(stemmed) }))
  .filter(({ korean, english }) => korean.length > 0 && english.length > 0);
const rejected = new Set(
  (await readFile(projectPath('test', 'evals', 'glossary', 'rejected.txt'), 'utf8')).split(/\s+/),
);
const terms = new Map<string, { readonly meanings: string[]; readonly best: number }>();
for (const { korean, english, score } of associationsOf(pairs)) {
  if (korean.length < 2 || rejected.has(korean) || score < leastScore) continue;
  const known = terms.get(korean);
  if (known === undefined) terms.set(korean, { meanings: [spelled(english)], best: score });
  else if (score >= shareOfBest * known.best && known.meanings.length < mostMeanings)
    known.meanings.push(spelled(english));
}
const often = new Map<string, number>();
for (const { korean } of pairs) for (const word of new Set(korean)) often.set(word, (often.get(word) ?? 0) + 1);
const words = [...often]
  .filter(([word, count]) => count >= knownFrom && word.length >= 2 && word.length <= longestKnown && !terms.has(word))
  .map(([word]) => word);
const learned = {
  about:
    'Learned from sentences that exist in Korean and English: half of the tldr pages (the tldr-pages team and contributors, CC BY 4.0, https://github.com/tldr-pages/tldr) and titles of the Cloud Native Glossary (Cloud Native Computing Foundation, CC BY 4.0, https://github.com/cncf/glossary). Changed: single words and their counts only; read by a person, who threw out what was wrong. Made by `npm run glossary:learn`; not edited by hand.',
  licence: 'CC-BY-4.0',
  terms: Object.fromEntries(
    [...terms].sort(([one], [other]) => (one < other ? -1 : 1)).map(([word, one]) => [word, one.meanings]),
  ),
  words: words.sort().join(' '),
};
const lines = JSON.stringify(learned, null, 1).replace(
  /\[\n\s+([^\]]+?)\n\s+\]/g,
  (_, list: string) => `[${list.replace(/\n\s+/g, ' ')}]`,
);
await writeFile(projectPath('api', 'knowledge', 'glossary', 'learned.json'), `${lines}\n`);
process.stdout.write(`${pairs.length} sentences: ${terms.size} words with a meaning, ${words.length} without\n`);
