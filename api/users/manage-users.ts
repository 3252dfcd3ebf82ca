import { z } from 'zod';
import { newId } from '../../lib/ids.ts';
import { inert } from '../../lib/text.ts';
import type { Core, RoleName, Viewer } from '../context.ts';
import { databaseFault, inTransaction, type Tx, type User } from '../db.ts';
import { type UserRefusal, type UserTextKey, userRefusal } from './texts.ts';

/** The person as they stand now, also when nothing was changed. */
export interface UserResult {
  readonly user: User | null;
  readonly userErrors: readonly UserRefusal[];
}

export interface CreateUserInput {
  readonly displayName: string;
  readonly email?: string | null;
  readonly roles: readonly RoleName[];
  readonly locale?: 'KO' | 'EN';
  readonly timeZone?: string;
  readonly chatWorkspace?: string | null;
  readonly chatUserId?: string | null;
}
export interface UpdateUserInput {
  readonly id: string;
  readonly expectedVersion: number;
  readonly active?: boolean | null;
  readonly displayName?: string | null;
  readonly email?: string | null;
  readonly roles?: readonly RoleName[] | null;
  readonly teams?: readonly string[] | null;
}

const emailSchema = z.email().max(200);
const chatSchema = z.string().regex(/^[A-Za-z0-9_-]{1,40}$/);

/** Whether the runtime knows this IANA zone. */
function isTimeZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone.length > 0;
  } catch {
    return false;
  }
}

type Problem = readonly [UserRefusal['code'], UserTextKey, string?];

const nameProblem = (name: string): Problem | null => {
  const clean = inert(name).trim();
  return clean.length >= 1 && clean.length <= 80 ? null : ['INVALID_INPUT', 'nameMissing', 'displayName'];
};
const emailProblem = (email: string | null | undefined): Problem | null =>
  email === null || email === undefined || emailSchema.safeParse(email).success
    ? null
    : ['INVALID_INPUT', 'emailInvalid', 'email'];

/** Writes an operation's audit entry, and the refusal it ended with if there is one. */
async function finish(
  core: Core,
  tx: Tx,
  viewer: Viewer,
  operation: string,
  input: unknown,
  user: User | null,
  problem: Problem | null,
): Promise<UserResult> {
  const errors = problem === null ? [] : [userRefusal(viewer.locale, ...problem)];
  await core.audit(tx, {
    actor: viewer.actor,
    onBehalfOf: viewer.key === null ? null : `key:${viewer.key.name}`,
    operation,
    subject: user === null ? null : { type: 'User', id: user.id },
    input,
    outcome: problem === null ? 'done' : 'refused',
    reason: errors[0] === undefined ? null : `${errors[0].code}: ${errors[0].message}`,
    correlationId: viewer.correlationId,
  });
  return { user, userErrors: errors };
}

/** Names of teams as they are stored: trimmed, each once. */
const teamsOf = (teams: readonly string[]): string[] =>
  [...new Set(teams.map((team) => inert(team).trim().slice(0, 200)))].filter(Boolean).slice(0, 50);

const mayAdmin = (viewer: Viewer): Problem | null =>
  viewer.permissions.has('USER_ADMIN') ? null : ['FORBIDDEN', 'needsUserAdmin'];

/** Makes a person, with their chat account when it is known. */
export async function createUser(core: Core, viewer: Viewer, input: CreateUserInput): Promise<UserResult> {
  const chat =
    input.chatWorkspace && input.chatUserId ? { workspace: input.chatWorkspace, chatUserId: input.chatUserId } : null;
  return withoutRaces(() =>
    inTransaction(core.db, async (tx) => {
      const zone = input.timeZone ?? 'Asia/Seoul';
      const problem =
        mayAdmin(viewer) ??
        nameProblem(input.displayName) ??
        emailProblem(input.email) ??
        (isTimeZone(zone) ? null : (['INVALID_INPUT', 'timeZoneInvalid', 'timeZone'] as const)) ??
        (await emailTaken(tx, input.email, null)) ??
        (chat === null ? null : await chatProblem(tx, chat, null));
      if (problem !== null) return finish(core, tx, viewer, 'userCreate', input, null, problem);
      const user = await tx.user.create({
        data: {
          id: newId(),
          displayName: inert(input.displayName).trim(),
          email: input.email ?? null,
          roles: [...new Set(input.roles)],
          locale: input.locale ?? 'KO',
          timeZone: zone,
          ...(chat === null ? {} : { chatIdentities: { create: chat } }),
        },
      });
      return finish(core, tx, viewer, 'userCreate', input, user, null);
    }),
  );
}

/** Changes a person if nobody else has since; roles count from the very next request. The last active admin stays one. */
export async function updateUser(core: Core, viewer: Viewer, input: UpdateUserInput): Promise<UserResult> {
  return withoutRaces(() =>
    inTransaction(core.db, async (tx) => {
      // One change at a time, so that two cannot both take away "the other" admin.
      await tx.$queryRaw`select pg_advisory_xact_lock(hashtext('users:roles'))::text`;
      const user = await tx.user.findUnique({ where: { id: input.id } });
      const problem = mayAdmin(viewer) ?? (await updateProblem(tx, user, input));
      if (user === null || problem !== null)
        return finish(core, tx, viewer, 'userUpdate', input, mayAdmin(viewer) === null ? user : null, problem);
      const changed = await tx.user.update({
        where: { id: user.id, version: input.expectedVersion },
        data: {
          version: { increment: 1 },
          ...(input.active === undefined || input.active === null ? {} : { active: input.active }),
          ...(input.displayName ? { displayName: inert(input.displayName).trim() } : {}),
          ...(input.email === undefined ? {} : { email: input.email }),
          ...(input.roles ? { roles: [...new Set(input.roles)] } : {}),
          ...(input.teams ? { teams: teamsOf(input.teams) } : {}),
        },
      });
      return finish(core, tx, viewer, 'userUpdate', input, changed, null);
    }),
  );
}

