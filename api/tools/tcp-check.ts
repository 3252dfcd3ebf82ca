import { z } from 'zod';
import type { TcpReading } from '../ports/net-probe.ts';
import { defineReadTool } from './tool.ts';

const args = z.strictObject({ host: z.string().min(1).max(253), port: z.number().int().min(1).max(65_535) });

/** Whether a port takes connections. */
export const tcpCheck = defineReadTool<z.infer<typeof args>, { readonly [K in keyof TcpReading]: TcpReading[K] }>({
  name: 'tcp.check',
  args,
  timeoutMs: 10_000,
  run: async ({ host, port }, ports) => {
    const reading = await ports.net.tcp(host, port, 5_000);
    const where = `${host}:${port}`;
    return {
      outcome: reading.outcome === 'refused' ? 'no_data' : 'success',
      kind: 'other',
      title: `Port ${where}`,
      asked: `TCP connection to ${where}`,
      summary: `${where}: ${reading.outcome === 'open' ? `open, ${reading.latencyMs} ms` : (reading.reason ?? reading.outcome)}`,
      data: { ...reading },
    };
  },
});
