import { Resolver } from 'node:dns/promises';
import { connect } from 'node:net';
import ipaddr from 'ipaddr.js';
import { judgeName } from '../../../lib/url-guard.ts';
import type { DnsReading, NetProbe, TcpReading } from '../../ports/net-probe.ts';
import { reasonOf } from './reason.ts';
import { type GuardOptions, resolveJudged } from './resolve.ts';
import { readTls } from './tls.ts';
import { askWeb } from './web.ts';

const mostRecords = 50;

/** Looks at named addresses behind the guard. */
export function createNetProbe(options: GuardOptions & { readonly ca?: readonly string[] }): NetProbe {
  return {
    web: (url, timeoutMs) => askWeb(options, url, timeoutMs),
    tls: (host, port, timeoutMs) => readTls(options, host, port, timeoutMs),
    tcp: (host, port, timeoutMs) => knock(options, host, port, timeoutMs),
    dns: (name, timeoutMs) => askDns(name, timeoutMs),
  };
}

/** Opens a connection and closes it at once. */
async function knock(options: GuardOptions, host: string, port: number, timeoutMs: number): Promise<TcpReading> {
  const resolved = await resolveJudged(options, host, port);
  if ('reason' in resolved) return { outcome: 'refused', address: null, latencyMs: 0, reason: resolved.reason.en };
  const { address } = resolved;
  const signal = AbortSignal.timeout(timeoutMs);
  const begun = performance.now();
  const latency = () => Math.round(performance.now() - begun);
  return new Promise((resolve) => {
    const socket = connect({ host: address, port, signal });
    socket.once('connect', () => {
      resolve({ outcome: 'open', address, latencyMs: latency(), reason: null });
      socket.destroy();
    });
    socket.once('error', (error) => {
      const reason = reasonOf(error, signal);
      resolve({
        outcome: reason === 'connection refused' ? 'closed' : 'unreachable',
        address,
        latencyMs: latency(),
        reason,
      });
    });
  });
}

/** Records of a public name. Names that lead inside are not asked about: the question itself would tell them to a resolver. */
async function askDns(name: string, timeoutMs: number): Promise<DnsReading> {
  if (ipaddr.isValid(name)) return { outcome: 'refused', records: [], reason: 'this is an address, not a name' };
  const bad = judgeName(name);
  if (bad !== null || !/^[a-z0-9_]([a-z0-9_.-]{0,251}[a-z0-9])?\.?$/i.test(name))
    return { outcome: 'refused', records: [], reason: bad?.reason.en ?? 'this is not a host name' };
  const resolver = new Resolver({ timeout: timeoutMs, tries: 1 });
  const timer = setTimeout(() => resolver.cancel(), timeoutMs);
  const read = async (type: string, ask: () => Promise<readonly string[]>) => {
    try {
      return { records: (await ask()).map((value) => ({ type, value: value.slice(0, 500) })), failed: null };
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : '';
      return { records: [], failed: code === 'ENODATA' || code === 'ENOTFOUND' ? null : code };
    }
  };
  try {
    const all = await Promise.all([
      read('A', () => resolver.resolve4(name)),
      read('AAAA', () => resolver.resolve6(name)),
      read('CNAME', () => resolver.resolveCname(name)),
      read('MX', async () =>
        (await resolver.resolveMx(name)).map(({ priority, exchange }) => `${priority} ${exchange}`),
      ),
      read('TXT', async () => (await resolver.resolveTxt(name)).map((parts) => parts.join(''))),
      read('NS', () => resolver.resolveNs(name)),
    ]);
    const records = all.flatMap((one) => one.records).slice(0, mostRecords);
    if (records.length > 0) return { outcome: 'found', records, reason: null };
    const failed = all.every((one) => one.failed !== null);
    return failed
      ? { outcome: 'unreachable', records, reason: `the resolver does not answer (${all[0]?.failed ?? ''})` }
      : { outcome: 'none', records, reason: null };
  } finally {
    clearTimeout(timer);
  }
}
