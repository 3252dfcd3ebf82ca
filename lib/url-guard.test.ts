import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isMetadataAddress, judgeAddress, readTarget } from './url-guard.ts';

const judged = (url: string): string => {
  const target = readTarget(url);
  return 'reason' in target ? target.code : judgeLiteral(target);
};
const judgeLiteral = (target: { isLiteral: boolean; host: string }) =>
  target.isLiteral ? (judgeAddress(target.host)?.code ?? 'allow') : 'allow';

test.each([
  'https://example.com/',
  'http://example.com/a?b=c#d',
  'https://example.com:8443/x',
  'https://한글.kr/경로',
  'https://xn--bj0bj06e.kr',
  'https://8.8.8.8/dns-query',
  'https://[2606:4700:4700::1111]/',
  'https://EXAMPLE.com./',
  'https://sub.localhost.example.com/',
  'https://internal.example.com/',
  'https://10.example.com/',
])('%s may be tried', (url) => {
  expect(judged(url)).toBe('allow');
});

test.each([
  ['scheme', 'ftp://example.com/'],
  ['scheme', 'file:///etc/passwd'],
  ['scheme', 'gopher://127.0.0.1:6379/_INFO'],
  ['scheme', 'javascript:alert(1)'],
  ['scheme', 'data:text/html,x'],
  ['not-an-address', '//example.com/'],
  ['not-an-address', 'example.com'],
  ['not-an-address', 'http:example.com'],
  ['not-an-address', 'http:///example.com'],
  ['not-an-address', 'http://'],
  ['not-an-address', ''],
  ['odd-characters', 'http://example.com\t/'],
  ['odd-characters', ' http://example.com/'],
  ['odd-characters', 'http://example.com\\@127.0.0.1/'],
  ['odd-characters', 'http://exa\u200bmple.com/'],
  ['odd-characters', 'http://example.com/\r\nHost: x'],
  ['credentials', 'http://user@example.com/'],
  ['credentials', 'http://example.com:80@127.0.0.1/'],
  ['credentials', 'http://@example.com/'],
  ['port', 'http://example.com:22/'],
  ['port', 'http://example.com:6379/'],
  ['port', 'https://example.com:0/'],
  ['inside-name', 'http://localhost/'],
  ['inside-name', 'http://LOCALHOST./'],
  ['inside-name', 'http://foo.localhost/'],
  ['inside-name', 'http://ｌocalhost/'],
  ['inside-name', 'http://db/'],
  ['inside-name', 'http://api.internal/'],
  ['inside-name', 'http://kubernetes.default.svc.cluster.local/'],
  ['metadata-address', 'http://metadata.google.internal/computeMetadata/v1/'],
  ['metadata-address', 'http://169.254.169.254/latest/meta-data/'],
  ['metadata-address', 'http://0xa9fea9fe/'],
  ['metadata-address', 'http://2852039166/'],
  ['metadata-address', 'http://0251.0376.0251.0376/'],
  ['metadata-address', 'http://[::ffff:169.254.169.254]/'],
  ['metadata-address', 'http://[::ffff:a9fe:a9fe]/'],
  ['metadata-address', 'http://[64:ff9b::a9fe:a9fe]/'],
  ['metadata-address', 'http://[fd00:ec2::254]/'],
  ['metadata-address', 'http://100.100.100.200/'],
  ['metadata-address', 'http://168.63.129.16/'],
  ['inside-address', 'http://127.0.0.1/'],
  ['inside-address', 'http://127.1/'],
  ['inside-address', 'http://0/'],
  ['inside-address', 'http://0.0.0.0/'],
  ['inside-address', 'http://2130706433/'],
  ['inside-address', 'http://0x7f000001/'],
  ['inside-address', 'http://0177.0.0.1/'],
  ['inside-address', 'http://①②⑦.⓪.⓪.①/'],
  ['inside-address', 'http://127.0.0.1./'],
  ['inside-address', 'http://10.0.0.1/'],
  ['inside-address', 'http://172.16.5.4/'],
  ['inside-address', 'http://192.168.1.1/'],
  ['inside-address', 'http://100.64.0.1/'],
  ['inside-address', 'http://198.18.0.1/'],
  ['inside-address', 'http://192.0.2.1/'],
  ['inside-address', 'http://224.0.0.1/'],
  ['inside-address', 'http://255.255.255.255/'],
  ['inside-address', 'http://[::1]/'],
  ['inside-address', 'http://[::]/'],
  ['inside-address', 'http://[::127.0.0.1]/'],
  ['inside-address', 'http://[::ffff:127.0.0.1]/'],
  ['inside-address', 'http://[::ffff:0:127.0.0.1]/'],
  ['inside-address', 'http://[64:ff9b::7f00:1]/'],
  ['inside-address', 'http://[64:ff9b:1::a00:1]/'],
  ['inside-address', 'http://[2002:7f00:1::]/'],
  ['inside-address', 'http://[2001:0:0:0:0:0:80ff:fffe]/'],
  ['inside-address', 'http://[fc00::1]/'],
  ['inside-address', 'http://[fec0::1]/'],
  ['inside-address', 'http://[ff02::1]/'],
  ['inside-address', 'http://[2001:db8::1]/'],
] as const)('%s: %s', (code, url) => {
  expect(judged(url)).toBe(code);
});

