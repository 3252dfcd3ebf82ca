import type { Db } from '../db.ts';
import { namesIn } from './name-rules.ts';
import type { ManualReader } from './visibility-rules.ts';
import { visibleWhere } from './visibility-rules.ts';

/** What an exact lookup may be narrowed by; the same filters as a search. */
export interface LookupFilter {
  readonly reader: ManualReader;
  readonly locale?: 'KO' | 'EN' | null;
  readonly system?: string | null;
  readonly team?: string | null;
}

/** Most manuals one name leads to. */
const mostManuals = 5;

/** Whether a manual concerns a system: one that names none concerns all. */
const concerning = (system: string | null | undefined) =>
  system ? [{ OR: [{ systemNames: { isEmpty: true } }, { systemNames: { has: system } }] }] : [];

/** Condition on manuals that are found now, for one reader. */
export function foundWhere({ reader, locale, system, team }: LookupFilter) {
  return {
    status: 'READY' as const,
    removedAt: null,
    ...(locale ? { locale } : {}),
    ...(team ? { team } : {}),
    AND: [visibleWhere(reader), ...concerning(system)],
  };
}

/** Ids of the manuals that a question names: by alert, by code, by error code, by the last part of an address. In the order of the question. */
export async function namedManuals(db: Db, words: string, filter: LookupFilter): Promise<string[]> {
  const names = namesIn(words);
  if (names.length === 0) return [];
  const rows = await db.manual.findMany({
    where: {
      ...foundWhere(filter),
      OR: [
        { alertNames: { hasSome: names } },
        { code: { in: names } },
        { errorCodes: { hasSome: names } },
        { fileName: { in: names.map((name) => `${name}.md`) } },
      ],
    },
    select: { id: true, code: true, alertNames: true, errorCodes: true, fileName: true, revisedAt: true },
    orderBy: [{ revisedAt: { sort: 'desc', nulls: 'last' } }, { code: 'asc' }],
    take: mostManuals * 2,
  });
  const at = (row: (typeof rows)[number]): number =>
    names.findIndex(
      (name) =>
        row.code === name ||
        row.alertNames.includes(name) ||
        row.errorCodes.includes(name) ||
        row.fileName === `${name}.md`,
    );
  return rows
    .map((row) => ({ id: row.id, at: at(row) }))
    .sort((one, other) => one.at - other.at)
    .slice(0, mostManuals)
    .map(({ id }) => id);
}
