import { randomBytes } from 'node:crypto';
import { newId } from '../../lib/ids.ts';
import { inert } from '../../lib/text.ts';
import type { Core, Permission, Viewer } from '../context.ts';
import { type ApiKey, databaseFault, databaseNow, inTransaction, type Tx } from '../db.ts';
import { storedKey } from './key-rules.ts';
import { type UserRefusal, type UserTextKey, userRefusal } from './texts.ts';

/** The key's row; its secret only in the answer that made it. */
export interface ApiKeyResult {
  readonly apiKey: ApiKey | null;
  readonly secret: string | null;
  readonly userErrors: readonly UserRefusal[];
}

/** Names of the product's own keys, given by the environment. */
const reservedNames = ['bot', 'web', 'admin'];

async function finish(
  core: Core,
  tx: Tx,
  viewer: Viewer,
  done: {
    readonly operation: string;
    readonly input: unknown;
    readonly apiKey: ApiKey | null;
    readonly secret?: string;
    readonly problem?: readonly [UserRefusal['code'], UserTextKey, string?];
  },
): Promise<ApiKeyResult> {
  const errors = done.problem === undefined ? [] : [userRefusal(viewer.locale, ...done.problem)];
  await core.audit(tx, {
    actor: viewer.actor,
    onBehalfOf: viewer.key === null ? null : `key:${viewer.key.name}`,
    operation: done.operation,
    subject: done.apiKey === null ? null : { type: 'ApiKey', id: done.apiKey.id },
    input: done.input,
    outcome: done.problem === undefined ? 'done' : 'refused',
    reason: errors[0] === undefined ? null : `${errors[0].code}: ${errors[0].message}`,
    correlationId: viewer.correlationId,
  });
  return { apiKey: done.apiKey, secret: done.secret ?? null, userErrors: errors };
}

/** Makes a key with some of its maker's rights; the secret is in this answer and nowhere else. */
export async function createApiKey(
  core: Core,
  viewer: Viewer,
  input: { readonly name: string; readonly permissions: readonly Permission[]; readonly expiresAt?: Date | null },
): Promise<ApiKeyResult> {
  const operation = 'apiKeyCreate';
  const name = inert(input.name).trim();
  try {
    return await inTransaction(core.db, async (tx) => {
      const refuse = (...problem: [UserRefusal['code'], UserTextKey, string?]) =>
        finish(core, tx, viewer, { operation, input, apiKey: null, problem });
      if (!viewer.permissions.has('USER_ADMIN')) return refuse('FORBIDDEN', 'needsUserAdmin');
      if (name.length < 1 || name.length > 80) return refuse('INVALID_INPUT', 'nameMissing', 'name');
      if (reservedNames.includes(name.toLowerCase())) return refuse('INVALID_INPUT', 'keyNameTaken', 'name');
      if (input.permissions.some((permission) => !viewer.permissions.has(permission) && !isForPrograms(permission)))
        return refuse('FORBIDDEN', 'keyTooStrong', 'permissions');
      if (input.expiresAt && input.expiresAt <= (await databaseNow(tx)))
        return refuse('INVALID_INPUT', 'keyEndsInPast', 'expiresAt');
      if ((await tx.apiKey.findUnique({ where: { name } })) !== null)
        return refuse('INVALID_INPUT', 'keyNameTaken', 'name');
      const secret = `aak_${randomBytes(4).toString('hex')}_${randomBytes(32).toString('base64url')}`;
      const apiKey = await tx.apiKey.create({
        data: {
          id: newId(),
          name,
          ...storedKey(secret),
          permissions: [...new Set(input.permissions)],
          roles: [],
          createdById: viewer.person?.id ?? null,
          expiresAt: input.expiresAt ?? null,
        },
      });
      return finish(core, tx, viewer, { operation, input, apiKey, secret });
    });
  } catch (error) {
    if (databaseFault(error) !== 'duplicate') throw error;
    return {
      apiKey: null,
      secret: null,
      userErrors: [userRefusal(viewer.locale, 'INVALID_INPUT', 'keyNameTaken', 'name')],
    };
  }
}

/** No person holds these, so an admin may give them to a program; all but speaking for others, which only the environment's bot key can. */
const isForPrograms = (permission: Permission): boolean =>
  permission === 'INBOX_WRITE' || permission === 'NOTIFICATION_DELIVER';

/** Ends a key; it is refused from the next request on. Ending it again changes nothing. */
export async function revokeApiKey(core: Core, viewer: Viewer, input: { readonly id: string }): Promise<ApiKeyResult> {
  const operation = 'apiKeyRevoke';
  return inTransaction(core.db, async (tx) => {
    const refuse = (...problem: [UserRefusal['code'], UserTextKey, string?]) =>
      finish(core, tx, viewer, { operation, input, apiKey: null, problem });
    if (!viewer.permissions.has('USER_ADMIN')) return refuse('FORBIDDEN', 'needsUserAdmin');
    await tx.$executeRaw`update "ApiKey" set "revokedAt" = clock_timestamp() where "id" = ${input.id}::uuid and "revokedAt" is null`;
    const apiKey = await tx.apiKey.findUnique({ where: { id: input.id } });
    if (apiKey === null) return refuse('NOT_FOUND', 'keyNotFound', 'id');
    return finish(core, tx, viewer, { operation, input, apiKey });
  });
}
