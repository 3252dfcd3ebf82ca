import { z } from 'zod';
import { dnsLookup } from '../../../tools/dns-lookup.ts';
import { tcpCheck } from '../../../tools/tcp-check.ts';
import { tlsCheck } from '../../../tools/tls-check.ts';
import { webCheck } from '../../../tools/web-check.ts';
import { defineTask, type Json, type ToolOutcome } from '../../task.ts';

const input = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('web'), url: z.string().min(1).max(2_048) }),
  z.strictObject({
    kind: z.literal('tls'),
    host: z.string().min(1).max(253),
    port: z.number().int().min(1).max(65_535).default(443),
  }),
  z.strictObject({
    kind: z.literal('tcp'),
    host: z.string().min(1).max(253),
    port: z.number().int().min(1).max(65_535),
  }),
  z.strictObject({ kind: z.literal('dns'), name: z.string().min(1).max(253) }),
]);
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
  exampleInput: { kind: 'tls', host: 'example.com', port: 443 },
  output,
  maxRisk: 'read_only',
  usesLanguageModel: false,
  describe: (given) => {
    const what = given.kind === 'web' ? given.url : given.kind === 'dns' ? given.name : `${given.host}:${given.port}`;
    return { en: `Check ${what.slice(0, 100)}`, ko: `${what.slice(0, 100)} 점검` };
  },
  run: async (given, context) => {
    const title = { en: 'Look at the address', ko: '주소 확인' };
    const reply = await ((): Promise<ToolOutcome<Json>> => {
      switch (given.kind) {
        case 'web':
          return context.tool('look', title, webCheck, { url: given.url, timeoutMs: 5_000 });
        case 'tls':
          return context.tool('look', title, tlsCheck, { host: given.host, port: given.port, warnDays: 30 });
        case 'tcp':
          return context.tool('look', title, tcpCheck, { host: given.host, port: given.port });
        case 'dns':
          return context.tool('look', title, dnsLookup, { name: given.name });
        default:
          return given satisfies never;
      }
    })();
    return { outcome: reply.outcome, message: reply.evidence.summary, evidenceRef: reply.evidence.ref };
  },
});
