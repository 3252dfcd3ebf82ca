import { z } from 'zod';
import type { Core } from '../context.ts';
import { inTransaction, Prisma } from '../db.ts';
import { lockManualIndex } from './index-lock.ts';
import { documentTerms, indexVersion } from './sparse-rules.ts';

const atOnce = 100;
const rowSchema = z.object({
  id: z.string(),
  text: z.string(),
  sectionPath: z.array(z.string()),
  title: z.string(),
  code: z.string(),
  alertNames: z.array(z.string()),
  errorCodes: z.array(z.string()),
});

/** Counts the terms of chunks again that were counted by older rules, a few at a time. Answers how many. */
export async function refreshTerms(core: Pick<Core, 'db' | 'wake'>): Promise<number> {
  let done = 0;
  for (;;) {
    const count = await inTransaction(core.db, async (tx) => {
      await lockManualIndex(tx);
      const rows = z.array(rowSchema).parse(
        await tx.$queryRaw(Prisma.sql`
          select c."id", c."text", c."sectionPath", m."title", m."code", m."alertNames", coalesce(m."errorCodes", '{}') as "errorCodes"
          from "ManualChunk" c join "Manual" m on m."id" = c."manualId"
          where m."status" = 'READY' and c."sparseVersion" <> ${indexVersion} order by c."id" limit ${atOnce}`),
      );
      for (const row of rows) {
        const names = [row.code, ...row.alertNames, ...row.errorCodes];
        const sparse = documentTerms({ title: row.title, names, sectionPath: row.sectionPath, text: row.text });
        await tx.$executeRaw`update "ManualChunk" set "sparse" = ${JSON.stringify(sparse)}::jsonb, "sparseVersion" = ${indexVersion},
          "indexSeq" = nextval(pg_get_serial_sequence('"ManualChunk"', 'indexSeq')) where "id" = ${row.id}::uuid`;
      }
      return rows.length;
    });
    if (count === 0) break;
    done += count;
    core.wake('manuals');
  }
  return done;
}
