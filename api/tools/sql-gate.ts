import { loadModule, parseSync, scanSync } from 'libpg-query';
import { isNode, listOf, unwrap } from './sql-gate-nodes.ts';
import { Refused, refusal, type SqlRefusal } from './sql-gate-reasons.ts';
import { checkRecursion, checkSizes } from './sql-gate-size-rules.ts';
import { type SqlFacts, type SqlPolicy, walkStatement } from './sql-gate-walk.ts';

export type { SqlRefusal, SqlRefusalCode } from './sql-gate-reasons.ts';
export type { SqlPolicy } from './sql-gate-walk.ts';

/** Whether a statement is one read, what it touches, and its tree for further rules. */
export type SqlVerdict =
  | ({ readonly verdict: 'allow'; readonly kind: 'select' | 'explain'; readonly tree: unknown } & SqlFacts)
  | ({ readonly verdict: 'refuse' } & SqlRefusal);

/** Judges one text. Pure: the same text and policy get the same verdict. */
export type SqlGate = (sql: string, policy?: SqlPolicy) => SqlVerdict;

const mostCharacters = 20_000;
/** Brackets within brackets: far above what people write, far below what a parser's stack holds. */
const mostBrackets = 100;

/** Loads PostgreSQL's own grammar once; afterwards the gate answers without waiting for anything. */
export async function loadSqlGate(): Promise<SqlGate> {
  await loadModule();
  return judge;
}

function judge(sql: string, policy: SqlPolicy = {}): SqlVerdict {
  const refuse = (found: SqlRefusal): SqlVerdict => ({ verdict: 'refuse', ...found });
  if (sql.length > mostCharacters) return refuse(refusal('too-long', String(mostCharacters)));
  if (sql.includes('\0') || !sql.isWellFormed()) return refuse(refusal('syntax', 'a character that cannot be stored'));
  if (bracketDepth(sql) > mostBrackets || manyLinks(sql)) return refuse(refusal('too-deep', ''));
  if (sql.trim() === '') return refuse(refusal('empty', ''));
  let parsed: unknown;
  try {
    parsed = parse(sql);
  } catch (error) {
    return refuse(refusal('syntax', error instanceof Error ? error.message.replace(/\.$/, '') : 'it cannot be read'));
  }
  const statements = isNode(parsed) ? listOf(parsed.stmts) : [];
  const only = statements[0];
  if (only === undefined || !isNode(only)) return refuse(refusal('empty', ''));
  if (statements.length > 1) return refuse(refusal('many-statements', String(statements.length)));
  try {
    const facts = walkStatement(only.stmt, policy);
    checkSizes(only.stmt);
    checkRecursion(only.stmt);
    return {
      verdict: 'allow',
      kind: unwrap(only.stmt)?.type === 'ExplainStmt' ? 'explain' : 'select',
      tree: only.stmt,
      ...facts,
    };
  } catch (error) {
    if (error instanceof Refused) return refuse(error.refusal);
    if (error instanceof RangeError) return refuse(refusal('too-deep', ''));
    throw error;
  }
}

/** The tree of a text. This build of the grammar stumbles over a comment inside a two-word keyword (NULLS LAST), so comments are blanked once. */
function parse(sql: string): unknown {
  try {
    return parseSync(sql);
  } catch (error) {
    const blank = withoutComments(sql);
    if (blank === sql) throw error;
    return parseSync(blank);
  }
}

/** The same text with every comment, as PostgreSQL's scanner sees it, turned into as many spaces. */
function withoutComments(sql: string): string {
  const bytes = Buffer.from(sql, 'utf8');
  for (const token of scanSync(sql).tokens)
    if (token.tokenName === 'SQL_COMMENT' || token.tokenName === 'C_COMMENT')
      for (let at = token.start; at < token.end; at++) if (bytes[at] !== 0x0a) bytes[at] = 0x20;
  return bytes.toString('utf8');
}

/** The deepest nesting of brackets, counted without regard to quotes: too much in a text is too much anyway. */
function bracketDepth(sql: string): number {
  let depth = 0;
  let deepest = 0;
  for (const sign of sql) {
    if (sign === '(' || sign === '[') deepest = Math.max(deepest, ++depth);
    else if (sign === ')' || sign === ']') depth = Math.max(0, depth - 1);
  }
  return deepest;
}

/** Long chains of signs or words are nested one into the other by the grammar. */
function manyLinks(sql: string): boolean {
  return /(?:[-+~!@#%^&|`?]\s*){300}/.test(sql) || /(?:\bnot\s+|\bcase\s+when\s+){150}/i.test(sql);
}