/** The same IPv4 address as people hide it. */
const notations = (parts: readonly number[]): readonly string[] => {
  const [a = 0, b = 0, c = 0, d = 0] = parts;
  const number = ((a * 256 + b) * 256 + c) * 256 + d;
  const hex = parts.map((one) => one.toString(16).padStart(2, '0'));
  return [
    parts.join('.'),
    String(number),
    `0x${number.toString(16)}`,
    parts.map((one) => `0x${one.toString(16)}`).join('.'),
    parts.map((one) => `0${one.toString(8)}`).join('.'),
    `${a}.${b * 65_536 + c * 256 + d}`,
    `${a}.${b}.${c * 256 + d}`,
    `0x${a.toString(16)}.${b}.0${c.toString(8)}.${d}`,
    `[::ffff:${parts.join('.')}]`,
    `[::ffff:${hex[0]}${hex[1]}:${hex[2]}${hex[3]}]`,
    `[64:ff9b::${hex[0]}${hex[1]}:${hex[2]}${hex[3]}]`,
    `[2002:${hex[0]}${hex[1]}:${hex[2]}${hex[3]}::1]`,
    `[::${parts.join('.')}]`,
    `${parts.join('.')}.`,
  ];
};

test('an inside address stays refused in every notation', () => {
  const octet = fc.integer({ min: 0, max: 255 });
  const inside = fc.oneof(
    fc.tuple(fc.constant(127), octet, octet, octet),
    fc.tuple(fc.constant(10), octet, octet, octet),
    fc.tuple(fc.constant(192), fc.constant(168), octet, octet),
    fc.tuple(fc.constant(172), fc.integer({ min: 16, max: 31 }), octet, octet),
    fc.tuple(fc.constant(169), fc.constant(254), octet, octet),
    fc.tuple(fc.integer({ min: 224, max: 255 }), octet, octet, octet),
    fc.tuple(fc.constant(0), octet, octet, octet),
    fc.tuple(fc.constant(100), fc.integer({ min: 64, max: 127 }), octet, octet),
  );
  fc.assert(
    fc.property(inside, fc.constantFrom('http', 'https', 'HTTP'), (parts, scheme) => {
      for (const host of notations(parts)) expect([host, judged(`${scheme}://${host}/x`)]).not.toEqual([host, 'allow']);
    }),
    { numRuns: 1_000 },
  );
});

test('a public address stays allowed as it is usually written', () => {
  const octet = fc.integer({ min: 1, max: 254 });
  fc.assert(
    fc.property(fc.constantFrom(1, 8, 20, 52, 104, 142, 211), octet, octet, octet, (a, b, c, d) => {
      expect(judged(`https://${a}.${b}.${c}.${d}/`)).toBe('allow');
    }),
  );
});

test('no text makes the guard throw', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.webUrl(),
        fc.string().map((text) => `http://${text}`),
      ),
      (text) => void judged(text),
    ),
    { numRuns: 3_000 },
  );
});

test('metadata addresses are known in whatever form they come', () => {
  for (const host of notations([169, 254, 169, 254])) {
    const name =
      URL.parse(`http://${host}/`)
        ?.hostname.replace(/^\[|\]$/g, '')
        .replace(/\.$/, '') ?? '';
    expect([host, isMetadataAddress(name)]).toEqual([host, true]);
  }
  expect(isMetadataAddress('10.0.0.1')).toBe(false);
});
