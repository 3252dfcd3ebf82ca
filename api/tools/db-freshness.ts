import { z } from 'zod';
import { databaseNamed } from './sql.ts';
import { defineReadTool } from './tool.ts';

const args = z.strictObject({ database: z.string().min(1).max(63) });

/** How old the newest row of each watched table is. */
export type FreshnessReading = {
  readonly tables: {
    readonly name: string;
    readonly ageMinutes: number | null;
    readonly maxAgeMinutes: number;
    readonly stale: boolean;
  }[];
};

const quoted = (word: string): string => `"${word.replaceAll('"', '""')}"`;

/** Asks every watched table of a database for its newest row. */
export const dbFreshness = defineReadTool<z.infer<typeof args>, FreshnessReading>({
  name: 'db.freshness',
  args,
  timeoutMs: 60_000,
  run: async ({ database: name }, ports, signal) => {
    const database = await databaseNamed(ports, name);
    const tables: FreshnessReading['tables'] = [];
    for (const watched of database.freshness) {
      const from = watched.table.split('.').map(quoted).join('.');
      const sql = `select (extract(epoch from now() - max(t.${quoted(watched.column)})) / 60)::float8 as minutes from ${from} as t`;
      const value = (await ports.sql.select(database, sql, signal)).rows[0]?.[0];
      const ageMinutes =
        typeof value === 'number'
          ? Math.round(value * 10) / 10
          : value === null || value === undefined
            ? null
            : Math.round(Number(value) * 10) / 10;
      tables.push({
        name: watched.name,
        ageMinutes,
        maxAgeMinutes: watched.maxAgeMinutes,
        stale: ageMinutes === null || ageMinutes > watched.maxAgeMinutes,
      });
    }
    const stale = tables.filter((one) => one.stale);
    return {
      outcome: tables.length === 0 ? 'no_data' : 'success',
      kind: 'other',
      title: `Freshness of ${name}`,
      asked: `newest row of ${tables.map((one) => one.name).join(', ') || 'nothing'} in ${name}`,
      summary:
        tables.length === 0
          ? `${name}: no table is watched for freshness`
          : `${tables.length - stale.length} of ${tables.length} fresh${stale.length > 0 ? `; stale: ${stale.map((one) => `${one.name} (${one.ageMinutes === null ? 'empty' : `${one.ageMinutes} min`})`).join(', ')}` : ''}`,
      data: { tables },
    };
  },
});
