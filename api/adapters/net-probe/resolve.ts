import { lookup } from 'node:dns/promises';
import ipaddr from 'ipaddr.js';
import { isMetadataAddress, judgeAddress, judgeName, type UrlRefusal, urlRefusal } from '../../../lib/url-guard.ts';

/** Looks a name up; the system's resolver unless a test brings its own. */
export type Resolve = (host: string) => Promise<readonly string[]>;

export interface GuardOptions {
  /** True for the exact `host:port` of a registered system, which may be inside. Asked at every call. */
  readonly isRegistered: (hostPort: string) => Promise<boolean>;
  readonly resolve?: Resolve;
}

/** An address that was judged; the connection goes there and nowhere else. */
export type Resolved = { readonly address: string } | UrlRefusal;

export const systemResolve: Resolve = async (host) =>
  (await lookup(host, { all: true, verbatim: true })).map(({ address }) => address);

/** Resolves a host and judges every address it has: one bad one among them is enough to refuse all. */
export async function resolveJudged(options: GuardOptions, host: string, port: number): Promise<Resolved> {
  const name = host.replace(/^\[|\]$/g, '');
  const registered = await options.isRegistered(`${name.includes(':') ? `[${name}]` : name}:${port}`);
  const judge = (address: string): UrlRefusal | null =>
    registered ? (isMetadataAddress(address) ? urlRefusal('metadata-address', address) : null) : judgeAddress(address);
  if (ipaddr.isValid(name)) return judge(name) ?? { address: name };
  const named = registered ? null : judgeName(name);
  if (named !== null) return named;
  let addresses: readonly string[];
  try {
    addresses = await (options.resolve ?? systemResolve)(name);
  } catch {
    return urlRefusal('not-resolved', name);
  }
  const first = addresses[0];
  if (first === undefined) return urlRefusal('not-resolved', name);
  for (const address of addresses) {
    const bad = judge(address);
    if (bad !== null) return bad;
  }
  return { address: first };
}
