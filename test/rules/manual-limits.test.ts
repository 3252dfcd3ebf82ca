import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { chunkSizes } from '../../api/knowledge/chunk-rules.ts';
import { parseLimits } from '../../api/knowledge/parse/limits.ts';
import { projectPath } from '../../lib/project-path.ts';

const page = readFileSync(projectPath('docs', 'manuals.md'), 'utf8');
const megabytes = (bytes: number): string => `${bytes / 1_048_576} MB`;

test.each([
  ['size of a file', megabytes(parseLimits.bytes)],
  ['pages of a PDF', parseLimits.pages.toLocaleString('en-US')],
  ['text of a file', `${parseLimits.chars.toLocaleString('en-US')} characters`],
  [
    'unpacked size of a DOCX',
    `${megabytes(parseLimits.archiveBytes)}, ${parseLimits.archiveParts.toLocaleString('en-US')} parts`,
  ],
  ['time to read a file', `${parseLimits.ms / 1_000} s`],
  ['memory to read a file', `${parseLimits.heapMb} MB`],
])('docs/manuals.md tells the limit of the code: %s', (name, value) => {
  expect(page).toContain(`| ${name} | ${value} |`);
});

test('docs/manuals.md tells the size of passages', () => {
  expect(page).toContain(`about ${chunkSizes.target} tokens (o200k), ${chunkSizes.most} at most`);
  expect(page).toContain(`smaller than ${chunkSizes.least} tokens`);
});
