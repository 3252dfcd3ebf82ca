/** How far a reader may see. Everybody sees what is for everyone. */
export interface ManualReader {
  readonly everyone: true;
  /** Sees what is for operators: holds the role of an operator, approver or administrator. */
  readonly operator: boolean;
  /** Sees what belongs to these teams. */
  readonly teams: readonly string[];
  /** Sees what belongs to any team. */
  readonly admin: boolean;
}

/** A manual as far as its visibility goes. */
export interface VisibleManual {
  readonly visibility: 'EVERYONE' | 'OPERATORS' | 'TEAM';
  readonly team: string | null;
}

/** Who asks, as far as it matters here. */
interface Asking {
  readonly person: { readonly roles: readonly string[]; readonly teams: readonly string[] } | null;
  readonly permissions: ReadonlySet<string>;
  readonly keyPermissions: ReadonlySet<string>;
}

/** The reader of places everybody sees: channels, incident threads, automation. */
export const sharedReader: ManualReader = { everyone: true, operator: false, teams: [], admin: false };

/**
 * How far the one who asks may see: a person by their roles and teams, a program by what its key may do. The bot's key by itself
 * speaks for nobody, so it sees what everybody sees.
 */
export function readerOf(viewer: Asking): ManualReader {
  const { person, permissions, keyPermissions } = viewer;
  if (person !== null) {
    const has = (...roles: readonly string[]): boolean => person.roles.some((role) => roles.includes(role));
    return {
      everyone: true,
      operator: has('OPERATOR', 'APPROVER', 'ADMIN'),
      teams: person.teams,
      admin: has('ADMIN'),
    };
  }
  if (keyPermissions.has('ACT_AS')) return sharedReader;
  const admin = permissions.has('USER_ADMIN');
  return { everyone: true, operator: admin || permissions.has('MANUAL_WRITE'), teams: [], admin };
}

/** Whether this reader may see this manual. A manual of a team that names no team is for administrators alone. */
export function maySee(reader: ManualReader, manual: VisibleManual): boolean {
  switch (manual.visibility) {
    case 'EVERYONE':
      return true;
    case 'OPERATORS':
      return reader.operator;
    case 'TEAM':
      return reader.admin || (manual.team !== null && reader.teams.includes(manual.team));
    default:
      return manual.visibility satisfies never;
  }
}

/** The same as a condition on rows of manuals, so that nothing hidden is read, counted or paged. */
export function visibleWhere(reader: ManualReader): { readonly OR: VisibleCondition[] } {
  return {
    OR: [
      { visibility: 'EVERYONE' },
      ...(reader.operator ? [{ visibility: 'OPERATORS' as const }] : []),
      ...(reader.admin
        ? [{ visibility: 'TEAM' as const }]
        : reader.teams.length > 0
          ? [{ visibility: 'TEAM' as const, team: { in: [...reader.teams] } }]
          : []),
    ],
  };
}
type VisibleCondition = { visibility: VisibleManual['visibility']; team?: { in: string[] } };
