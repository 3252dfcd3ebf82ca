import type { Permission, RoleName } from '../context.ts';
import { permissions } from '../context.ts';

const viewer: readonly Permission[] = ['INCIDENT_READ', 'TASK_READ', 'MANUAL_READ', 'CONTACT_READ'];
const requester: readonly Permission[] = [...viewer, 'TASK_WRITE', 'TICKET_WRITE', 'DATA_QUERY'];
const operator: readonly Permission[] = [
  ...requester,
  'INCIDENT_WRITE',
  'WORKFLOW_WRITE',
  'SILENCE_WRITE',
  'MANUAL_WRITE',
  'CONTACT_WRITE',
  'CHANGE_WRITE',
  'SCHEDULE_WRITE',
];
/** What only a program's key may hold: no role gives it to a person. */
export const keyOnlyPermissions: readonly Permission[] = ['ACT_AS', 'INBOX_WRITE', 'NOTIFICATION_DELIVER'];

/** What each role may do. Deciding needs APPROVER or ADMIN; the requester rule comes on top of it. */
export const rolePermissions: Readonly<Record<RoleName, readonly Permission[]>> = {
  VIEWER: viewer,
  REQUESTER: requester,
  OPERATOR: operator,
  APPROVER: [...viewer, 'APPROVAL_DECIDE'],
  AUDITOR: [...viewer, 'AUDIT_READ'],
  ADMIN: permissions.filter((permission) => !keyOnlyPermissions.includes(permission)),
};

/** All rights of someone with these roles. */
export function permissionsOf(roles: readonly RoleName[]): ReadonlySet<Permission> {
  return new Set(roles.flatMap((role) => rolePermissions[role]));
}

/** Whether a stored word is a permission we know; an unknown one gives nothing. */
export function isPermission(word: string): word is Permission {
  return permissions.some((permission) => permission === word);
}

/**
 * Rights of one request. A key alone has its own permissions and those of its roles, except a key that speaks for others:
 * by itself it has only its own. For a person, their roles are cut by everything the key could ever give.
 */
export function rightsOf(
  key: { readonly permissions: readonly Permission[]; readonly roles: readonly RoleName[] },
  person: { readonly roles: readonly RoleName[] } | null,
): ReadonlySet<Permission> {
  const own = new Set(key.permissions);
  const most = new Set([...own, ...permissionsOf(key.roles)]);
  if (person === null) return own.has('ACT_AS') ? own : most;
  return new Set([...permissionsOf(person.roles)].filter((permission) => most.has(permission)));
}
