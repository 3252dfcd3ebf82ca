import { expect, test } from 'vitest';
import { createRegistry, zeroedCounter } from './metrics.ts';

test('the series of a counter exist at 0 before anything was counted', async () => {
  const registry = createRegistry();

  const counter = zeroedCounter(
    { name: 'alerts_total', help: 'Alerts', labelNames: ['severity'], registers: [registry] },
    [{ severity: 'critical' }, { severity: 'info' }],
  );
  counter.inc({ severity: 'critical' });

  const text = await registry.metrics();
  expect(text).toContain('alerts_total{severity="critical"} 1');
  expect(text).toContain('alerts_total{severity="info"} 0');
  expect(text).toContain('process_resident_memory_bytes');
});

test('two registries do not disturb each other', () => {
  expect(() => [createRegistry(), createRegistry()]).not.toThrow();
});
