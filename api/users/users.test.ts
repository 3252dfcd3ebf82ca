import { afterEach, beforeEach, expect, test } from 'vitest';
import { Secret } from '../../lib/secret.ts';
import { type RecordCore, recordCore, viewerOf } from '../../test/support/record-core.ts';
import { until } from '../../test/support/until.ts';
import { verifyChain } from '../audit/verify.ts';
import type { User } from '../db.ts';
import { bearerOf, chatPersonOf, storedKey } from './key-rules.ts';
import { createApiKey, revokeApiKey } from './manage-keys.ts';
import { createUser, linkChat, updateUser, updateViewer } from './manage-users.ts';
import { resolveViewer } from './resolve-viewer.ts';
import { keyOnlyPermissions, permissionsOf, rightsOf, rolePermissions } from './roles.ts';
import { adminPeople, localPeople, seedKeys, seedPeople } from './seed.ts';
import { userTexts } from './texts.ts';

let core: RecordCore;
let admin: User;
const keys = {
  bot: 'aak_bot_0123456789abcdef0123',
  web: 'aak_web_0123456789abcdef0123',
  admin: 'an arbitrary key of any form'.replaceAll(' ', '-'),
};

beforeEach(async () => {
  core = await recordCore();
  admin = await core.person('Ada', 'ADMIN');
  await seedKeys(core, { bot: new Secret(keys.bot), web: new Secret(keys.web), admin: new Secret(keys.admin) });
});
afterEach(() => core.close());

const resolve = (key: string | null, onBehalfOf: string | null = null) =>
  resolveViewer(core, { authorization: key === null ? null : `Bearer ${key}`, onBehalfOf, correlationId: 'c' });
const codes = (result: { readonly userErrors: readonly { readonly code: string }[] }) =>
  result.userErrors.map((one) => one.code);

test('no key, an unknown key, a short one and another scheme are not let in', async () => {
  for (const authorization of [
    null,
    '',
    'Bearer',
    'Bearer short',
    `Bearer ${keys.bot}x`,
    `Basic ${keys.bot}`,
    `Bearer ${keys.bot} x`,
    `Bearer ${'x'.repeat(600)}`,
  ])
    await expect(resolveViewer(core, { authorization, onBehalfOf: null, correlationId: 'c' })).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
    });
});

