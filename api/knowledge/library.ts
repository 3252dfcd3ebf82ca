import { z } from 'zod';
import type { Db, Manual, ManualChunk } from '../db.ts';
import type { ManualLibrary, Runbook, RunbookStep } from '../ports/manual-library.ts';
import { stepsOf } from './chunk-rules.ts';
import { passageOf, searchManuals } from './search.ts';

const automationSchema = z.array(
  z.object({ action: z.string(), when: z.string().optional(), policy: z.string().optional() }),
);

/** Last part of a runbook's address: what it is called, without ending and fragment. */
export function nameInUrl(url: string): string | null {
  if (!URL.canParse(url)) return null;
  const last = new URL(url).pathname.split('/').findLast((part) => part !== '') ?? '';
  const name = last.replace(/\.(md|html?)$/i, '');
  return name === '' ? null : name;
}

/** The manuals of the record as agents see them. */
export function createManualLibrary(db: Db): ManualLibrary {
  async function runbookOf(
    manual: Manual & { readonly chunks: ManualChunk[] },
    found: Runbook['found'],
    seq: number,
    score: number,
  ): Promise<Runbook | null> {
    const chunk = manual.chunks.find((one) => one.seq === seq) ?? manual.chunks[0];
    if (chunk === undefined) return null;
    const automation = automationSchema.safeParse(manual.automation);
    return {
      manualId: manual.id,
      code: manual.code,
      title: manual.title,
      revision: manual.revision,
      revisedAt: manual.revisedAt?.toISOString() ?? null,
      found,
      steps: stepsOf(manual.chunks.map((one) => one.text).join('\n\n')),
      automation: automation.success ? automation.data.map(stepOf) : [],
      passage: passageOf(manual, chunk, score),
    };
  }
  const withChunks = { chunks: { orderBy: { seq: 'asc' as const } } };

  return {
    async findRunbook({ alertName, runbookUrl, words }) {
      const byAlert = await db.manual.findFirst({
        where: { status: 'READY', visibility: 'EVERYONE', alertNames: { has: alertName } },
        orderBy: [{ revisedAt: { sort: 'desc', nulls: 'last' } }, { code: 'asc' }],
        include: withChunks,
      });
      if (byAlert !== null) return runbookOf(byAlert, 'alert-name', 0, 1);
      const name = runbookUrl === null ? null : nameInUrl(runbookUrl);
      if (name !== null) {
        const byUrl = await db.manual.findFirst({
          where: {
            status: 'READY',
            visibility: 'EVERYONE',
            OR: [
              { code: name },
              { alertNames: { has: name } },
              { fileName: `${name}.md` },
              { fileName: { endsWith: `/${name}.md` } },
            ],
          },
          orderBy: { code: 'asc' },
          include: withChunks,
        });
        if (byUrl !== null) return runbookOf(byUrl, 'runbook-url', 0, 1);
      }
      const [best] = await searchManuals(db, { words, limit: 1 });
      if (best === undefined) return null;
      const manual = await db.manual.findUnique({ where: { id: best.manualId }, include: withChunks });
      if (manual === null) return null;
      const seq = manual.chunks.find((chunk) => chunk.lineFrom === best.lineFrom)?.seq ?? 0;
      return runbookOf(manual, 'search', seq, best.score);
    },
    search: (words, limit) => searchManuals(db, { words, limit }),
  };
}

function stepOf(one: z.infer<typeof automationSchema>[number]): RunbookStep {
  return {
    action: one.action,
    when: one.when ?? null,
    arguments: one.policy === undefined ? {} : { policy: one.policy },
  };
}
