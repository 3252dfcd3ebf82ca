/** What a public web address answered, after every redirect was judged like the first address. */
export interface WebReply {
  readonly outcome: 'answered' | 'refused' | 'unreachable';
  /** Where the answer came from in the end. */
  readonly url: string;
  readonly statusCode: number | null;
  readonly redirects: readonly string[];
  readonly contentType: string | null;
  /** The beginning, without secrets; empty when it was compressed. */
  readonly body: string;
  readonly latencyMs: number;
  readonly reason: string | null;
}

/** A certificate as the server showed it. */
export interface TlsReading {
  readonly outcome: 'read' | 'refused' | 'unreachable';
  readonly host: string;
  readonly port: number;
  readonly address: string | null;
  readonly subject: string | null;
  readonly names: readonly string[];
  readonly issuer: string | null;
  readonly validFrom: string | null;
  readonly validTo: string | null;
  readonly fingerprint: string | null;
  readonly protocol: string | null;
  /** Subjects from the leaf to the last certificate sent. */
  readonly chain: readonly string[];
  readonly problems: readonly (
    | 'not-yet-valid'
    | 'expired'
    | 'hostname-mismatch'
    | 'self-signed'
    | 'unknown-issuer'
    | 'incomplete-chain'
    | 'untrusted'
  )[];
  readonly reason: string | null;
}

export interface TcpReading {
  readonly outcome: 'open' | 'closed' | 'refused' | 'unreachable';
  readonly address: string | null;
  readonly latencyMs: number;
  readonly reason: string | null;
}

export interface DnsReading {
  readonly outcome: 'found' | 'none' | 'refused' | 'unreachable';
  readonly records: readonly { readonly type: string; readonly value: string }[];
  readonly reason: string | null;
}

/**
 * Looks at addresses people, alerts or models name. Every resolved address is judged and the connection goes to the judged address; internal ones are
 * reached only when registered by exact host and port, and metadata addresses never. Nothing is thrown for the other side's faults: they are answers.
 * `refused` says that nothing was sent. May be called twice without harm.
 */
export interface NetProbe {
  web(url: string, timeoutMs: number): Promise<WebReply>;
  tls(host: string, port: number, timeoutMs: number): Promise<TlsReading>;
  tcp(host: string, port: number, timeoutMs: number): Promise<TcpReading>;
  dns(name: string, timeoutMs: number): Promise<DnsReading>;
}
