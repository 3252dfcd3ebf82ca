import { expect, test } from 'vitest';
import { redactSecrets, redactText } from './redact.ts';
import { seededRandom } from './seeded-random.ts';

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Every kind of secret, around a given secret part. */
const kinds: Readonly<Record<string, (secret: string) => string>> = {
  'bearer token': (secret) => `Authorization: Bearer ${secret}`,
  'basic credentials': (secret) => `authorization: Basic ${secret}=`,
  'other authorization': (secret) => `Authorization: ApiKey ${secret}`,
  'Slack bot token': (secret) => `xoxb-123-${secret}`,
  'Slack app token': (secret) => `xapp-1-A1-${secret}`,
  'Slack webhook': (secret) => `https://hooks.slack.com/services/T0/B0/${secret}`,
  'our own key': (secret) => `aak_abc_${secret}`,
  'OpenAI key': (secret) => `sk-proj-${secret}`,
  'GitHub token': (secret) => `ghp_${secret}`,
  'AWS secret': (secret) => `AWS_SECRET_ACCESS_KEY=${secret}`,
  JWT: (secret) => `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIx.${secret}`,
  'private key': (secret) => `-----BEGIN RSA PRIVATE KEY-----\n${secret}\n-----END RSA PRIVATE KEY-----`,
  'cut private key': (secret) => `-----BEGIN PRIVATE KEY-----\n${secret}`,
  'password in a URL': (secret) => `https://user:${secret}@host/path`,
  'password with an at sign in a URL': (secret) => `postgresql://user:a@${secret}@host:5432/db?sslmode=require`,
  'password with a slash in a URL': (secret) => `postgres://user:a/${secret}@host/db`,
  'password without a user': (secret) => `redis://:${secret}@host:6379/0`,
  'connection string': (secret) => `Server=db;User Id=sa;Password=a b ${secret};Encrypt=true`,
  'storage connection string': (secret) => `AccountName=a;AccountKey=${secret}==;EndpointSuffix=x`,
  'quoted password': (secret) => `password: "a ${secret} b"`,
  'password in JSON': (secret) => `{"db_password":"a\\"${secret}"}`,
  'password in JSON inside JSON': (secret) => `{"body":"{\\"password\\":\\"${secret} x\\"}"}`,
  'environment variable': (secret) => `SLACK_BOT_TOKEN=${secret}`,
  'API key': (secret) => `x-api-key: ${secret}`,
  cookie: (secret) => `Set-Cookie: session=${secret}; HttpOnly`,
};

test.each(Object.entries(kinds))('a %s is cut wherever it stands, and a second run changes nothing', (_, make) => {
  const random = seededRandom(1);
  for (let i = 0; i < 200; i++) {
    const secret = random.text(letters, 24 + random.below(20));
    const before = random.pick(['', 'pod payments-api-7d9f8b6c5-x2x1z said ', '결제 서비스: ', 'a\n', '(', '"']);
    const after = random.pick(['', ' then it ended', '\nnext line', ' 그리고']);

    const once = redactText(`${before}${make(secret)}${after}`);

    expect(once).not.toContain(secret);
    expect(once).toContain('[redacted]');
    expect(redactText(once)).toBe(once);
  }
});

test('any mixture of secrets is cut, and a second run changes nothing', () => {
  const random = seededRandom(2);
  const makers = Object.values(kinds);
  for (let i = 0; i < 500; i++) {
    const secrets = Array.from({ length: 1 + random.below(5) }, () => random.text(letters, 30));
    const text = secrets.map((secret) => random.pick(makers)(secret)).join(random.pick([' ', '\n', ' and ', '\n\n']));

    const once = redactText(text);

    for (const secret of secrets) expect(once).not.toContain(secret);
    expect(redactText(once)).toBe(once);
  }
});

test.each([
  'deployment/payments-api-7d9f8b6c5-x2x1z in namespace shop',
  '0199a0b1-2c3d-7e4f-8a9b-0c1d2e3f4a5b',
  'sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  'http://prometheus:9090/graph?g0.expr=up{job="a@b"}',
  'https://host:8443/path?email=jin@example.com',
  'mail jin@example.com about the token bucket; tokens: 128, max_tokens=4096',
  'idempotencyKey: alert-1, author: Jin, monkey: 7',
  'the password is wrong (SQLSTATE 28P01)',
  'Basic auth is off. The bearer of news.',
  '비밀번호가 틀렸습니다',
  'task-12345 sk-8 eyJ',
])('ordinary text stays readable: %s', (text) => {
  expect(redactText(text)).toBe(text);
});

test('values under the name of a secret are cut in any spelling, names and references stay', () => {
  expect(
    redactSecrets({
      botToken: 'abc',
      slack: { signingSecret: 'abc', channel: 'C0OPS' },
      'x-api-key': 'abc',
      DB_PASSWORD: 1234,
      token: ['abc', 'def'],
      volume: { secret: { secretName: 'tls' } },
      idempotencyKey: 'k',
      leaseToken: 4,
      pageToken: 'p2',
      maxTokens: 5,
      password: null,
      at: new Date(0),
    }),
  ).toEqual({
    botToken: '[redacted]',
    slack: { signingSecret: '[redacted]', channel: 'C0OPS' },
    'x-api-key': '[redacted]',
    DB_PASSWORD: '[redacted]',
    token: ['[redacted]', '[redacted]'],
    volume: { secret: { secretName: 'tls' } },
    idempotencyKey: 'k',
    leaseToken: 4,
    pageToken: 'p2',
    maxTokens: 5,
    password: null,
    at: new Date(0),
  });
});

test('variables and headers given as name and value are cut by their name', () => {
  expect(
    redactSecrets([
      { name: 'DB_PASSWORD', value: 'abc' },
      { key: 'Authorization', value: 'abc' },
      { name: 'DB_HOST', value: 'db-1' },
    ]),
  ).toEqual([
    { name: 'DB_PASSWORD', value: '[redacted]' },
    { key: 'Authorization', value: '[redacted]' },
    { name: 'DB_HOST', value: 'db-1' },
  ]);
});

test('of a Kubernetes Secret only the names of its values remain', () => {
  expect(redactSecrets({ kind: 'Secret', metadata: { name: 'tls' }, data: { 'tls.crt': 'YWJj' } })).toEqual({
    kind: 'Secret',
    metadata: { name: 'tls' },
    data: { 'tls.crt': '[redacted]' },
  });
});

test.each(['a.', 'a:', 'eyJ-', 'redis://x:', 'password="', 'token:', 'Bearer ', '-----BEGIN A', 'x://y:', '\\'])(
  'no text takes long: %s repeated',
  (part) => {
    const text = part.repeat(Math.ceil(64_000 / part.length));
    const begun = performance.now();

    redactText(text);

    expect(performance.now() - begun).toBeLessThan(3_000);
  },
);
