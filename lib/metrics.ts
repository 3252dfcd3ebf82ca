import { Counter, type CounterConfiguration, collectDefaultMetrics, Registry } from 'prom-client';

/** A registry with the process's own metrics. */
export function createRegistry(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return registry;
}

/** A counter whose series exist at 0 from the start for every given combination of labels. */
export function zeroedCounter<Label extends string>(
  configuration: CounterConfiguration<Label>,
  combinations: readonly Partial<Record<Label, string>>[],
): Counter<Label> {
  const counter = new Counter(configuration);
  for (const labels of combinations) counter.inc(labels, 0);
  return counter;
}