async function updateProblem(tx: Tx, user: User | null, input: UpdateUserInput): Promise<Problem | null> {
  if (user === null) return ['NOT_FOUND', 'userNotFound', 'id'];
  if (user.version !== input.expectedVersion) return ['CONFLICT', 'versionOld', 'expectedVersion'];
  const name = input.displayName === undefined || input.displayName === null ? null : nameProblem(input.displayName);
  const roles: readonly RoleName[] = input.roles ?? user.roles;
  const staysAdmin = (input.active ?? user.active) && roles.includes('ADMIN');
  if (user.active && user.roles.includes('ADMIN') && !staysAdmin) {
    const others = await tx.user.count({ where: { id: { not: user.id }, active: true, roles: { has: 'ADMIN' } } });
    if (others === 0) return ['INVALID_STATE', 'lastAdmin', 'roles'];
  }
  return name ?? emailProblem(input.email) ?? (await emailTaken(tx, input.email, user.id));
}

/**
 * Ties a chat account to a person. Whoever writes may link their own account: that makes a person without any role, since writing
 * proves nothing about who they are in our record. Tying it to an existing person is for an admin.
 */
export async function linkChat(
  core: Core,
  viewer: Viewer,
  input: { readonly workspace: string; readonly chatUserId: string; readonly userId?: string | null },
): Promise<UserResult> {
  const chat = { workspace: input.workspace, chatUserId: input.chatUserId };
  const userId = input.userId ?? null;
  return withoutRaces(() =>
    inTransaction(core.db, async (tx) => {
      const admin = viewer.permissions.has('USER_ADMIN');
      const own = viewer.chat?.workspace === chat.workspace && viewer.chat.chatUserId === chat.chatUserId;
      const known = await tx.chatIdentity.findUnique({
        where: { workspace_chatUserId: chat },
        include: { user: true },
      });
      const refuse = (...problem: Problem) =>
        finish(core, tx, viewer, 'userChatLink', input, admin || own ? (known?.user ?? null) : null, problem);
      if (!admin && !own) return refuse('FORBIDDEN', 'chatNotYours', 'chatUserId');
      if (known !== null && (userId === null || known.userId === userId))
        return finish(core, tx, viewer, 'userChatLink', input, known.user, null);
      if (!admin && userId !== null) return refuse('FORBIDDEN', 'linkNeedsAdmin', 'userId');
      const problem = await chatProblem(tx, chat, userId);
      if (problem !== null) return refuse(...problem);
      const user =
        userId === null
          ? await tx.user.create({
              data: { id: newId(), displayName: chat.chatUserId, roles: [], locale: viewer.locale },
            })
          : await tx.user.findUnique({ where: { id: userId } });
      if (user === null) return refuse('NOT_FOUND', 'userNotFound', 'userId');
      await tx.chatIdentity.create({ data: { ...chat, userId: user.id } });
      return finish(core, tx, viewer, 'userChatLink', input, user, null);
    }),
  );
}

/** A person's own settings. */
export async function updateViewer(
  core: Core,
  viewer: Viewer,
  input: { readonly locale?: 'KO' | 'EN' | null; readonly timeZone?: string | null },
): Promise<UserResult> {
  return inTransaction(core.db, async (tx) => {
    const person = viewer.person;
    if (person === null) return finish(core, tx, viewer, 'viewerUpdate', input, null, ['FORBIDDEN', 'personNeeded']);
    const user = await tx.user.findUniqueOrThrow({ where: { id: person.id } });
    if (input.timeZone && !isTimeZone(input.timeZone))
      return finish(core, tx, viewer, 'viewerUpdate', input, user, ['INVALID_INPUT', 'timeZoneInvalid', 'timeZone']);
    const changed = await tx.user.update({
      where: { id: person.id },
      data: {
        ...(input.locale ? { locale: input.locale } : {}),
        ...(input.timeZone ? { timeZone: input.timeZone } : {}),
        version: { increment: 1 },
      },
    });
    return finish(core, tx, viewer, 'viewerUpdate', input, changed, null);
  });
}

async function emailTaken(tx: Tx, email: string | null | undefined, self: string | null): Promise<Problem | null> {
  if (!email) return null;
  const other = await tx.user.findUnique({ where: { email } });
  return other === null || other.id === self ? null : ['INVALID_INPUT', 'emailTaken', 'email'];
}

async function chatProblem(
  tx: Tx,
  chat: { readonly workspace: string; readonly chatUserId: string },
  userId: string | null,
): Promise<Problem | null> {
  if (!chatSchema.safeParse(chat.workspace).success || !chatSchema.safeParse(chat.chatUserId).success)
    return ['INVALID_INPUT', 'chatInvalid', 'chatUserId'];
  const known = await tx.chatIdentity.findUnique({ where: { workspace_chatUserId: chat } });
  return known === null || known.userId === userId ? null : ['CONFLICT', 'chatTaken', 'chatUserId'];
}

/** Two who insert the same at once: the loser looks again and reads the refusal written for people. */
async function withoutRaces(work: () => Promise<UserResult>): Promise<UserResult> {
  try {
    return await work();
  } catch (error) {
    if (databaseFault(error) !== 'duplicate') throw error;
    return work();
  }
}
