import type { z } from 'zod';
import type { Db, System } from '../db.ts';
import { jobSchema, logSourceSchema, type Owned, type SourceRegistry } from '../ports/source-registry.ts';
import { databaseSchema } from '../ports/sql-source.ts';

/** What is registered with the systems: databases, logs and jobs. */
export function createSourceRegistry(db: Db): SourceRegistry {
  const all = async <S extends z.ZodType<object>>(
    field: 'databases' | 'logSources' | 'jobs',
    schema: S,
  ): Promise<Owned<z.infer<S>>[]> => {
    const rows = await db.system.findMany({ where: { archived: false }, orderBy: { name: 'asc' } });
    return rows.flatMap((row) => entriesOf(row, field, schema));
  };
  return {
    database: async (name) => (await all('databases', databaseSchema)).find((one) => one.name === name) ?? null,
    databases: () => all('databases', databaseSchema),
    logSources: () => all('logSources', logSourceSchema),
    jobs: () => all('jobs', jobSchema),
  };
}

function entriesOf<S extends z.ZodType<object>>(
  row: System,
  field: 'databases' | 'logSources' | 'jobs',
  schema: S,
): Owned<z.infer<S>>[] {
  const list: unknown = row[field];
  if (!Array.isArray(list)) return [];
  return list.flatMap((entry) => {
    const parsed = schema.safeParse(entry);
    return parsed.success ? [{ ...parsed.data, system: row.name }] : [];
  });
}
