import { z } from 'zod';
import { defineSource, moment, type SourceAlert, textMap, webAddress } from './source.ts';

const alert = z.object({
  name: z.string().min(1).max(500),
  status: z.enum(['firing', 'resolved']).default('firing'),
  severity: z.string().max(100).optional(),
  labels: textMap.default({}),
  annotations: textMap.default({}),
  summary: z.string().max(10_000).optional(),
  startsAt: moment,
  endsAt: moment.optional(),
  url: webAddress,
  id: z.string().max(200).optional(),
});

const payload = z.object({
  alerts: z.array(alert).min(1).max(10_000),
  group: z.string().max(10_000).optional(),
  truncated: z.number().int().min(0).max(1_000_000).default(0),
});

/**
 * Any sender that can write JSON: `{"alerts": [{"name", "status", "severity", "labels", "annotations", "summary", "startsAt", "endsAt",
 * "url", "id"}], "group", "truncated"}`. Only `name` and `startsAt` are required; the same id, or else the same labels, is the same alert.
 */
export const source = defineSource({
  name: 'generic',
  example: 'generic.json',
  payload,
  toAlerts: (post) => ({
    alerts: post.alerts.map(
      (one): SourceAlert => ({
        name: one.name,
        status: one.status === 'firing' ? 'FIRING' : 'RESOLVED',
        labels: { alertname: one.name, ...one.labels },
        annotations: { ...one.annotations, ...(one.summary === undefined ? {} : { summary: one.summary }) },
        startsAt: one.startsAt,
        ...(one.severity === undefined ? {} : { severity: one.severity }),
        ...(one.endsAt === undefined || one.status === 'firing' ? {} : { endsAt: one.endsAt }),
        ...(one.url === undefined ? {} : { generatorUrl: one.url }),
        ...(one.id === undefined ? {} : { fingerprint: one.id }),
      }),
    ),
    truncatedAlerts: post.truncated,
    ...(post.group === undefined ? {} : { groupKey: post.group }),
  }),
});
