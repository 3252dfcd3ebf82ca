import { z } from 'zod';
import { defineReadTool } from './tool.ts';

const args = z.strictObject({ name: z.string().min(1).max(253) });

/** Records of a public name. */
export const dnsLookup = defineReadTool<
  z.infer<typeof args>,
  { readonly outcome: string; readonly records: { readonly type: string; readonly value: string }[] }
>({
  name: 'dns.lookup',
  args,
  timeoutMs: 10_000,
  run: async ({ name }, ports) => {
    const { outcome, records, reason } = await ports.net.dns(name, 5_000);
    const shown = records.slice(0, 6).map(({ type, value }) => `${type} ${value}`);
    return {
      outcome: outcome === 'found' ? 'success' : 'no_data',
      kind: 'other',
      title: `Records of ${name}`,
      asked: `DNS records of ${name}`,
      summary: `${name}: ${shown.length > 0 ? shown.join(', ') : (reason ?? 'no records')}${records.length > shown.length ? `, +${records.length - shown.length}` : ''}`,
      data: { outcome, records: records.map(({ type, value }) => ({ type, value })) },
    };
  },
});
