import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { projectPath } from '../../lib/project-path.ts';
import { type AlertCore, alertCore } from '../../test/support/alert-core.ts';
import { automation } from '../incidents/by.ts';
import { ingestAlerts } from './ingest.ts';
import { processAlerts } from './process.ts';
import { tickStorms } from './storm-tick.ts';

const folder = process.env.PUBLIC_DATA ?? projectPath('../shared/data');
const file = path.join(folder, 'awesome-prometheus-alerts', '_data', 'rules.yml');
const schema = z.object({
  groups: z.array(
    z.object({
      name: z.string(),
      services: z.array(
        z.object({
          name: z.string(),
          exporters: z.array(
            z.object({
              rules: z
                .array(z.object({ name: z.string(), description: z.string().optional(), severity: z.string() }))
                .nullish(),
            }),
          ),
        }),
      ),
    }),
  ),
});

if (!existsSync(file))
  process.stderr.write(
    'SKIPPED: the public alert rules: set PUBLIC_DATA to the folder with awesome-prometheus-alerts\n',
  );

describe.skipIf(!existsSync(file))('the public alert rules as alerts (PUBLIC_DATA)', () => {
  let core: AlertCore;
  beforeAll(async () => {
    core = await alertCore();
  });
  afterAll(() => core?.close());

  test('every rule fires and resolves: none lost, at most three threads, one digest, one investigation, all closed at the end', async () => {
    const rules = schema
      .parse(parse(readFileSync(file, 'utf8')))
      .groups.flatMap((group) =>
        group.services.flatMap((service) =>
          service.exporters.flatMap((exporter) =>
            (exporter.rules ?? []).map((rule) => ({ ...rule, service: service.name, area: group.name })),
          ),
        ),
      );
    expect(rules.length).toBeGreaterThanOrEqual(1_000);
    const startsAt = new Date(Date.now() - 60_000).toISOString();
    const alerts = (status: 'FIRING' | 'RESOLVED') =>
      rules.map((rule, index) => ({
        name: rule.name,
        status,
        labels: {
          alertname: rule.name,
          service: rule.service,
          severity: rule.severity,
          area: rule.area,
          instance: `host-${index % 9}:9100`,
          rule: String(index),
        },
        annotations: { summary: rule.description ?? rule.name },
        startsAt,
        endsAt: status === 'RESOLVED' ? new Date().toISOString() : null,
      }));
    const sender = automation('alertmanager', 'public-rules');
    const first = await ingestAlerts(core.deps, sender, { source: 'alertmanager', alerts: alerts('FIRING') });
    await ingestAlerts(core.deps, sender, { source: 'alertmanager', alerts: alerts('FIRING') });
    await processAlerts(core.deps);
    await tickStorms(core.deps);

    expect(first).toEqual({ accepted: rules.length, duplicates: 0, quarantined: 0 });
    expect(await core.db.alert.count({ where: { status: 'FIRING' } })).toBe(rules.length);
    const open = await core.db.incident.findMany({ where: { status: { not: 'RESOLVED' } } });
    expect(open.filter((one) => one.kind === 'STORM')).toHaveLength(1);
    expect(open.filter((one) => one.kind === 'NORMAL').length).toBeLessThanOrEqual(3);
    expect(await core.db.task.count()).toBe(1);
    const told = await core.db.notification.count();
    expect(told).toBeLessThanOrEqual(25);
    const sum = await core.db.alertGroup.aggregate({ _sum: { totalCount: true, firingCount: true } });
    expect(sum._sum).toEqual({ totalCount: rules.length, firingCount: rules.length });

    await ingestAlerts(core.deps, sender, { source: 'alertmanager', alerts: alerts('RESOLVED') });
    await processAlerts(core.deps);
    await core.db
      .$executeRaw`update "Incident" set "storm" = jsonb_set("storm", '{lastNewAt}', '"2026-01-01T00:00:00Z"') where "kind" = 'STORM'`;
    await tickStorms(core.deps);
    expect(await core.db.alert.count({ where: { status: 'FIRING' } })).toBe(0);
    expect(await core.db.incident.count({ where: { status: { not: 'RESOLVED' } } })).toBe(0);
    const closing = await core.db.notification.findMany({ where: { kind: 'INCIDENT_NOTICE' } });
    expect(closing.some((one) => one.text?.includes(' 0 dropped') === true)).toBe(true);
  }, 60_000);
});
