import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { projectPath } from '../../lib/project-path.ts';
import { envExample } from '../support/env-example.ts';

test('.env.example is what the schemas say (npm run build && npm run env:example)', () => {
  expect(readFileSync(projectPath('.env.example'), 'utf8')).toBe(envExample());
});
