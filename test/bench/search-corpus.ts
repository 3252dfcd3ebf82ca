import type pg from 'pg';
import { documentTerms, indexVersion } from '../../api/knowledge/sparse-rules.ts';
import { newId } from '../../lib/ids.ts';
import { type Random, seededRandom } from '../../lib/seeded-random.ts';

/** Length of the embeddings, as the default embedding model makes them. */
export const benchDense = 1_536;
export const benchModel = 'bench';
const chunksInAManual = 25;
const topics = 200;

/** Chunks of text with the word frequencies of a natural language (Zipf), a third of them Korean, each about one topic. */
export interface BenchChunk {
  readonly text: string;
  readonly locale: 'KO' | 'EN';
  readonly topic: number;
}

const latin = [
  'ba',
  'con',
  'der',
  'fi',
  'ga',
  'ha',
  'jo',
  'ker',
  'li',
  'mo',
  'net',
  'or',
  'pro',
  'que',
  'ra',
  'ser',
  'ti',
  'vo',
];
const hangul = '가나다라마바사아자차카타파하서버장애복구로그용량지연연결설정배포확인재시작점검경보'.split('');

function words(random: Random, syllables: readonly string[], count: number, longest: number): readonly string[] {
  const made = new Set<string>();
  while (made.size < count)
    made.add(Array.from({ length: random.below(longest - 1) + 2 }, () => random.pick(syllables)).join(''));
  return [...made];
}

/** A rank with the frequency 1 / rank. */
const zipf = (random: Random, count: number) =>
  Math.min(count - 1, Math.floor(Math.exp((random.below(1_000_000) / 1_000_000) * Math.log(count))) - 0);

/** The chunks, the same in every run. */
export function* benchChunks(count: number): Generator<BenchChunk> {
  const random = seededRandom(20_261_126);
  const vocabulary = { EN: words(random, latin, 30_000, 5), KO: words(random, hangul, 12_000, 4) };
  for (let at = 0; at < count; at++) {
    const locale = Math.floor(at / chunksInAManual) % 3 === 2 ? 'KO' : 'EN';
    const topic = random.below(topics);
    const all = vocabulary[locale];
    const length = 120 + random.below(120);
    const text = Array.from({ length }, () => {
      // Every fifth word belongs to the topic: such words stand together in the vocabulary.
      const rank = random.below(5) === 0 ? 500 + topic * 40 + random.below(40) : zipf(random, all.length);
      return all[rank] ?? '';
    }).join(' ');
    yield { text, locale, topic };
  }
}

/** Embeddings as such models make them: all lean one way, those of one topic stand nearer to each other. */
export function benchEmbeddings() {
  const random = seededRandom(7);
  const normal = () => (random.below(1_000) + random.below(1_000) + random.below(1_000) - 1_498.5) / 500;
  const noise = Float32Array.from({ length: 1 << 18 }, normal);
  const common = Float32Array.from({ length: benchDense }, () => normal() * 1.6);
  const centres = Array.from({ length: topics }, () => Float32Array.from({ length: benchDense }, () => normal() * 0.6));
  return (topic: number): Float32Array => {
    const from = random.below(noise.length - benchDense);
    const centre = centres[topic] ?? common;
    const vector = new Float32Array(benchDense);
    let sum = 0;
    for (let i = 0; i < benchDense; i++) {
      const value = (common[i] ?? 0) + (centre[i] ?? 0) + (noise[from + i] ?? 0) * 0.8;
      vector[i] = value;
      sum += value * value;
    }
    const length = Math.sqrt(sum);
    return vector.map((value) => value / length);
  };
}

/** Questions of three to seven words that stand together in some chunk. */
export function benchQuestions(
  count: number,
  among: number,
): readonly { readonly words: string; readonly topic: number }[] {
  const random = seededRandom(99);
  const chunks = [...benchChunks(Math.min(among, 2_000))];
  return Array.from({ length: count }, () => {
    const { text, topic } = random.pick(chunks);
    const all = text.split(' ');
    const from = random.below(all.length - 7);
    return { words: all.slice(from, from + 3 + random.below(5)).join(' '), topic };
  });
}

/** Writes the chunks into the record in manuals of 25, numbered so that the first ones can be made ready alone. */
export async function writeCorpus(
  pool: pg.Pool,
  count: number,
  dense: boolean,
  say: (line: string) => void,
): Promise<void> {
  const embed = benchEmbeddings();
  let held: { readonly manualId: string; readonly seq: number; readonly chunk: BenchChunk }[] = [];
  let written = 0;
  let manualId = '';
  const flush = async (): Promise<void> => {
    const column = <T>(of: (one: (typeof held)[number]) => T): T[] => held.map(of);
    const sparse = column(({ chunk }) => documentTerms({ title: '', names: [], sectionPath: [], text: chunk.text }));
    await pool.query(
      `insert into "ManualChunk" (id, "manualId", seq, section, "lineFrom", "lineTo", text, tokens, hash, sparse, "sparseVersion", dense, "denseModel")
       select id, manual, seq, '', 1, 1, text, 1, '', sparse::jsonb, ${indexVersion}, dense, case when dense is null then null else '${benchModel}' end
       from unnest($1::uuid[], $2::uuid[], $3::int[], $4::text[], $5::text[], $6::bytea[]) as t(id, manual, seq, text, sparse, dense)`,
      [
        column(() => newId()),
        column((one) => one.manualId),
        column((one) => one.seq),
        column((one) => one.chunk.text),
        sparse.map((one) => JSON.stringify(one)),
        column(({ chunk }) => (dense ? Buffer.from(embed(chunk.topic).buffer) : null)),
      ],
    );
    written += held.length;
    held = [];
    if (written % 10_000 === 0) say(`${written} chunks written`);
  };
  let at = 0;
  for (const chunk of benchChunks(count)) {
    const seq = at % chunksInAManual;
    if (seq === 0) {
      manualId = newId();
      await pool.query(
        `insert into "Manual" (id, code, title, locale, status, "fileName", "mediaType", sha256, bytes, "uploadedBy")
         values ($1, $2, $2, $3::"Locale", 'QUEUED', '', 'text/markdown', '', '', 'bench')`,
        [manualId, `bench-${String(at / chunksInAManual).padStart(6, '0')}`, chunk.locale],
      );
    }
    held.push({ manualId, seq, chunk });
    at++;
    if (held.length === 250) await flush();
  }
  if (held.length > 0) await flush();
  await pool.query('vacuum analyze');
}

/** Makes so many chunks ready, and no others. */
export async function makeReady(pool: pg.Pool, chunks: number): Promise<void> {
  const last = `bench-${String(Math.ceil(chunks / chunksInAManual) - 1).padStart(6, '0')}`;
  await pool.query(
    `update "Manual" set status = (case when code <= $1 then 'READY' else 'QUEUED' end)::"ManualStatus"`,
    [last],
  );
  await pool.query('delete from "SearchIndex"');
}
