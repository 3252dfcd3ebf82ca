import { AppError } from '../../lib/errors.ts';
import type { Owned } from '../ports/source-registry.ts';
import type { Database, SqlRelation } from '../ports/sql-source.ts';
import { loadSqlGate, type SqlGate, type SqlPolicy, type SqlVerdict } from './sql-gate.ts';
import type { ToolPorts } from './tool.ts';

let loading: Promise<SqlGate> | undefined;
/** The gate, loaded once. */
export function sqlGate(): Promise<SqlGate> {
  loading ??= loadSqlGate();
  return loading;
}

/** A registered database by its name. */
export async function databaseNamed(ports: ToolPorts, name: string): Promise<Owned<Database>> {
  const found = await ports.registry.database(name);
  if (found === null) throw new AppError('INVALID_INPUT', `${name} is not a registered database.`);
  return found;
}

/** What a statement on this database may touch. */
export function policyOf(database: Database, relations: readonly SqlRelation[]): SqlPolicy {
  return {
    relations: new Map(
      relations.map(({ schema, name, columns }) => [`${schema}.${name}`, columns.map((column) => column.name)]),
    ),
    schemas: database.schemas,
    functions: new Set(database.functions),
    secretColumns: new Set(database.secretColumns),
  };
}

/** Judges a statement as this database would run it, after reading its catalogue. */
export async function judgeFor(
  ports: ToolPorts,
  database: Database,
  sql: string,
  signal: AbortSignal,
): Promise<{ readonly verdict: SqlVerdict; readonly relations: readonly SqlRelation[] }> {
  const relations = await ports.sql.describe(database, signal);
  return { verdict: (await sqlGate())(sql, policyOf(database, relations)), relations };
}
