import { z } from 'zod';
import type { WebReply } from '../ports/net-probe.ts';
import { defineReadTool } from './tool.ts';

const args = z.strictObject({
  url: z.string().min(1).max(2_048),
  timeoutMs: z.number().int().min(100).max(15_000).default(5_000),
});

/** An answer as it is kept. */
export type WebReading = { readonly [K in keyof WebReply]: K extends 'redirects' ? string[] : WebReply[K] };

/** Asks a public web address once, following redirects that are judged as well. A refusal or silence is an answer. */
export const webCheck = defineReadTool<z.infer<typeof args>, WebReading>({
  name: 'web.check',
  args,
  timeoutMs: 20_000,
  run: async ({ url, timeoutMs }, ports) => {
    const reply = await ports.net.web(url, timeoutMs);
    const said =
      reply.outcome === 'answered'
        ? `answered ${reply.statusCode} in ${reply.latencyMs} ms`
        : (reply.reason ?? reply.outcome);
    return {
      outcome: reply.outcome === 'answered' ? 'success' : 'no_data',
      kind: 'other',
      title: `Answer of ${url}`.slice(0, 200),
      asked: `GET ${url}`,
      summary: `${url.slice(0, 150)}: ${said}${reply.redirects.length > 0 ? ` after ${reply.redirects.length} redirects` : ''}`,
      data: { ...reply, redirects: [...reply.redirects] },
    };
  },
});
