import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { dashboardFiles } from '../../grafana/files.ts';
import { projectPath } from '../../lib/project-path.ts';
import { panelsOf } from '../support/dashboard-panels.ts';
import { productSeries, unknownIn } from '../support/metric-names.ts';

const files = Object.entries(dashboardFiles());
const schemas = process.env.GRAFANA_SCHEMAS ?? projectPath('../shared/data/grafana-jsonschema');

test('there are the two dashboards operators were promised', () => {
  expect(files.map(([, text]) => z.object({ title: z.string() }).parse(JSON.parse(text)).title)).toEqual([
    'Agent Performance',
    'System Health',
  ]);
});

test.each(files)('%s is what the code says (npm run dashboards)', (name, text) => {
  expect(readFileSync(projectPath('grafana/dashboards', name), 'utf8')).toBe(text);
});

test.each(files)('every query of %s uses metrics that exist', async (_, text) => {
  const known = await productSeries();

  const unknown = panelsOf(JSON.parse(text)).flatMap(({ title, queries }) =>
    queries.flatMap((query) => unknownIn(query, known).map((name) => `${title}: ${name}`)),
  );

  expect(unknown).toEqual([]);
});

test.each(files)('the panels of %s have different ids and names, and lie side by side without overlap', (_, text) => {
  const panels = panelsOf(JSON.parse(text));
  const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from({ length: w * h }, (_cell, i) => `${x + (i % w)}:${y + Math.floor(i / w)}`),
  );

  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  expect(new Set(cells).size).toBe(cells.length);
  expect(panels.every(({ gridPos }) => gridPos.x + gridPos.w <= 24)).toBe(true);
});

test('the data source that is provisioned is of the kind the dashboards choose from', () => {
  const sources: unknown = parse(readFileSync(projectPath('grafana/provisioning/datasources/prometheus.yml'), 'utf8'));

  expect(sources).toMatchObject({ datasources: [{ type: 'prometheus', isDefault: true }] });
});

const hasSchemas = existsSync(path.join(schemas, 'dashboard.jsonschema.json'));
if (!hasSchemas)
  process.stderr.write(`SKIPPED: Grafana's schemas are not there; set GRAFANA_SCHEMAS to their folder\n`);

describe.skipIf(!hasSchemas)("Grafana's own schemas", () => {
  const definitions = z.looseObject({
    definitions: z.record(z.string(), z.looseObject({ properties: z.record(z.string(), z.unknown()).optional() })),
  });
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false, validateSchema: false });
  const published = hasSchemas ? readdirSync(schemas).filter((name) => name.endsWith('.jsonschema.json')) : [];
  for (const file of published) {
    const schema = definitions.parse(JSON.parse(readFileSync(path.join(schemas, file), 'utf8')));
    // Two fields that take anything were published as objects.
    for (const [type, field] of [
      ['MatcherConfig', 'options'],
      ['DynamicConfigValue', 'value'],
    ] as const) {
      const properties = schema.definitions[type]?.properties;
      if (properties !== undefined && field in properties) properties[field] = {};
    }
    ajv.addSchema(schema, file.replace('.jsonschema.json', ''));
  }
  const problems = (reference: string, value: unknown): readonly string[] => {
    const validate = ajv.getSchema(reference);
    if (validate === undefined) return [`no schema ${reference}`];
    return validate(value)
      ? []
      : (validate.errors ?? []).map((one) => `${reference}${one.instancePath} ${one.message}`);
  };

  test.each(files)('take %s, with the options and queries of every panel', (_, text) => {
    const dashboard: unknown = JSON.parse(text);

    expect(problems('dashboard#/definitions/Dashboard', dashboard)).toEqual([]);
    for (const panel of panelsOf(dashboard)) {
      expect(problems(`${panel.type}#/definitions/Options`, panel.options), panel.title).toEqual([]);
      if (panel.type === 'timeseries')
        expect(problems('timeseries#/definitions/FieldConfig', panel.fieldConfig.defaults.custom), panel.title).toEqual(
          [],
        );
      for (const target of panel.targets)
        expect(problems('prometheus#/definitions/Dataquery', target), panel.title).toEqual([]);
    }
  });

  test('refuse a misspelled field', () => {
    const dashboard = JSON.parse(files[0]?.[1] ?? '');
    dashboard.panels[1].titel = 'x';

    expect(problems('dashboard#/definitions/Dashboard', dashboard)).not.toEqual([]);
  });
});
