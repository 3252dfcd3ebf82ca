import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Chunk, chunkDocument, chunkSizes, stepsOf } from './chunk-rules.ts';
import type { Block } from './parse/document.ts';
import { parseMarkdown } from './parse/markdown.ts';
import { countTokens } from './parse/tokens.ts';

const chunksOf = (text: string, title = 'Title', firstLine = 1): Chunk[] =>
  chunkDocument(parseMarkdown(text, firstLine).blocks, title, countTokens);
const filler = (words: number): string => Array.from({ length: words }, (_, index) => `word${index}`).join(' ');

describe('chunks', () => {
  const text = `# A\n\n${filler(40)}\n\n## B\n\n1. one ${filler(30)}\n2. two\n\n\`\`\`sh\n# no heading\n\`\`\`\n`;

  test('follow the headings and know their lines', () => {
    expect(chunksOf(text, 'Title', 10).map(({ section, lineFrom, lineTo }) => ({ section, lineFrom, lineTo }))).toEqual(
      [
        { section: 'A', lineFrom: 10, lineTo: 12 },
        { section: 'B', lineFrom: 14, lineTo: 21 },
      ],
    );
  });

  test('carry the whole path of headings, without the title', () => {
    const chunks = chunksOf(`# Title\n\n## Restart\n\n### By hand\n\n${filler(60)}\n\n## Other\n\n${filler(60)}\n`);

    expect(chunks.map((chunk) => chunk.sectionPath)).toEqual([['Restart', 'By hand'], ['Other']]);
  });

  test('keep a table whole while it fits, and cut a long one between rows under the same head', () => {
    const row = (index: number) => `| E-${index} | ${filler(8)} |`;
    const table = (rows: number) =>
      `| Code | Meaning |\n| --- | --- |\n${Array.from({ length: rows }, (_, index) => row(index)).join('\n')}`;

    expect(chunksOf(`## T\n\n${table(6)}\n`)).toMatchObject([{ kind: 'table' }]);
    const cut = chunksOf(`## T\n\n${table(80)}\n`);
    expect(cut.length).toBeGreaterThan(2);
    for (const chunk of cut) expect(chunk.text).toMatch(/^\| Code \| Meaning \|\n\| --- \| --- \|\n\| E-/);
    for (let index = 0; index < 80; index++)
      expect(cut.filter((chunk) => chunk.text.includes(`| E-${index} |`))).toHaveLength(1);
    expect(cut.map((chunk) => chunk.lineFrom)).toEqual(
      [...cut.map((chunk) => chunk.lineFrom)].sort((one, other) => one - other),
    );
  });

  test('keep code whole while it fits, and cut a long one between lines with its fences', () => {
    const code = Array.from({ length: 150 }, (_, index) => `kubectl get pods --namespace shop-${index}`).join('\n');

    const cut = chunksOf(`## C\n\nRun:\n\n\`\`\`sh\n${code}\n\`\`\`\n`);

    expect(cut.length).toBeGreaterThan(2);
    for (const chunk of cut) expect(chunk.text).toMatch(/```sh\nkubectl[\s\S]*\n```$/);
  });

  test('are joined when one would be a crumb, and the heading of the joined one stays', () => {
    const chunks = chunksOf(`# Title\n\n## Meaning\n\nIt is down.\n\n## Steps\n\n${filler(50)}\n`);

    expect(chunks).toHaveLength(1);
    expect(chunks[0]).toMatchObject({ section: 'Steps' });
    expect(chunks[0]?.text).toMatch(/\*\*Meaning\*\*\s+It is down\./);
  });

  test('of a heading with nothing below it keep its words', () => {
    const chunks = chunksOf(`# Title\n\n## Nothing here\n\n## Steps\n\n${filler(50)}\n`);

    expect(chunks.map((chunk) => chunk.text).join('\n')).toContain('Nothing here');
  });

  test('steps are the numbered lines', () => {
    expect(stepsOf('1. one\n2. two\n\n```\n# x\n```')).toEqual(['one', 'two']);
  });
});

