import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { apiConfigSchema } from '../../api/config.ts';
import { readBotConfig } from '../../bot/config.ts';
import { readConfig } from '../../lib/env.ts';
import { fillVolumes } from '../../lib/launch/container-setup.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'agentic-setup-'));
});
afterEach(() => rmSync(folder, { recursive: true }));
const read = (...names: string[]) => readFileSync(path.join(folder, ...names), 'utf8');
const fill = (env: Record<string, string> = {}) => fillVolumes({ SETUP_FOLDER: folder, ...env });

test('with nothing given it makes what the API and the bot need for the demo', () => {
  expect(fill()).toBe('demo');

  const env = { SECRETS_FOLDER: path.join(folder, 'app') };
  const api = readConfig(apiConfigSchema, env);
  const bot = readBotConfig(env);

  expect(api.DATABASE_URL).toBe(`postgresql://admin:${read('database', 'POSTGRES_PASSWORD')}@postgres:5432/agentic_ai`);
  expect(api.LOCAL_PEOPLE).toBe(true);
  expect(bot.BOT_API_KEY.reveal()).toBe(api.BOT_API_KEY?.reveal());
  expect(bot.ALERTS_TOKEN.reveal()).toBe(read('alerting', 'alerts-token'));
  expect(bot.SLACK_API_URL).toBe('http://local-slack:3100/api/');
  expect(read('console', 'key.conf')).toContain(`"Bearer ${api.WEB_API_KEY?.reveal()}"`);
});

test("the product's secrets are its own alone", () => {
  fill();

  for (const name of readdirSync(path.join(folder, 'app')))
    expect(statSync(path.join(folder, 'app', name)).mode & 0o777, name).toBe(0o400);
});

test('a second run keeps every secret', () => {
  fill();
  const before = readdirSync(path.join(folder, 'app')).map((name) => read('app', name));

  fill();

  expect(readdirSync(path.join(folder, 'app')).map((name) => read('app', name))).toEqual(before);
});

test('once a Slack token is given nothing of the demo is left', () => {
  fill();
  const token = 'xoxb-of-a-real-workspace';

  expect(fill({ SLACK_BOT_TOKEN: token, SLACK_APP_TOKEN: 'xapp-of-a-real-app' })).toBe('real');

  const env = { SECRETS_FOLDER: path.join(folder, 'app') };
  const bot = readBotConfig(env);
  expect(bot.SLACK_BOT_TOKEN.reveal()).toBe(token);
  expect(bot.SLACK_API_URL).toBe('https://slack.com/api/');
  expect(bot.SLACK_SIGNING_SECRET).toBeUndefined();
  expect(readConfig(apiConfigSchema, env)).toMatchObject({ LOCAL_PEOPLE: false, SAMPLE_SYSTEM: false });
});

test('a password with signs that mean something in an address is written so that it is read back', () => {
  fill({ POSTGRES_PASSWORD: 'a/b:c@d?e' });

  expect(decodeURIComponent(new URL(read('app', 'DATABASE_URL')).password)).toBe('a/b:c@d?e');
});
