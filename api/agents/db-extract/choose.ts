import { AppError } from '../../../lib/errors.ts';
import { sqlGate } from '../../tools/sql.ts';
import type { SourceFacts, TaskContext } from '../task.ts';

type DatabaseFacts = SourceFacts['databases'][number];
export type SavedQuery = DatabaseFacts['queries'][number];

/** The database a question is asked of: the named one, or the only one there is. */
export function chooseDatabase(
  sources: SourceFacts,
  name: string | undefined,
  locale: TaskContext['locale'],
): DatabaseFacts {
  const names = sources.databases.map((one) => one.name);
  if (names.length === 0)
    throw new AppError(
      'NOT_CONFIGURED',
      locale === 'KO' ? '등록된 데이터베이스가 없습니다.' : 'No database is registered.',
    );
  const wanted = name ?? (names.length === 1 ? names[0] : undefined);
  const found = sources.databases.find((one) => one.name === wanted);
  if (found !== undefined) return found;
  const list = names.join(', ');
  const message =
    wanted === undefined
      ? locale === 'KO'
        ? `어느 데이터베이스인지 알려 주세요: ${list}`
        : `Which database? ${list}`
      : locale === 'KO'
        ? `등록되지 않은 데이터베이스입니다: ${wanted}. 등록된 것: ${list}`
        : `${wanted} is not registered. There are: ${list}`;
  throw new AppError(wanted === undefined ? 'MISSING_INPUT' : 'INVALID_INPUT', message, {
    path: ['input', 'params', 'database'],
  });
}

/** Whether a question is SQL already, also with a slip in it. What it may do is the gate's to say. */
export async function isSql(question: string): Promise<boolean> {
  const verdict = (await sqlGate())(question);
  if (verdict.verdict === 'allow' || !['syntax', 'empty', 'too-deep'].includes(verdict.code)) return true;
  return /^\s*(?:select|with)\b[\s\S]*\bfrom\b/i.test(question) && /[*,;()=]/.test(question);
}

const plain = (text: string): string =>
  text
    .normalize('NFC')
    .toLowerCase()
    .replace(/[\s\p{P}]+/gu, '');

/** A saved query by its name, or by the words it is registered under; null unless exactly one fits best. */
export function savedQuery(queries: readonly SavedQuery[], question: string): SavedQuery | null {
  const asked = plain(question);
  const exact = queries.filter((one) => plain(one.name) === asked || one.words.some((words) => plain(words) === asked));
  if (exact.length === 1) return exact[0] ?? null;
  const scored = queries
    .map((query) => ({
      query,
      length: Math.max(
        0,
        ...[query.name, ...query.words]
          .map(plain)
          .filter((words) => words.length >= 4 && asked.includes(words))
          .map((words) => words.length),
      ),
    }))
    .filter((one) => one.length > 0)
    .sort((one, other) => other.length - one.length);
  const [best, second] = scored;
  return best === undefined || best.length === second?.length ? null : best.query;
}
