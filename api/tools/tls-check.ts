import { z } from 'zod';
import type { TlsReading } from '../ports/net-probe.ts';
import { defineReadTool } from './tool.ts';

const args = z.strictObject({
  host: z.string().min(1).max(253),
  port: z.number().int().min(1).max(65_535).default(443),
  /** Warns below this many days. */
  warnDays: z.number().int().min(1).max(365).default(30),
});

/** A certificate as it stands on the server now. */
export type CertificateReading = Omit<TlsReading, 'names' | 'chain' | 'problems'> & {
  readonly names: string[];
  readonly chain: string[];
  readonly problems: string[];
  readonly daysLeft: number | null;
};

const dayMs = 86_400_000;

/** Reads the certificate of a host by a handshake: whose it is, until when, and what is wrong with it. */
export const tlsCheck = defineReadTool<z.infer<typeof args>, CertificateReading>({
  name: 'tls.check',
  args,
  timeoutMs: 15_000,
  run: async ({ host, port, warnDays }, ports) => {
    const reading = await ports.net.tls(host, port, 8_000);
    const daysLeft = reading.validTo === null ? null : Math.floor((Date.parse(reading.validTo) - Date.now()) / dayMs);
    const soon = daysLeft !== null && daysLeft >= 0 && daysLeft < warnDays;
    const problems = [...reading.problems, ...(soon ? ['expires-soon'] : [])];
    const where = `${host}:${port}`;
    return {
      outcome: reading.outcome === 'read' ? 'success' : 'no_data',
      kind: 'other',
      title: `Certificate of ${where}`,
      asked: `TLS handshake with ${where}`,
      summary:
        reading.outcome === 'read'
          ? `${where}: ${reading.subject}, issued by ${reading.issuer}, valid to ${reading.validTo?.slice(0, 10)} (${daysLeft} days)${problems.length > 0 ? `; ${problems.join(', ')}` : ''}`
          : `${where}: ${reading.reason ?? 'no certificate'}`,
      data: { ...reading, names: [...reading.names], chain: [...reading.chain], problems, daysLeft },
    };
  },
});
