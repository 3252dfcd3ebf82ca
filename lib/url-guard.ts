import ipaddr from 'ipaddr.js';

/** Why an address may not be called; a closed list. */
export type UrlRefusalCode =
  | 'not-an-address'
  | 'odd-characters'
  | 'scheme'
  | 'credentials'
  | 'port'
  | 'inside-name'
  | 'inside-address'
  | 'metadata-address'
  | 'not-resolved'
  | 'too-many-redirects';

export interface UrlRefusal {
  readonly code: UrlRefusalCode;
  readonly part: string;
  readonly reason: { readonly en: string; readonly ko: string };
}

/** An address that may be tried: what it names still has to be resolved and every result judged. */
export interface UrlTarget {
  readonly href: string;
  readonly scheme: 'http' | 'https';
  /** Without brackets. */
  readonly host: string;
  readonly port: number;
  readonly isLiteral: boolean;
}

const texts: Readonly<Record<UrlRefusalCode, (part: string) => UrlRefusal['reason']>> = {
  'not-an-address': () => ({ en: 'This is not a web address.', ko: '웹 주소가 아닙니다.' }),
  'odd-characters': () => ({
    en: 'The address holds characters that programs read differently.',
    ko: '프로그램마다 다르게 읽는 문자가 주소에 있습니다.',
  }),
  scheme: (part) => ({
    en: `${part} is refused: only http and https are called.`,
    ko: `${part}은(는) 호출하지 않습니다. http와 https만 가능합니다.`,
  }),
  credentials: () => ({
    en: 'An address with a user or password is refused.',
    ko: '사용자나 비밀번호가 든 주소는 거부합니다.',
  }),
  port: (part) => ({
    en: `Port ${part} is not among those that may be called.`,
    ko: `${part} 포트는 호출할 수 없습니다.`,
  }),
  'inside-name': (part) => ({ en: `${part} names something inside.`, ko: `${part}은(는) 내부를 가리키는 이름입니다.` }),
  'inside-address': (part) => ({ en: `${part} is not a public address.`, ko: `${part}은(는) 공인 주소가 아닙니다.` }),
  'metadata-address': (part) => ({
    en: `${part} is a cloud metadata address.`,
    ko: `${part}은(는) 클라우드 메타데이터 주소입니다.`,
  }),
  'not-resolved': (part) => ({ en: `The name ${part} is not known.`, ko: `${part} 이름을 찾을 수 없습니다.` }),
  'too-many-redirects': (part) => ({ en: `More than ${part} redirects.`, ko: `리디렉션이 ${part}회를 넘습니다.` }),
};

/** A refusal in words. */
export function urlRefusal(code: UrlRefusalCode, part: string): UrlRefusal {
  const shown = part.replace(/\p{C}/gu, ' ').slice(0, 120);
  return { code, part: shown, reason: texts[code](shown) };
}

const openPorts: ReadonlySet<number> = new Set([80, 443, 8080, 8443]);
/** Names that lead inside by agreement, whatever a resolver says. */
const insideNames =
  /(?:^|\.)(?:localhost|localdomain|local|internal|intranet|intra|private|corp|home|lan|home\.arpa|onion|test|invalid|example\.invalid|in-addr\.arpa|ip6\.arpa)$/;
const metadataNames =
  /^(?:metadata|instance-data|metadata\.google\.internal|instance-data\.ec2\.internal|metadata\.azure\.com|metadata\.platformequinix\.com)$/;
const metadataAddresses: ReadonlySet<string> = new Set([
  '169.254.169.254',
  '169.254.170.2',
  '169.254.170.23',
  '169.254.169.253',
  '169.254.169.123',
  '100.100.100.200',
  '168.63.129.16',
  '192.0.0.192',
  'fd00:ec2::254',
  'fd00:ec2::253',
  'fd20:ce::254',
]);

