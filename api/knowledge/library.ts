import { z } from 'zod';
import type { Db, Manual } from '../db.ts';
import type { ManualLibrary, ManualPassage, Runbook, RunbookStep } from '../ports/manual-library.ts';
import { chunkReader } from './chunk-reader.ts';
import { stepsOf } from './chunk-rules.ts';
import { foundWhere } from './exact-lookup.ts';
import { nameInUrl } from './name-rules.ts';
import { alone, passageOf } from './passage.ts';
import type { ManualQuery, ManualSearchResult } from './search.ts';
import { sharedReader } from './visibility-rules.ts';

const automationSchema = z.array(
  z.object({ action: z.string(), when: z.string().optional(), policy: z.string().optional() }),
);

/** The manuals of the record as agents see them: what everybody may see, since what agents write stands where everybody reads. */
export function createManualLibrary(
  db: Db,
  search: (query: ManualQuery) => Promise<ManualSearchResult>,
): ManualLibrary {
  const shared = foundWhere({ reader: sharedReader });
  const newestFirst = [{ revisedAt: { sort: 'desc' as const, nulls: 'last' as const } }, { code: 'asc' as const }];

  async function runbookOf(manual: Manual, found: Runbook['found'], best?: ManualPassage): Promise<Runbook | null> {
    const rows = await db.manualChunk.findMany({
      where: { manualId: manual.id },
      orderBy: { seq: 'asc' },
      select: { id: true, text: true },
    });
    const passage = best ?? (await beginningOf(rows[0]?.id));
    if (passage === null) return null;
    const automation = automationSchema.safeParse(manual.automation);
    return {
      manualId: manual.id,
      code: manual.code,
      title: manual.title,
      revision: manual.revision,
      revisedAt: manual.revisedAt?.toISOString() ?? null,
      found,
      steps: stepsOf(rows.map(({ text }) => text).join('\n\n')),
      automation: automation.success ? automation.data.map(stepOf) : [],
      passage,
    };
  }

  async function beginningOf(chunkId: string | undefined): Promise<ManualPassage | null> {
    if (chunkId === undefined) return null;
    const [chunk] = await chunkReader(db, sharedReader).chunks([chunkId]);
    return chunk === undefined ? null : passageOf(alone(chunk, 1), new Date());
  }

  return {
    async findRunbook({ alertName, runbookUrl, words }) {
      const byAlert = await db.manual.findFirst({
        where: { ...shared, alertNames: { has: alertName } },
        orderBy: newestFirst,
      });
      if (byAlert !== null) return runbookOf(byAlert, 'alert-name');
      const name = runbookUrl === null ? null : nameInUrl(runbookUrl);
      if (name !== null) {
        const byUrl = await db.manual.findFirst({
          where: {
            ...shared,
            OR: [
              { code: name },
              { alertNames: { has: name } },
              { fileName: `${name}.md` },
              { fileName: { endsWith: `/${name}.md` } },
            ],
          },
          orderBy: { code: 'asc' },
        });
        if (byUrl !== null) return runbookOf(byUrl, 'runbook-url');
      }
      const { answered, passages } = await search({ words, limit: 1, reader: sharedReader });
      const [best] = passages;
      if (!answered || best === undefined) return null;
      const manual = await db.manual.findUnique({ where: { id: best.manualId } });
      return manual === null ? null : runbookOf(manual, 'search', best);
    },
    async search(words, limit) {
      const { answered, passages } = await search({ words, limit, reader: sharedReader });
      return answered ? passages : [];
    },
  };
}

function stepOf(one: z.infer<typeof automationSchema>[number]): RunbookStep {
  return {
    action: one.action,
    when: one.when ?? null,
    arguments: one.policy === undefined ? {} : { policy: one.policy },
  };
}
