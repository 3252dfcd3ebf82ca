import { AppError } from '../../lib/errors.ts';
import { newId } from '../../lib/ids.ts';
import type { Secret } from '../../lib/secret.ts';
import type { Core, Permission, RoleName } from '../context.ts';
import { type Db, inTransaction, type Tx } from '../db.ts';
import { shortestKeyChars, storedKey } from './key-rules.ts';

/** Keys the environment gives to the product's own parts; an absent one is left as it is. */
export interface SeedKeys {
  readonly bot?: Secret | null | undefined;
  readonly web?: Secret | null | undefined;
  readonly admin?: Secret | null | undefined;
}

interface KeyKind {
  readonly name: string;
  readonly permissions: readonly Permission[];
  readonly roles: readonly RoleName[];
}

const kinds: Readonly<Record<keyof SeedKeys, KeyKind>> = {
  // By itself the bot may only do its own operations; for a person it may pass on whatever that person's roles give.
  bot: {
    name: 'bot',
    permissions: ['INBOX_WRITE', 'ALERT_INGEST', 'NOTIFICATION_DELIVER', 'ACT_AS'],
    roles: ['ADMIN'],
  },
  web: { name: 'web', permissions: [], roles: ['VIEWER'] },
  admin: { name: 'admin', permissions: [], roles: ['ADMIN'] },
};

/** Puts the given keys into the record at start: only their hashes, one row a name, so that a new value replaces the old one. */
export async function seedKeys(core: Pick<Core, 'db' | 'audit'>, keys: SeedKeys): Promise<void> {
  for (const name of ['bot', 'web', 'admin'] as const) {
    const secret = keys[name]?.reveal();
    if (secret === undefined) continue;
    if (secret.length < shortestKeyChars)
      throw new AppError('INVALID_INPUT', `The ${name} key is too short (at least ${shortestKeyChars} characters).`);
    await inTransaction(core.db, (tx) => seedKey(core, tx, kinds[name], storedKey(secret)));
  }
}

async function seedKey(
  core: Pick<Core, 'audit'>,
  tx: Tx,
  kind: KeyKind,
  stored: { readonly prefix: string; readonly hash: string },
): Promise<void> {
  await tx.$queryRaw`select pg_advisory_xact_lock(hashtext(${`seed-key:${kind.name}`}))::text`;
  const known = await tx.apiKey.findUnique({ where: { name: kind.name } });
  const rights = { permissions: [...kind.permissions], roles: [...kind.roles] };
  const same =
    known !== null &&
    known.hash === stored.hash &&
    known.revokedAt === null &&
    sameList(known.permissions, rights.permissions) &&
    sameList(known.roles, rights.roles);
  if (same) return;
  await tx.apiKey.upsert({
    where: { name: kind.name },
    create: { id: newId(), name: kind.name, ...stored, ...rights },
    update: { ...stored, ...rights, revokedAt: null, expiresAt: null },
  });
  await core.audit(tx, {
    actor: { type: 'automation', id: null, name: 'start' },
    operation: 'apiKeySeed',
    subject: { type: 'ApiKey', id: kind.name },
    input: { name: kind.name, prefix: stored.prefix, ...rights },
    outcome: known === null ? 'created' : 'replaced',
    correlationId: 'start',
  });
}

const sameList = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((item) => other.includes(item));

/** A person who exists from the start. */
export interface SeedPerson {
  readonly workspace: string;
  readonly chatUserId: string;
  readonly displayName: string;
  readonly roles: readonly RoleName[];
  readonly locale?: 'KO' | 'EN';
}

/** The people of the local workspace: one who asks, one who approves, one who only looks. */
export const localPeople: readonly SeedPerson[] = [
  { workspace: 'T0LOCAL', chatUserId: 'U0REQUESTER', displayName: 'Jin', roles: ['OPERATOR'], locale: 'EN' },
  { workspace: 'T0LOCAL', chatUserId: 'U0APPROVER', displayName: 'Mina', roles: ['APPROVER'], locale: 'EN' },
  { workspace: 'T0LOCAL', chatUserId: 'U0VIEWER', displayName: 'Alex', roles: ['VIEWER'], locale: 'EN' },
];

/** The people named in ADMIN_SLACK_USERS (`T0123:U0456`, or `U0456` in the configured workspace). */
export function adminPeople(names: readonly string[], workspace: string | null): readonly SeedPerson[] {
  return names.map((name) => {
    const [first = '', second] = name.trim().split(':');
    const team = second === undefined ? workspace : first;
    const chatUserId = second ?? first;
    if (!team || !/^[A-Za-z0-9_-]{1,40}$/.test(chatUserId))
      throw new AppError('INVALID_INPUT', 'ADMIN_SLACK_USERS names people as <workspace>:<user>, separated by commas.');
    return { workspace: team, chatUserId, displayName: chatUserId, roles: ['ADMIN'] };
  });
}

/** Makes the people who are missing. Whoever exists keeps the roles an admin gave them since. */
export async function seedPeople(core: Pick<Core, 'db' | 'audit'>, people: readonly SeedPerson[]): Promise<void> {
  for (const person of people) {
    if ((await findIdentity(core.db, person)) !== null) continue;
    await inTransaction(core.db, async (tx) => {
      await tx.$queryRaw`select pg_advisory_xact_lock(hashtext(${`chat:${person.workspace}:${person.chatUserId}`}))::text`;
      if ((await findIdentity(tx, person)) !== null) return;
      const id = newId();
      const { workspace, chatUserId, displayName, roles } = person;
      await tx.user.create({
        data: {
          id,
          displayName,
          roles: [...roles],
          locale: person.locale ?? 'KO',
          chatIdentities: { create: { workspace, chatUserId } },
        },
      });
      await core.audit(tx, {
        actor: { type: 'automation', id: null, name: 'start' },
        operation: 'userSeed',
        subject: { type: 'User', id },
        input: { workspace, chatUserId, displayName, roles },
        outcome: 'created',
        correlationId: 'start',
      });
    });
  }
}

const findIdentity = (tx: Tx | Db, { workspace, chatUserId }: SeedPerson) =>
  tx.chatIdentity.findUnique({ where: { workspace_chatUserId: { workspace, chatUserId } } });