/** Reads a web address and judges what its text alone says; the name behind it has still to be resolved and judged. */
export function readTarget(text: string, ports: ReadonlySet<number> = openPorts): UrlTarget | UrlRefusal {
  if (/[\p{Cc}\p{Cf}\s\\]/u.test(text) || text !== text.trim() || text.length > 2_048 || !text.isWellFormed())
    return urlRefusal('odd-characters', '');
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined) return urlRefusal('not-an-address', text);
  if (scheme !== 'http' && scheme !== 'https') return urlRefusal('scheme', scheme);
  if (!/^https?:\/\/[^/?#]/i.test(text)) return urlRefusal('not-an-address', text);
  const url = URL.parse(text);
  if (url === null) return urlRefusal('not-an-address', text);
  const authority = /^[^:]+:\/\/([^/?#]*)/.exec(text)?.[1] ?? '';
  if (url.username !== '' || url.password !== '' || authority.includes('@')) return urlRefusal('credentials', '');
  const port = url.port === '' ? (scheme === 'https' ? 443 : 80) : Number(url.port);
  const host = url.hostname.replace(/^\[|\]$/g, '').replace(/\.+$/, '');
  if (host === '') return urlRefusal('not-an-address', text);
  const isLiteral = ipaddr.isValid(host);
  const bad = isLiteral ? judgeAddress(host) : judgeName(host);
  if (bad !== null) return bad;
  if (!ports.has(port)) return urlRefusal('port', String(port));
  return { href: url.href, scheme, host, port, isLiteral };
}

/** Whether a name may be asked about at all. */
export function judgeName(host: string): UrlRefusal | null {
  const name = host.toLowerCase().replace(/\.+$/, '');
  if (metadataNames.test(name)) return urlRefusal('metadata-address', host);
  if (!name.includes('.') || insideNames.test(name)) return urlRefusal('inside-name', host);
  // What the resolver of an operating system may read as a number is no name.
  if (/^(?:0x[0-9a-f]*|\d+)$/.test(name.split('.').at(-1) ?? '')) return urlRefusal('inside-address', host);
  return null;
}

/** Whether an address is a public one. Addresses that carry another inside (mapped, translated, tunnelled) are never. */
export function judgeAddress(text: string): UrlRefusal | null {
  if (!ipaddr.isValid(text)) return urlRefusal('inside-address', text);
  if (isMetadataAddress(text)) return urlRefusal('metadata-address', text);
  const address = ipaddr.parse(text);
  const isPublic =
    address.range() === 'unicast' && (address.kind() === 'ipv4' || isGlobal(address.toNormalizedString()));
  return isPublic ? null : urlRefusal('inside-address', text);
}

/** Cloud metadata and link-local addresses: refused even for registered systems, in whatever form they are written. */
export function isMetadataAddress(text: string): boolean {
  if (!ipaddr.isValid(text)) return false;
  const address = ipaddr.process(text);
  const plain = address.toString();
  const embedded = embeddedIpv4(text);
  return (
    metadataAddresses.has(plain) ||
    address.range() === 'linkLocal' ||
    (embedded !== null && (metadataAddresses.has(embedded) || ipaddr.parse(embedded).range() === 'linkLocal'))
  );
}

/** 2000::/3 is all that is given out; 6to4, Teredo and documentation stand within it and are told apart by their range. */
function isGlobal(normalized: string): boolean {
  const first = Number.parseInt(normalized.split(':')[0] ?? '', 16);
  return first >= 0x2000 && first <= 0x3fff && !/^(2002|3ffe|3fff):|^2001:(0|db8|10|20|2|1):/.test(normalized);
}

/** The IPv4 address inside a translated, mapped or compatible IPv6 one. */
function embeddedIpv4(text: string): string | null {
  const address = ipaddr.parse(text);
  if (address.kind() === 'ipv4') return null;
  const bytes = address.toByteArray();
  const tail = bytes.slice(12).join('.');
  const head = bytes.slice(0, 12);
  if (
    head.every(
      (byte, at) =>
        byte === 0 || (at >= 10 && byte === 0xff) || (at === 8 && byte === 0xff) || (at === 9 && byte === 0xff),
    )
  )
    return tail;
  if (bytes[0] === 0 && bytes[1] === 0x64 && bytes[2] === 0xff && bytes[3] === 0x9b) return tail;
  if (bytes[0] === 0x20 && bytes[1] === 0x02) return bytes.slice(2, 6).join('.');
  return null;
}
