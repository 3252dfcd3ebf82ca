import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { agentPerformance } from './agent-performance.ts';
import { systemHealth } from './system-health.ts';

/** With a number for every panel, so that a link to one stays good. */
function textOf(dashboard: Dashboard): string {
  const panels = dashboard.panels?.map((panel, i) => ({ ...panel, id: i + 1 })) ?? [];
  return `${JSON.stringify({ ...dashboard, panels }, null, 2)}\n`;
}

/** Name and content of every dashboard file, as they are committed. */
export function dashboardFiles(): Readonly<Record<string, string>> {
  return {
    'agent-performance.json': textOf(agentPerformance().build()),
    'system-health.json': textOf(systemHealth().build()),
  };
}
