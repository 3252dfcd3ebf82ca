import { z } from 'zod';
import { defineReadTool } from './tool.ts';

const args = z.strictObject({
  alertName: z.string().min(1).max(200),
  runbookUrl: z.string().max(2_048).nullable(),
  words: z.string().max(500),
});

/** A runbook as a task uses it. */
export type RunbookReading = {
  readonly code: string;
  readonly title: string;
  readonly revision: number;
  readonly revisedAt: string | null;
  readonly found: 'alert-name' | 'runbook-url' | 'search';
  readonly steps: string[];
  readonly automation: {
    readonly action: string;
    readonly when: string | null;
    readonly arguments: Record<string, string>;
  }[];
  readonly manualId: string;
  readonly section: string;
  readonly page: number | null;
  readonly quote: string;
  readonly score: number;
};

/** The runbook of an alert: by its exact name, then by its address, then by search. None is an answer. */
export const runbookFind = defineReadTool<z.infer<typeof args>, RunbookReading | null>({
  name: 'runbook.find',
  args,
  timeoutMs: 10_000,
  run: async ({ alertName, runbookUrl, words }, ports) => {
    const runbook = await ports.manuals.findRunbook({ alertName, runbookUrl, words });
    const asked = `runbook of ${alertName}`;
    if (runbook === null) {
      return {
        outcome: 'no_data',
        kind: 'other',
        title: `Runbook of ${alertName}`,
        asked,
        summary: `No runbook for ${alertName} in the manuals.`,
        data: null,
      };
    }
    const { passage } = runbook;
    return {
      outcome: 'success',
      kind: 'manual',
      title: `${runbook.code} ${runbook.title}`,
      asked,
      summary: `${runbook.code} §${passage.section}, revision ${runbook.revision}${runbook.revisedAt === null ? '' : ` of ${runbook.revisedAt.slice(0, 10)}`} (found by ${runbook.found})`,
      data: {
        code: runbook.code,
        title: runbook.title,
        revision: runbook.revision,
        revisedAt: runbook.revisedAt,
        found: runbook.found,
        steps: [...runbook.steps],
        automation: runbook.automation.map((one) => ({
          action: one.action,
          when: one.when,
          arguments: { ...one.arguments },
        })),
        manualId: runbook.manualId,
        section: passage.section,
        page: passage.page,
        quote: passage.quote,
        score: passage.score,
      },
    };
  },
});
