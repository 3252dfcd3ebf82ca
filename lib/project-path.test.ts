import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { projectPath } from './project-path.ts';

test('files of the project are found from wherever the process was started', () => {
  const before = process.cwd();
  process.chdir('/');
  try {
    expect(existsSync(projectPath('lib', 'project-path.ts'))).toBe(true);
    expect(projectPath()).not.toMatch(/dist$/);
  } finally {
    process.chdir(before);
  }
});
