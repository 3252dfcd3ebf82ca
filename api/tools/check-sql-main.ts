import { checkLines } from '../../lib/check-lines.ts';
import { loadSqlGate } from './sql-gate.ts';

/** `npm run -s check:sql`: judges statements. A line may bring `relations` ({"schema.table": ["column"]}), as a registered database does. */
const gate = await loadSqlGate();
await checkLines(process.stdin, process.stdout, (input, { relations }) => {
  const verdict = gate(input, relations === undefined ? {} : { relations: readRelations(relations) });
  if (verdict.verdict === 'refuse') return { ...verdict };
  const { kind, relations: read, functions } = verdict;
  return { verdict: 'allow', kind, relations: [...read], functions: [...functions] };
});

function readRelations(value: unknown): ReadonlyMap<string, readonly string[]> {
  if (value === null || typeof value !== 'object') return new Map();
  return new Map(
    Object.entries(value).map(([name, columns]) => [name, Array.isArray(columns) ? columns.map(String) : []]),
  );
}
