import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { apiConfigSchema } from '../../api/config.ts';
import { createMetrics } from '../../api/metrics.ts';
import { loadCommands } from '../../bot/command.ts';
import { botConfigSchema } from '../../bot/config.ts';
import { readCommand } from '../../bot/grammar.ts';
import { createBotMetrics } from '../../bot/metrics.ts';
import { appErrorCodes } from '../../lib/errors.ts';
import { settingsSchema } from '../../lib/launch/settings.ts';
import { createRegistry } from '../../lib/metrics.ts';
import { projectPath } from '../../lib/project-path.ts';

const headSchema = z.looseObject({
  code: z.string(),
  locale: z.enum(['en', 'ko']),
  alerts: z.array(z.string()).default([]),
});
/** Whether the product takes a manual in is shown beside the ingest; here only its own words are read. */
function readManual(text: string) {
  const [, head = '', body = ''] = /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(text) ?? [];
  return { ...headSchema.parse(parse(head)), body };
}

const pages = readdirSync(projectPath('manuals'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.md'))
  .map((file) => {
    const text = readFileSync(projectPath('manuals', file), 'utf8');
    return { file, text, manual: readManual(text) };
  });
const product = pages.filter(({ file }) => file.startsWith('product/'));
const found = (texts: readonly { readonly text: string }[], pattern: RegExp): string[] => [
  ...new Set(texts.flatMap(({ text }) => [...text.matchAll(pattern)].map((match) => match[1] ?? match[0]))),
];

test('there are enough manuals, about half of them in Korean', () => {
  const korean = pages.filter(({ manual }) => manual.locale === 'ko').length / pages.length;

  expect(pages.length).toBeGreaterThanOrEqual(25);
  expect(korean).toBeGreaterThanOrEqual(0.4);
  expect(korean).toBeLessThanOrEqual(0.6);
});

test('the language of a manual is the one it says, and that of its file name', () => {
  for (const { file, manual } of pages) {
    const hangul = manual.body.match(/\p{Script=Hangul}/gu)?.length ?? 0;
    expect(hangul > 100, file).toBe(manual.locale === 'ko');
    expect(file.endsWith('.ko.md'), file).toBe(manual.locale === 'ko');
  }
});

test('no two manuals share a code, and none is the runbook of an alert that another one is', () => {
  const codes = pages.map(({ manual }) => manual.code);
  const alerts = pages.flatMap(({ manual }) => manual.alerts);

  expect(codes.length).toBe(new Set(codes).size);
  expect(alerts.length).toBe(new Set(alerts).size);
});

test('every manual, file and npm script that a manual names is there', () => {
  const codes = new Set(pages.map(({ manual }) => manual.code));
  const { scripts } = JSON.parse(readFileSync(projectPath('package.json'), 'utf8'));
  const broken = pages.flatMap(({ file, text }) =>
    [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)]
      .map((match) => match[1] ?? '')
      .filter((link) => !existsSync(projectPath('manuals', path.dirname(file), link))),
  );

  expect(broken).toEqual([]);
  expect(
    found(pages, /\b(?:AGT|OPS|PAY-OPS|PAY-GUIDE|DB-OPS|BAT|WEB)-\d\d(?:-KO)?\b/g).filter((code) => !codes.has(code)),
  ).toEqual([]);
  expect(found(pages, /npm run (?:-s )?([\w:]+)/g).filter((name) => !(name in scripts))).toEqual([]);
});

test('every variable that a manual of the product names is read by the product', () => {
  const known = new Set([
    ...Object.keys(apiConfigSchema.shape),
    ...Object.keys(botConfigSchema.shape),
    ...Object.keys(settingsSchema.shape),
    ...appErrorCodes,
  ]);
  const ours =
    /`((?:AGENTIC|API|AUDIT|BOT|WEB|ADMIN|ALERTS|SLACK|DEFAULT|LOCAL|SAMPLE|REDIS|QDRANT|AZURE_OPENAI|OPENAI|PROMETHEUS|APPROVAL|LOG)_[A-Z_]+)`/g;

  expect(found(product, ours).filter((name) => !known.has(name))).toEqual([]);
});

test('the page of error codes explains each one', () => {
  const page = pages.find(({ manual }) => manual.code === 'AGT-19')?.text ?? '';

  expect(appErrorCodes.filter((code) => !page.includes(`\`${code}\``))).toEqual([]);
});

test('every metric of ours that a manual names is exposed', async () => {
  const none = async () => 0;
  const { registry } = createMetrics({
    databaseConnections: none,
    outbox: async () => ({ pending: 0, oldestSeconds: 0 }),
    approvalsPending: none,
    queueDepth: none,
  });
  const bot = createRegistry();
  createBotMetrics(bot, { nouns: [], sources: [] });
  const known = new Set([...registry.getMetricsAsArray(), ...bot.getMetricsAsArray()].map(({ name }) => name));
  const named = found(
    pages,
    /\b(?:agentic|agent|http|system|nodejs|database)_[a-z0-9_]+_(?:total|seconds(?:_bucket)?|percent|pending|depth|active)\b/g,
  );

  expect(named.map((name) => name.replace(/_bucket$/, '')).filter((name) => !known.has(name))).toEqual([]);
});

test('every command that a manual shows is understood', async () => {
  const { nouns } = await loadCommands();
  const shown = [...found(pages, /`\/agent ([^`]+)`/g), ...found(pages, /^\s*\/agent (.+)$/gm)]
    .filter((words) => words !== '…')
    .map((words) => words.replaceAll('-…', '-31').replaceAll(/<[^>]+>/g, 'payment-api'));

  expect(shown.length).toBeGreaterThan(15);
  expect(shown.filter((words) => readCommand(words, nouns).kind !== 'command')).toEqual([]);
});
