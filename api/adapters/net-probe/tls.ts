import { checkServerIdentity, connect, type DetailedPeerCertificate, type TLSSocket } from 'node:tls';
import ipaddr from 'ipaddr.js';
import type { TlsReading } from '../../ports/net-probe.ts';
import { reasonOf } from './reason.ts';
import { type GuardOptions, resolveJudged } from './resolve.ts';

const mostChain = 10;

/** Shakes hands and reads the certificate, good or bad; nothing is sent over the connection. `ca` are further trusted authorities. */
export async function readTls(
  options: GuardOptions & { readonly ca?: readonly string[] },
  host: string,
  port: number,
  timeoutMs: number,
): Promise<TlsReading> {
  const none: TlsReading = {
    outcome: 'refused',
    host,
    port,
    address: null,
    subject: null,
    names: [],
    issuer: null,
    validFrom: null,
    validTo: null,
    fingerprint: null,
    protocol: null,
    chain: [],
    problems: [],
    reason: null,
  };
  const resolved = await resolveJudged(options, host, port);
  if ('reason' in resolved) return { ...none, reason: resolved.reason.en };
  const { address } = resolved;
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const socket = await shake(address, host, port, signal, options.ca);
    try {
      return { ...none, outcome: 'read', address, ...describe(socket, host) };
    } finally {
      socket.destroy();
    }
  } catch (error) {
    return { ...none, outcome: 'unreachable', address, reason: reasonOf(error, signal) };
  }
}

function shake(
  address: string,
  host: string,
  port: number,
  signal: AbortSignal,
  ca: readonly string[] | undefined,
): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      host: address,
      port,
      rejectUnauthorized: false,
      ...(ipaddr.isValid(host) ? {} : { servername: host }),
      ...(ca === undefined ? {} : { ca: [...ca] }),
    });
    const abort = () => socket.destroy(new Error('late'));
    signal.addEventListener('abort', abort, { once: true });
    socket.once('secureConnect', () => {
      signal.removeEventListener('abort', abort);
      resolve(socket);
    });
    socket.on('error', reject);
    socket.once('close', () => reject(Object.assign(new Error('closed'), { code: 'ECONNRESET' })));
  });
}

function describe(socket: TLSSocket, host: string): Partial<TlsReading> {
  const leaf = socket.getPeerCertificate(true);
  if (leaf.raw === undefined) return { outcome: 'unreachable', reason: 'the server showed no certificate' };
  const chain: DetailedPeerCertificate[] = [];
  for (
    let one: DetailedPeerCertificate | undefined = leaf;
    one?.raw !== undefined && chain.length < mostChain;
    one = one.issuerCertificate
  ) {
    if (chain.some((earlier) => earlier.fingerprint256 === one?.fingerprint256)) break;
    chain.push(one);
  }
  const names = (leaf.subjectaltname ?? '')
    .split(/,\s*/)
    .filter(Boolean)
    .map((entry) => entry.replace(/^(DNS|IP Address|URI|email):/, ''));
  return {
    subject: nameOf(leaf.subject),
    names: names.slice(0, 100),
    issuer: nameOf(leaf.issuer),
    validFrom: new Date(leaf.valid_from).toISOString(),
    validTo: new Date(leaf.valid_to).toISOString(),
    fingerprint: leaf.fingerprint256,
    protocol: socket.getProtocol(),
    chain: chain.map((one) => nameOf(one.subject)),
    problems: problemsOf(socket, leaf, host, chain.length),
  };
}

const nameOf = (name: DetailedPeerCertificate['subject'] | undefined): string => {
  const fields: Readonly<Record<string, unknown>> = { ...name };
  return String(fields.CN ?? fields.O ?? fields.OU ?? '?').slice(0, 200);
};

function problemsOf(
  socket: TLSSocket,
  leaf: DetailedPeerCertificate,
  host: string,
  chainLength: number,
): TlsReading['problems'] {
  const found: TlsReading['problems'][number][] = [];
  const now = Date.now();
  if (Date.parse(leaf.valid_from) > now) found.push('not-yet-valid');
  if (Date.parse(leaf.valid_to) < now) found.push('expired');
  if (checkServerIdentity(host, leaf) !== undefined) found.push('hostname-mismatch');
  const why: unknown = socket.authorizationError;
  const code = typeof why === 'string' ? why : why instanceof Error && 'code' in why ? String(why.code) : '';
  if (code === 'DEPTH_ZERO_SELF_SIGNED_CERT') found.push('self-signed');
  else if (code === 'SELF_SIGNED_CERT_IN_CHAIN') found.push('unknown-issuer');
  else if (code === 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY' || code === 'UNABLE_TO_VERIFY_LEAF_SIGNATURE')
    found.push(chainLength <= 1 ? 'incomplete-chain' : 'unknown-issuer');
  else if (!socket.authorized && found.length === 0) found.push('untrusted');
  return found;
}
