import { z } from 'zod';
import { defineSource, moment, type SourceAlert, textMap, webAddress } from './source.ts';

const alert = z.object({
  status: z.enum(['firing', 'resolved']),
  labels: textMap,
  annotations: textMap.default({}),
  startsAt: moment,
  endsAt: moment.optional(),
  generatorURL: webAddress,
  fingerprint: z.string().max(200).optional(),
});

const payload = z.object({
  version: z.literal('4'),
  groupKey: z.string().max(10_000),
  receiver: z.string().max(500).optional(),
  externalURL: webAddress,
  truncatedAlerts: z.number().int().min(0).max(1_000_000).default(0),
  alerts: z.array(alert).max(10_000),
});

/** Alertmanager's webhook, version 4. Each alert has its own status; the year 1 as end means "not known". */
export const source = defineSource({
  name: 'alertmanager',
  example: 'alertmanager.json',
  payload,
  toAlerts: (post) => ({
    alerts: post.alerts.map(
      (one): SourceAlert => ({
        name: one.labels.alertname ?? 'unnamed',
        status: one.status === 'firing' ? 'FIRING' : 'RESOLVED',
        labels: one.labels,
        annotations: one.annotations,
        startsAt: one.startsAt,
        ...(one.labels.severity === undefined ? {} : { severity: one.labels.severity }),
        ...(one.endsAt === undefined || Date.parse(one.endsAt) <= 0 || one.status === 'firing'
          ? {}
          : { endsAt: one.endsAt }),
        ...(one.generatorURL === undefined ? {} : { generatorUrl: one.generatorURL }),
        ...(one.fingerprint === undefined ? {} : { fingerprint: one.fingerprint }),
      }),
    ),
    groupKey: post.groupKey,
    truncatedAlerts: post.truncatedAlerts,
    ...(post.receiver === undefined ? {} : { receiver: post.receiver }),
    ...(post.externalURL === undefined ? {} : { externalUrl: post.externalURL }),
  }),
});
