import { z } from 'zod';
import { dnsLookup } from '../../../tools/dns-lookup.ts';
import { tcpCheck } from '../../../tools/tcp-check.ts';
import { tlsCheck } from '../../../tools/tls-check.ts';
import { webCheck } from '../../../tools/web-check.ts';
import { defineTask, type StoredEvidence } from '../../task.ts';

const input = z.strictObject({
  kind: z.enum(['web', 'tls', 'tcp', 'dns']),
  /** A web address for `web`, else a host name. */
  target: z.string().trim().min(1).max(2_048),
  /** For `tls` and `tcp`; 443 when left out. */
  port: z.number().int().min(1).max(65_535).optional(),
});
const output = z.object({ outcome: z.string(), message: z.string(), evidenceRef: z.number().int() });

/** One look at an address somebody names, behind the guard: web page, certificate, port or records. Needs no language model. */
export const task = defineTask<z.infer<typeof input>>({
  type: 'address_check',
  title: { en: 'Address check', ko: '주소 점검' },
  description: {
    en: 'Looks once at a public or registered address: its web answer, its certificate, its port or its DNS records.',
    ko: '공개되었거나 등록된 주소의 웹 응답, 인증서, 포트, DNS 레코드를 한 번 확인합니다.',
  },
  input,
  exampleInput: { kind: 'tls', target: 'example.com', port: 443 },
  output,
  maxRisk: 'read_only',
  usesLanguageModel: false,
  describe: ({ kind, target }) => ({
    en: `Check ${target.slice(0, 100)} (${kind})`,
    ko: `${target.slice(0, 100)} 점검 (${kind})`,
  }),
  run: async ({ kind, target, port = 443 }, context) => {
    const title = { en: 'Look at the address', ko: '주소 확인' };
    const look = (): Promise<{ readonly outcome: string; readonly evidence: StoredEvidence }> => {
      switch (kind) {
        case 'web':
          return context.tool('look', title, webCheck, { url: target, timeoutMs: 5_000 });
        case 'tls':
          return context.tool('look', title, tlsCheck, { host: target, port, warnDays: 30 });
        case 'tcp':
          return context.tool('look', title, tcpCheck, { host: target, port });
        case 'dns':
          return context.tool('look', title, dnsLookup, { name: target });
        default:
          return kind satisfies never;
      }
    };
    const reply = await look();
    return { outcome: reply.outcome, message: reply.evidence.summary, evidenceRef: reply.evidence.ref };
  },
});
