import { expect, test } from 'vitest';
import { derivedCode, distinctCode } from './code-rules.ts';
import { mergeMetadata, readFolderSettings, readFrontMatter } from './front-matter.ts';
import { localeOf } from './locale-rules.ts';
import { splitFrontMatter } from './parse/parse-file.ts';

const head = 'code: OPS-9\ntitle: T\nlocale: en\n';

test('front matter tells where the text begins', () => {
  expect(splitFrontMatter(`---\n${head}---\n# T\n`)).toEqual({ head: head.trimEnd(), body: '# T\n', bodyLine: 6 });
  expect(splitFrontMatter('# T\n')).toEqual({ head: null, body: '# T\n', bodyLine: 1 });
});

test.each([
  ['none', null],
  ['an unknown field', `${head}kind: guide\n`],
  ['an unknown language', 'code: OPS-9\ntitle: T\nlocale: fr\n'],
  ['a code that is a path', 'code: ../x\ntitle: T\nlocale: en\n'],
  ['no language', 'code: OPS-9\ntitle: T\n'],
  ['aliases that grow', 'a: &a [x,x]\nb: &b [*a,*a]\ncode: OPS-9\ntitle: T\nlocale: en\n'],
])('of the product’s own manuals with %s is refused', (_, text) => {
  expect(() => readFrontMatter(text, 'own')).toThrow();
});

test('of foreign files may hold names of other programs', () => {
  expect(
    readFrontMatter('title: 7\nlocale: ko-KR\nlayout: post\ntags: [a]\nsystems: payment-api\n', 'foreign'),
  ).toEqual({
    title: '7',
    locale: 'ko',
    systems: ['payment-api'],
  });
  expect(readFrontMatter(null, 'foreign')).toEqual({});
});

test.each([
  ['visibilty: team', 'is visibility meant?'],
  ['onwer: me', 'is owner meant?'],
  ['visibility: secret', 'visibility'],
  ['visibility: [', ''],
])('a slip that could widen who sees it is refused, not overlooked: %s', (text, words) => {
  expect(() => readFrontMatter(text, 'foreign')).toThrow(
    expect.objectContaining({ code: 'FRONT_MATTER', detail: { words: expect.stringContaining(words) } }),
  );
});

test('a folder says who sees it, and nothing that belongs to one file', () => {
  expect(readFolderSettings('team: payments\nvisibility: team\n', '_folder.yaml')).toEqual({
    team: 'payments',
    visibility: 'team',
  });
  expect(() => readFolderSettings('code: A-1\n', '_folder.yaml')).toThrow(
    expect.objectContaining({ code: 'FOLDER_SETTINGS' }),
  );
});

test('the later saying wins, field by field', () => {
  expect(mergeMetadata({ team: 'a', owner: 'x' }, { team: 'b' }, { title: undefined })).toEqual({
    team: 'b',
    owner: 'x',
  });
});

test.each([
  ['guides/Disk space.md', 'GUIDES-DISK-SPACE'],
  ['README.ko.md', 'README-KO'],
  ['정산/지침.pdf', 'DOC-ABCDEF01'],
  ['ops/정산.md', 'OPS-ABCDEF01'],
  [`${'long/'.repeat(12)}x.md`, 'LONG-LONG-LONG-LONG-LONG-LONG-L-ABCDEF01'],
])('the code of %s is %s', (path, code) => {
  expect(derivedCode(path, 'abcdef0123')).toBe(code);
  expect(code).toMatch(/^[A-Z0-9][A-Z0-9-]{1,39}$/);
});

test('a code that another file has gets a mark of its own', () => {
  expect(distinctCode('GUIDE', 'abcdef0123')).toBe('GUIDE-ABCDEF01');
});

test.each([
  ['Restart the service', 'en'],
  ['kubectl rollout restart 로 payment-api 를 다시 시작합니다', 'ko'],
  ['한 word and a long English sentence that goes on', 'en'],
])('%s is %s', (text, locale) => {
  expect(localeOf(text)).toBe(locale);
});