test('an ended or revoked key is not let in, from the very next request', async () => {
  expect((await resolve(keys.admin)).permissions.has('USER_ADMIN')).toBe(true);
  await core.database.pool.query(`update "ApiKey" set "expiresAt" = clock_timestamp() where name = 'admin'`);
  await expect(resolve(keys.admin)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  await core.database.pool.query(
    `update "ApiKey" set "expiresAt" = null, "revokedAt" = clock_timestamp() where name = 'admin'`,
  );
  await expect(resolve(keys.admin)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
});

test('a database without an answer is never a yes', async () => {
  await core.database.pool.query('alter table "ApiKey" rename to "Gone"');
  await expect(resolve(keys.bot)).rejects.toThrow();
});

test('the bot by itself may only do its own operations, and keeps those for whomever it speaks', async () => {
  await seedPeople(core, localPeople);
  const own = ['ACT_AS', 'ALERT_INGEST', 'INBOX_WRITE', 'NOTIFICATION_DELIVER'];

  const bot = await resolve(keys.bot);
  const mina = await resolve(keys.bot, 'slack:T0LOCAL:U0APPROVER');

  expect([...bot.permissions].sort()).toEqual(own);
  expect([...mina.permissions].sort()).toEqual([...permissionsOf(['APPROVER'])].sort());
  expect([...mina.keyPermissions].sort()).toEqual(own);
  expect(mina).toMatchObject({
    person: { displayName: 'Mina' },
    via: 'CHAT',
    actor: { type: 'user', name: 'Mina' },
    key: { name: 'bot' },
  });
});

test('an unknown or deactivated chat person has no rights; roles count from the next request', async () => {
  await seedPeople(core, localPeople);
  expect(await resolve(keys.bot, 'slack:T0LOCAL:U9STRANGER')).toMatchObject({
    person: null,
    permissions: new Set(),
    chat: { workspace: 'T0LOCAL', chatUserId: 'U9STRANGER' },
  });
  expect((await resolve(keys.bot, 'slack:T0OTHER:U0APPROVER')).person).toBeNull();
  const mina = await core.db.user.findFirstOrThrow({ where: { displayName: 'Mina' } });
  await core.db.user.update({ where: { id: mina.id }, data: { roles: ['VIEWER'] } });
  expect((await resolve(keys.bot, 'slack:T0LOCAL:U0APPROVER')).permissions.has('APPROVAL_DECIDE')).toBe(false);
  await core.db.user.update({ where: { id: mina.id }, data: { active: false } });
  expect(await resolve(keys.bot, 'slack:T0LOCAL:U0APPROVER')).toMatchObject({ person: null, permissions: new Set() });
});

test('only a key that may speak for others is heard when it does, and only about a chat person', async () => {
  await seedPeople(core, localPeople);
  await expect(resolve(keys.web, 'slack:T0LOCAL:U0APPROVER')).rejects.toMatchObject({ code: 'FORBIDDEN' });
  await expect(resolve(keys.admin, 'slack:T0LOCAL:U0APPROVER')).rejects.toMatchObject({ code: 'FORBIDDEN' });
  for (const name of ['U0APPROVER', 'slack:T0LOCAL', 'slack:T0LOCAL:U0:x', 'slack:T 0:U0', 'mail:a:b'])
    await expect(resolve(keys.bot, name)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
});

test('keys from the environment are stored as hashes, once, and replaced when they change', async () => {
  await Promise.all([1, 2, 3].map(() => seedKeys(core, { bot: new Secret(keys.bot) })));
  expect(await core.db.apiKey.count()).toBe(3);
  expect(await core.db.auditEntry.count()).toBe(3);
  const stored = JSON.stringify([await core.db.apiKey.findMany(), await core.db.auditEntry.findMany()]);
  for (const key of Object.values(keys)) expect(stored).not.toContain(key.slice(8));

  await seedKeys(core, { bot: new Secret('another-bot-key-0123456789') });

  await expect(resolve(keys.bot)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  expect((await resolve('another-bot-key-0123456789')).key?.name).toBe('bot');
  await expect(seedKeys(core, { web: new Secret('short') })).rejects.toThrow(/too short/);
});

test('people are seeded once, and keep the roles an admin gave them', async () => {
  const people = [...localPeople, ...adminPeople(['T1:U7', 'U8'], 'T0LOCAL')];
  await Promise.all([seedPeople(core, people), seedPeople(core, people)]);
  await core.db.user.updateMany({ where: { displayName: 'Jin' }, data: { roles: ['VIEWER'] } });
  await seedPeople(core, people);

  expect(await core.db.user.count()).toBe(6);
  expect(await core.db.user.findFirst({ where: { displayName: 'Jin' } })).toMatchObject({ roles: ['VIEWER'] });
  expect((await resolve(keys.bot, 'slack:T1:U7')).person?.roles).toEqual(['ADMIN']);
  expect(() => adminPeople(['U8'], null)).toThrow(/ADMIN_SLACK_USERS/);
});

test('an admin makes a key with rights of their own; it works until it is revoked, and its secret is kept nowhere', async () => {
  const viewer = viewerOf(admin);
  const made = await createApiKey(core, viewer, { name: 'ci', permissions: ['TASK_WRITE', 'TASK_READ'] });
  const secret = made.secret ?? '';
  expect(secret).toMatch(/^aak_[0-9a-f]{8}_[\w-]{43}$/);
  expect([...(await resolve(secret)).permissions].sort()).toEqual(['TASK_READ', 'TASK_WRITE']);
  expect(JSON.stringify([await core.db.apiKey.findMany(), await core.db.auditEntry.findMany()])).not.toContain(
    secret.slice(13),
  );
  await until(async () => (await core.db.apiKey.findUnique({ where: { name: 'ci' } }))?.lastUsedAt, {
    what: 'last use',
  });

  expect(codes(await createApiKey(core, viewer, { name: 'ci', permissions: [] }))).toEqual(['INVALID_INPUT']);
  expect(codes(await createApiKey(core, viewer, { name: 'Bot', permissions: [] }))).toEqual(['INVALID_INPUT']);
  expect(codes(await createApiKey(core, viewer, { name: 'x', permissions: ['ACT_AS'] }))).toEqual(['FORBIDDEN']);
  expect(codes(await createApiKey(core, viewer, { name: 'x', permissions: [], expiresAt: new Date(0) }))).toEqual([
    'INVALID_INPUT',
  ]);
  expect(
    codes(await createApiKey(core, viewerOf(await core.person('Jin', 'OPERATOR')), { name: 'x', permissions: [] })),
  ).toEqual(['FORBIDDEN']);
  expect(codes(await revokeApiKey(core, viewer, { id: made.apiKey?.id ?? '' }))).toEqual([]);
  await expect(resolve(secret)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  expect(codes(await revokeApiKey(core, viewer, { id: admin.id }))).toEqual(['NOT_FOUND']);
  expect(await verifyChain(core.db, core.key)).toMatchObject({ ok: true });
});

test('people are made and changed by admins alone, with checked fields and versions', async () => {
  const viewer = viewerOf(admin);
  const jin = {
    displayName: ' Jin\u202e ',
    roles: ['OPERATOR' as const],
    email: 'jin@example.com',
    chatWorkspace: 'T1',
    chatUserId: 'U1',
  };
  const { user } = await createUser(core, viewer, jin);
  expect(user).toMatchObject({ displayName: 'Jin', version: 1 });
  expect((await resolve(keys.bot, 'slack:T1:U1')).person?.id).toBe(user?.id);

  expect(codes(await createUser(core, viewerOf(user ?? admin), jin))).toEqual(['FORBIDDEN']);
  expect(codes(await createUser(core, viewer, { ...jin, chatUserId: 'U2' }))).toEqual(['INVALID_INPUT']);
  expect(codes(await createUser(core, viewer, { ...jin, email: null }))).toEqual(['CONFLICT']);
  expect(codes(await createUser(core, viewer, { displayName: '\u200b', roles: [] }))).toEqual(['INVALID_INPUT']);
  expect(codes(await createUser(core, viewer, { displayName: 'x', roles: [], timeZone: 'Mars/Base' }))).toEqual([
    'INVALID_INPUT',
  ]);
  const id = user?.id ?? '';
  expect(codes(await updateUser(core, viewer, { id, expectedVersion: 9, roles: [] }))).toEqual(['CONFLICT']);
  expect(await updateUser(core, viewer, { id, expectedVersion: 1, roles: ['VIEWER'] })).toMatchObject({
    user: { version: 2, roles: ['VIEWER'] },
  });
  expect(codes(await updateUser(core, viewer, { id: admin.id, expectedVersion: 1, active: false }))).toEqual([
    'INVALID_STATE',
  ]);
});

test('of two admins who remove each other at once one stays', async () => {
  const other = await core.person('Bob', 'ADMIN');

  await Promise.all([
    updateUser(core, viewerOf(admin), { id: other.id, expectedVersion: 1, roles: [] }),
    updateUser(core, viewerOf(other), { id: admin.id, expectedVersion: 1, roles: [] }),
  ]);

  expect(await core.db.user.count({ where: { roles: { has: 'ADMIN' }, active: true } })).toBe(1);
});

test('whoever writes may link their own account and gains no right by it; the rest is for admins', async () => {
  const stranger = await resolve(keys.bot, 'slack:T1:U5');
  const own = { workspace: 'T1', chatUserId: 'U5' };

  expect(codes(await linkChat(core, stranger, { ...own, chatUserId: 'U6' }))).toEqual(['FORBIDDEN']);
  expect(codes(await linkChat(core, stranger, { ...own, userId: admin.id }))).toEqual(['FORBIDDEN']);
  const made = await Promise.all([linkChat(core, stranger, own), linkChat(core, stranger, own)]);
  expect(new Set(made.map((one) => one.user?.id)).size).toBe(1);
  expect((await resolve(keys.bot, 'slack:T1:U5')).permissions.size).toBe(0);
  expect(codes(await linkChat(core, viewerOf(admin), { ...own, userId: admin.id }))).toEqual(['CONFLICT']);
  expect(await linkChat(core, viewerOf(admin), { workspace: 'T1', chatUserId: 'U7', userId: admin.id })).toMatchObject({
    user: { id: admin.id },
    userErrors: [],
  });
});

test('a person sets their own language and zone, a key alone cannot', async () => {
  expect(await updateViewer(core, viewerOf(admin), { locale: 'KO', timeZone: 'Europe/Berlin' })).toMatchObject({
    user: { locale: 'KO', timeZone: 'Europe/Berlin' },
  });
  expect(codes(await updateViewer(core, viewerOf(admin), { timeZone: 'x' }))).toEqual(['INVALID_INPUT']);
  expect(codes(await updateViewer(core, await resolve(keys.admin), { locale: 'KO' }))).toEqual(['FORBIDDEN']);
});

test('no role gives what only programs hold, and a person never has more than the key could give', () => {
  for (const rights of Object.values(rolePermissions))
    for (const only of keyOnlyPermissions) expect(rights).not.toContain(only);
  expect(permissionsOf(['VIEWER', 'REQUESTER', 'OPERATOR', 'AUDITOR']).has('APPROVAL_DECIDE')).toBe(false);
  const key = { permissions: ['ACT_AS', 'TASK_READ'] as const, roles: [] };
  expect(rightsOf(key, { roles: ['ADMIN'] })).toEqual(new Set(['TASK_READ']));
  expect(rightsOf(key, { roles: [] })).toEqual(new Set());
});

test('headers are read exactly', () => {
  expect(bearerOf(`bearer   ${keys.bot}`)).toBe(keys.bot);
  expect(bearerOf(`Bearer ${keys.bot}\n`)).toBeNull();
  expect(chatPersonOf('slack:T1:U1')).toEqual({ workspace: 'T1', chatUserId: 'U1' });
  expect(chatPersonOf('slack:T1:U1\n')).toBeNull();
  expect(storedKey(keys.bot).prefix).toBe('aak_bot');
  expect(storedKey(keys.admin).prefix).toMatch(/^sha256:[0-9a-f]{8}$/);
});

test('every text exists in both languages', () => {
  for (const { en, ko } of Object.values(userTexts)) {
    expect(ko()).toMatch(/[가-힣]/);
    expect(en()).not.toMatch(/[가-힣]/);
  }
});
