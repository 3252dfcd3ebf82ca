import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { readFrontMatter } from '../../api/knowledge/front-matter.ts';
import { splitFrontMatter } from '../../api/knowledge/parse/parse-file.ts';
import { projectPath } from '../../lib/project-path.ts';
import { describeWith, requireProgram } from '../support/debian.ts';
import { productSeries, unknownIn } from '../support/metric-names.ts';

const ruleFile = z.object({
  groups: z.array(
    z.object({
      rules: z.array(
        z.object({
          alert: z.string().optional(),
          record: z.string().optional(),
          expr: z.string(),
          labels: z.record(z.string(), z.string()).default({}),
          annotations: z.record(z.string(), z.string()).default({}),
        }),
      ),
    }),
  ),
});
const readYaml = (file: string): unknown => parse(readFileSync(projectPath(file), 'utf8'));
const rules = ruleFile.parse(readYaml('prometheus/rules/agentic-ai.yml')).groups.flatMap((group) => group.rules);
const alerts = rules.flatMap((rule) => (rule.alert === undefined ? [] : [{ ...rule, alert: rule.alert }]));
const testFiles = readdirSync(projectPath('prometheus/tests'));
const pages = readdirSync(projectPath('docs/runbooks')).filter((file) => file.endsWith('.md') && file !== 'README.md');

/** Manuals that say they are the runbook of an alert, in both folders that are taken in at the start. */
function manualsFor(alert: string): readonly string[] {
  return ['manuals', 'docs/runbooks'].flatMap((folder) =>
    readdirSync(projectPath(folder), { recursive: true, encoding: 'utf8' }).filter((file) => {
      if (!file.endsWith('.md')) return false;
      const { head } = splitFrontMatter(readFileSync(projectPath(folder, file), 'utf8'));
      return readFrontMatter(head, 'own').alerts?.includes(alert) ?? false;
    }),
  );
}

test('the two alerts operators were promised are as promised', () => {
  const [errors, cpu] = alerts;

  expect(errors).toMatchObject({
    alert: 'HighErrorRate',
    expr: 'sum(rate(http_requests_total{status=~"5.."}[5m])) / sum(rate(http_requests_total[5m])) > 0.05',
    labels: { severity: 'critical' },
  });
  expect(cpu).toMatchObject({
    alert: 'HighCPUUsage',
    expr: 'system_cpu_usage_percent > 80',
    labels: { severity: 'warning' },
  });
});

test('every rule uses metrics that exist', async () => {
  const known = new Set([...(await productSeries()), ...rules.flatMap(({ record }) => record ?? [])]);

  const unknown = rules.flatMap((rule) => unknownIn(rule.expr, known).map((name) => `${rule.alert}: ${name}`));

  expect(unknown).toEqual([]);
});

test('a metric that does not exist is noticed', async () => {
  expect(unknownIn('sum by (le) (rate(agentic_no_such_total{a="b"}[5m])) > up', await productSeries())).toEqual([
    'agentic_no_such_total',
  ]);
});

test.each(alerts.map(({ alert, annotations }) => [alert, annotations] as const))(
  '%s leads to a runbook that is found by its name',
  (alert, annotations) => {
    expect(annotations.runbook).toBe(`docs/runbooks/${alert}.md`);
    expect(annotations.summary).toBeTruthy();

    const { head, body } = splitFrontMatter(readFileSync(projectPath(annotations.runbook ?? ''), 'utf8'));

    expect(readFrontMatter(head, 'own').code).toMatch(/^RB-/);
    expect(manualsFor(alert)).toHaveLength(1);
    expect(body).toContain('## 요약');
    expect(body.match(/\p{Script=Hangul}/gu)?.length ?? 0).toBeGreaterThan(30);
  },
);

test('every runbook belongs to an alert, and its queries use metrics that exist', async () => {
  const known = new Set([...(await productSeries()), 'nodejs_gc_duration_seconds_sum', 'agent_type']);

  expect(pages.map((file) => path.basename(file, '.md')).sort()).toEqual(alerts.map(({ alert }) => alert).sort());
  for (const file of pages) {
    const text = readFileSync(projectPath('docs/runbooks', file), 'utf8');
    const named = [...text.matchAll(/\b(?:agentic|agent|http|system|nodejs|database|process)_[a-z0-9_]+\b/g)].map(
      ([name]) => name,
    );
    expect(
      named.filter((name) => !known.has(name)),
      file,
    ).toEqual([]);
    const links = [...text.matchAll(/\]\((\w+\.md)\)/g)].map((match) => match[1] ?? '');
    expect(
      links.filter((link) => !pages.includes(link)),
      file,
    ).toEqual([]);
  }
});

test('every alert has a unit test', () => {
  const text = testFiles.map((file) => readFileSync(projectPath('prometheus/tests', file), 'utf8')).join('\n');

  expect(alerts.map(({ alert }) => alert).filter((alert) => !text.includes(`alertname="${alert}"`))).toEqual([]);
});

describeWith(['promtool'], 'promtool', () => {
  const promtool = (...args: string[]) =>
    execFileSync(requireProgram('promtool'), args, { cwd: projectPath('prometheus'), encoding: 'utf8' });

  test.each(['prometheus.yml', 'compose/prometheus.yml'])('takes %s, its rules too', (file) => {
    expect(promtool('check', 'config', '--lint-fatal', '--syntax-only', file)).toContain('SUCCESS');
  });

  test('takes the rules without a complaint', () => {
    expect(promtool('check', 'rules', '--lint-fatal', 'rules/agentic-ai.yml', 'rules/payment-api.yml')).toContain(
      'SUCCESS',
    );
  });

  test.each(testFiles)('sees each alert of %s quiet before and firing after', { timeout: 120_000 }, (file) => {
    expect(promtool('test', 'rules', `tests/${file}`)).toContain('SUCCESS');
  });
});