const word = fc.oneof(
  fc.stringMatching(/^[a-z]{1,12}$/),
  fc.stringMatching(/^[가-힣]{1,8}$/),
  fc.constantFrom('Restart.', '확인합니다.', 'E-1042', 'x'.repeat(900), '가'.repeat(700), '👩‍🚒', 'a|b'),
);
const sentence = fc.array(word, { minLength: 1, maxLength: 25 }).map((words) => words.join(' '));
const cell = fc.stringMatching(/^[a-z가-힣]{1,10}$/);
const block: fc.Arbitrary<Pick<Block, 'kind' | 'depth' | 'text'>> = fc.oneof(
  {
    weight: 3,
    arbitrary: sentence
      .map((text) => ({ kind: 'heading' as const, depth: 0, text: text.slice(0, 60) }))
      .chain((heading) => fc.integer({ min: 1, max: 4 }).map((depth) => ({ ...heading, depth }))),
  },
  {
    weight: 5,
    arbitrary: fc
      .array(sentence, { minLength: 1, maxLength: 12 })
      .map((lines) => ({ kind: 'text' as const, depth: 0, text: lines.join('\n') })),
  },
  {
    weight: 1,
    arbitrary: fc.array(fc.tuple(cell, sentence), { minLength: 1, maxLength: 12 }).map((rows) => ({
      kind: 'table' as const,
      depth: 0,
      text: ['| A | B |', '| - | - |', ...rows.map(([one, other]) => `| ${one} | ${other} |`)].join('\n'),
    })),
  },
  {
    weight: 1,
    arbitrary: fc
      .array(sentence, { minLength: 1, maxLength: 12 })
      .map((lines) => ({ kind: 'code' as const, depth: 0, text: `\`\`\`\n${lines.join('\n')}\n\`\`\`` })),
  },
);
const documents = fc.array(block, { minLength: 1, maxLength: 10 }).map((blocks) => {
  let line = 1;
  return blocks.map((one): Block => {
    const lineFrom = line;
    line += one.text.split('\n').length + 1;
    return { ...one, lineFrom, lineTo: line - 2, page: null };
  });
});
/** What has to be found again: every letter and digit, in order. */
const lettersOf = (text: string): string => text.replace(/[^\p{L}\p{N}]/gu, '');
const runs = { numRuns: 40, interruptAfterTimeLimit: 4_000 };

describe('whatever the document', () => {
  test('no chunk is larger than the limit', () => {
    fc.assert(
      fc.property(documents, (blocks) => {
        for (const chunk of chunkDocument(blocks, 'Title', countTokens)) {
          expect(chunk.tokens).toBe(countTokens(chunk.text));
          expect(chunk.tokens).toBeLessThanOrEqual(chunkSizes.most);
        }
      }),
      runs,
    );
  });

  test('nothing of the text is lost, and its order is kept', () => {
    fc.assert(
      fc.property(documents, (blocks) => {
        const chunks = chunkDocument(blocks, 'Title', countTokens);
        let rest = lettersOf(chunks.map((chunk) => chunk.text).join('\n'));
        for (const one of blocks.filter((each) => each.kind === 'text')) {
          for (const line of one.text.split('\n')) {
            const wanted = lettersOf(line);
            const at = rest.indexOf(wanted);
            expect(at).toBeGreaterThanOrEqual(0);
            rest = rest.slice(at + wanted.length);
          }
        }
      }),
      runs,
    );
  });

  test('every row, line of code and heading is somewhere', () => {
    fc.assert(
      fc.property(documents, (blocks) => {
        const chunks = chunkDocument(blocks, 'Title', countTokens);
        const texts = chunks.map((chunk) => chunk.text);
        const all = lettersOf([...texts, ...chunks.flatMap((chunk) => chunk.sectionPath)].join('\n'));
        // A row that is too long by itself is cut, with the head of its table between the parts: its words are whole.
        const words = blocks.flatMap((one) => one.text.split(/[^\p{L}\p{N}]+/u)).filter((one) => one.length < 100);
        for (const one of words) expect(all).toContain(one);
      }),
      runs,
    );
  });

  test('places rise, and the same document gives the same chunks', () => {
    fc.assert(
      fc.property(documents, (blocks) => {
        const chunks = chunkDocument(blocks, 'Title', countTokens);
        expect(chunkDocument(blocks, 'Title', countTokens)).toEqual(chunks);
        for (const [index, chunk] of chunks.entries()) {
          expect(chunk.lineTo).toBeGreaterThanOrEqual(chunk.lineFrom);
          expect(chunk.lineFrom).toBeGreaterThanOrEqual(chunks[index - 1]?.lineFrom ?? 0);
        }
      }),
      runs,
    );
  });
});
