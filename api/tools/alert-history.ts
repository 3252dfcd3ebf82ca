import { z } from 'zod';
import { defineReadTool } from './tool.ts';

const alert = z.strictObject({
  name: z.string(),
  severity: z.string(),
  summary: z.string().nullable(),
  labels: z.record(z.string(), z.string()),
  startedAt: z.string(),
  firing: z.boolean(),
  occurrences30d: z.number().int(),
});
const args = z.strictObject({ incident: z.string(), alerts: z.array(alert).max(20) });

/** The alerts of an incident as our record holds them. */
export type AlertHistory = { readonly alerts: z.infer<typeof alert>[]; readonly firing: number };

/** Keeps the alerts of an incident as evidence: labels, since when, how often in thirty days. Reads nothing but its arguments. */
export const alertHistory = defineReadTool<z.infer<typeof args>, AlertHistory>({
  name: 'alerts.history',
  args,
  timeoutMs: 2_000,
  run: async ({ incident, alerts }) => {
    const firing = alerts.filter((one) => one.firing).length;
    const first = alerts[0];
    return {
      outcome: first === undefined ? 'no_data' : 'success',
      kind: 'other',
      title: `Alerts of ${incident}`,
      asked: `alerts of ${incident} in the record`,
      summary:
        first === undefined
          ? `${incident} has no alerts.`
          : `${first.name} ${first.firing ? 'firing' : 'resolved'} since ${first.startedAt}, ${first.occurrences30d} in 30 days${alerts.length > 1 ? `; ${alerts.length} alerts, ${firing} firing` : ''}`,
      data: { alerts, firing },
    };
  },
});
