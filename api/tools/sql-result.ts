import { z } from 'zod';
import { defineReadTool } from './tool.ts';

const args = z.strictObject({ resultKey: z.string().min(1).max(200), sql: z.string().max(20_000) });

/** What is told of an answer whose rows went to one person: counts and names, no value. */
export type SqlResultReading = {
  readonly rowCount: number;
  readonly cut: string | null;
  readonly columns: string[];
  readonly masked: string[];
  readonly digest: string;
};

/** Facts of rows that were kept for the person who asked. */
export const sqlResult = defineReadTool<z.infer<typeof args>, SqlResultReading>({
  name: 'sql.result',
  args,
  timeoutMs: 10_000,
  run: async ({ resultKey, sql }, ports) => {
    const kept = await ports.artifacts.read(resultKey);
    const list = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);
    const facts = kept?.facts ?? {};
    const rowCount = typeof facts.rowCount === 'number' ? facts.rowCount : 0;
    const cut = typeof facts.cut === 'string' ? facts.cut : null;
    return {
      outcome: kept === null ? 'no_data' : 'success',
      kind: 'other',
      title: 'Rows of a query',
      asked: sql,
      summary:
        kept === null
          ? 'No rows were kept'
          : `${rowCount} rows${cut === null ? '' : ` (cut at the limit of ${cut})`}: ${list(facts.columns).join(', ')}`.slice(
              0,
              400,
            ),
      data: { rowCount, cut, columns: list(facts.columns), masked: list(facts.masked), digest: kept?.sha256 ?? '' },
    };
  },
});
