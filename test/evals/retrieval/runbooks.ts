import { readdir, readFile } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { splitFrontMatter } from '../../../api/knowledge/parse/parse-file.ts';
import type { EvalPage } from './collection.ts';

/** A runbook page of the two sets; its name is the alert's. */
export interface Runbook {
  readonly name: string;
  /** Below the data folder. */
  readonly path: string;
  readonly markdown: string;
}

export interface LabelledAlert {
  readonly name: string;
  readonly summary: string;
  readonly description: string;
  readonly expression: string;
  /** Name of the page its runbook_url leads to; null when there is none. */
  readonly page: string | null;
}

/** All Markdown files below a folder, in the order of their paths. */
export async function markdownBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.md'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** The runbooks of prometheus-operator and OpenShift, without indexes and helper pages. */
export async function loadRunbooks(data: string): Promise<Runbook[]> {
  const files = [
    ...(await markdownBelow(join(data, 'prometheus-operator-runbooks', 'content', 'runbooks'))),
    ...(await markdownBelow(join(data, 'openshift-runbooks', 'alerts'))),
  ].filter((file) => !file.endsWith('_index.md') && !file.includes('/helpers/'));
  return Promise.all(
    files.map(async (file) => ({
      name: basename(file, '.md'),
      path: relative(data, file),
      markdown: await readFile(file, 'utf8'),
    })),
  );
}

const variantSchema = z.object({ summary: z.string(), description: z.string(), expr: z.string() });
const labelledSchema = z.array(
  z.object({ query_alert: z.string(), runbook: z.string(), variants: z.array(variantSchema).min(1) }),
);
const ruleSchema = z.object({
  alert: z.string().optional(),
  expr: z.union([z.string(), z.number()]).transform(String),
  annotations: z.record(z.string(), z.string()).default({}),
});
const rulesSchema = z.object({ spec: z.object({ groups: z.array(z.object({ rules: z.array(ruleSchema) })) }) });

/** Text of a template without its holes: what a reader sees around the values. */
const withoutHoles = (text: string): string => text.replace(/\{\{[\s\S]*?\}\}/g, ' ');

/** The 99 labelled alerts, by their first variant, then the alerts whose page does not exist. */
export async function loadAlerts(data: string): Promise<LabelledAlert[]> {
  const labelled = labelledSchema.parse(
    JSON.parse(await readFile(join(data, 'labelled-kube-prometheus.json'), 'utf8')),
  );
  const known = labelled.flatMap(({ query_alert: name, runbook, variants }): LabelledAlert[] => {
    const [first] = variants;
    return first === undefined ? [] : [alertOf(name, first.summary, first.description, first.expr, runbook)];
  });
  const seen = new Set(known.map(({ name }) => name));
  const manifests = join(data, 'kube-prometheus', 'manifests');
  for (const file of (await readdir(manifests)).sort()) {
    const { spec } = rulesSchema.parse(parse(await readFile(join(manifests, file), 'utf8')));
    for (const { alert, expr, annotations } of spec.groups.flatMap(({ rules }) => rules)) {
      if (alert === undefined || seen.has(alert)) continue;
      seen.add(alert);
      known.push(alertOf(alert, annotations.summary ?? '', annotations.description ?? '', expr, null));
    }
  }
  return known;
}

const alertOf = (
  name: string,
  summary: string,
  description: string,
  expr: string,
  page: string | null,
): LabelledAlert => ({
  name,
  summary: withoutHoles(summary),
  description: withoutHoles(description),
  expression: withoutHoles(expr),
  page,
});

/** A page as it is. */
export const fullPage = ({ name, markdown }: Runbook): EvalPage => ({
  key: name,
  name: `${name}.md`,
  markdown,
  locale: 'en',
});

const literally = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** A page without its title, its first heading, and every mention of its name, so that only its text can be found. */
export function maskedPage({ name, markdown }: Runbook): EvalPage {
  const { head, body } = splitFrontMatter(markdown);
  const title = /^title:\s*(.+)$/m.exec(head ?? '')?.[1] ?? /^#\s+(.+)$/m.exec(body)?.[1] ?? name;
  const text = body
    .replace(/^#\s+.+$/m, '')
    .replace(new RegExp(literally(name), 'gi'), ' ')
    .replace(new RegExp(literally(title.trim()), 'gi'), ' ');
  return { key: name, name: 'page.md', markdown: text, locale: 'en' };
}
