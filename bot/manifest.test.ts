import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { projectPath } from '../lib/project-path.ts';
import { loadCommands } from './command.ts';
import { makeManifest, manifestText } from './manifest.ts';

test('the committed manifest is the one the commands make', async () => {
  expect(readFileSync(projectPath('bot/manifest.json'), 'utf8')).toBe(manifestText(await loadCommands()));
});

test('the manifest keeps to the limits of Slack and asks for nothing it does not use', async () => {
  const manifest = makeManifest(await loadCommands());

  expect(manifest.display_information.name.length).toBeLessThanOrEqual(35);
  expect(manifest.display_information.description.length).toBeLessThanOrEqual(140);
  expect(manifest.features.agent_view.agent_description.length).toBeLessThanOrEqual(300);
  expect(manifest.features.agent_view.suggested_prompts.length).toBeLessThanOrEqual(4);
  const scopes = manifest.oauth_config.scopes.bot;
  expect([...scopes].sort()).toEqual(scopes);
  expect(scopes.filter((scope) => /^admin|customize/.test(scope))).toEqual([]);
});
