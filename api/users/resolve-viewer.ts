import { timingSafeEqual } from 'node:crypto';
import { AppError } from '../../lib/errors.ts';
import type { Core, Person, Viewer } from '../context.ts';
import { type ApiKey, Prisma, type User } from '../db.ts';
import { bearerOf, chatPersonOf, storedKey } from './key-rules.ts';
import { isPermission, permissionsOf, rightsOf } from './roles.ts';

/** The headers that say who asks. */
export interface Credentials {
  readonly authorization: string | null | undefined;
  readonly onBehalfOf: string | null | undefined;
  readonly correlationId: string;
}

const unauthenticated = () => new AppError('UNAUTHENTICATED', 'A valid key is needed.');

/** The key row by its hash, compared once more in constant time; expiry is judged by database time. */
async function findKey(db: Core['db'], secret: string): Promise<ApiKey | null> {
  const { hash } = storedKey(secret);
  const rows = await db.$queryRaw<{ id: string }[]>(Prisma.sql`
    select "id" from "ApiKey" where "hash" = ${hash} and "revokedAt" is null
      and ("expiresAt" is null or "expiresAt" > clock_timestamp())`);
  const id = rows[0]?.id;
  const key = id === undefined ? null : await db.apiKey.findUnique({ where: { id } });
  if (key === null || key.hash.length !== hash.length) return null;
  return timingSafeEqual(Buffer.from(key.hash), Buffer.from(hash)) ? key : null;
}

/** A person of the record as requests carry it. */
function toPerson(user: User): Person {
  const { id, displayName, locale, timeZone, roles, teams } = user;
  return { id, displayName, locale, timeZone, roles, teams };
}

/**
 * Says who asks, afresh for every request: nothing about rights is kept. No, unknown, ended or revoked key: UNAUTHENTICATED.
 * A key that may speak for others names a chat account; an account nobody is tied to has no rights but to link itself.
 */
export async function resolveViewer(core: Pick<Core, 'db' | 'log'>, credentials: Credentials): Promise<Viewer> {
  const secret = bearerOf(credentials.authorization);
  if (secret === null) throw unauthenticated();
  const key = await findKey(core.db, secret);
  if (key === null) throw unauthenticated();
  noteUse(core, key);
  const rights = { permissions: key.permissions.filter(isPermission), roles: key.roles };
  const keyPermissions = rights.permissions.includes('ACT_AS')
    ? new Set(rights.permissions)
    : new Set([...rights.permissions, ...permissionsOf(rights.roles)]);
  const base = { key: { id: key.id, name: key.name }, keyPermissions, correlationId: credentials.correlationId };
  if (!credentials.onBehalfOf)
    return {
      ...base,
      actor: { type: 'api_key', id: key.id, name: key.name },
      person: null,
      permissions: rightsOf(rights, null),
      chat: null,
      via: key.name === 'web' ? 'WEB' : 'API',
      locale: 'EN',
    };
  if (!keyPermissions.has('ACT_AS')) throw new AppError('FORBIDDEN', 'This key may not speak for others.');
  const chat = chatPersonOf(credentials.onBehalfOf);
  if (chat === null) throw new AppError('INVALID_INPUT', 'X-On-Behalf-Of is written slack:<workspace>:<user>.');
  const identity = await core.db.chatIdentity.findUnique({
    where: { workspace_chatUserId: chat },
    include: { user: true },
  });
  const user = identity?.user.active === true ? identity.user : null;
  const name = `slack:${chat.workspace}:${chat.chatUserId}`;
  if (user === null)
    return {
      ...base,
      actor: { type: 'user', id: null, name },
      person: null,
      permissions: new Set(),
      chat,
      via: 'CHAT',
      locale: identity?.user.locale ?? 'EN',
    };
  noteSeen(core, user);
  return {
    ...base,
    actor: { type: 'user', id: user.id, name: user.displayName },
    person: toPerson(user),
    permissions: rightsOf(rights, user),
    chat,
    via: 'CHAT',
    locale: user.locale,
  };
}

/** Last use is a hint for people: at most once a minute, and never in the way of the request. */
function noteUse(core: Pick<Core, 'db' | 'log'>, key: ApiKey): void {
  if (key.lastUsedAt !== null && Date.now() - key.lastUsedAt.getTime() < 60_000) return;
  core.db.$executeRaw`update "ApiKey" set "lastUsedAt" = clock_timestamp() where "id" = ${key.id}::uuid
    and ("lastUsedAt" is null or "lastUsedAt" < clock_timestamp() - interval '1 minute')`.catch((error: unknown) =>
    core.log.warn({ err: error, keyId: key.id }, 'last use of a key not noted'),
  );
}

function noteSeen(core: Pick<Core, 'db' | 'log'>, user: User): void {
  if (user.lastSeenAt !== null && Date.now() - user.lastSeenAt.getTime() < 60_000) return;
  core.db.$executeRaw`update "User" set "lastSeenAt" = clock_timestamp() where "id" = ${user.id}::uuid
    and ("lastSeenAt" is null or "lastSeenAt" < clock_timestamp() - interval '1 minute')`.catch((error: unknown) =>
    core.log.warn({ err: error, userId: user.id }, 'last visit of a person not noted'),
  );
}
