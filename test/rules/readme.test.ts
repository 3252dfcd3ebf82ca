import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { projectPath } from '../../lib/project-path.ts';

const pages = [
  'README.md',
  'README.ko.md',
  'docs/install.md',
  'docs/install.ko.md',
  'docs/how-it-works.md',
  'docs/adding.md',
  'docs/measurements.md',
  'docs/changelog.md',
];

test.each(pages)('every link of %s to a file of the project leads somewhere', (page) => {
  const text = readFileSync(projectPath(page), 'utf8');
  const links = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map((match) => match[1] ?? '');

  const broken = links.filter((link) => !existsSync(projectPath(path.dirname(page), link)));

  expect(broken).toEqual([]);
});

test('every npm script a page names exists', () => {
  const { scripts } = JSON.parse(readFileSync(projectPath('package.json'), 'utf8'));
  const named = pages.flatMap((page) =>
    [...readFileSync(projectPath(page), 'utf8').matchAll(/npm run ([\w:]+)/g)].map((match) => match[1] ?? ''),
  );

  expect(named.filter((name) => !(name in scripts))).toEqual([]);
});

test.each([
  ['README.md', 'README.ko.md'],
  ['docs/install.md', 'docs/install.ko.md'],
])('%s and its Korean twin show the same commands', (english, korean) => {
  const commands = (page: string) =>
    [...readFileSync(projectPath(page), 'utf8').matchAll(/```sh\n([\s\S]*?)```/g)].map((match) =>
      (match[1] ?? '').replaceAll(/#.*$/gm, '').replaceAll(/\s+/g, ' '),
    );

  expect(commands(korean)).toEqual(commands(english));
  expect(commands(english)).not.toEqual([]);
});
