import { allowedFunctions, allowedOperators, readsAsCall, whyNot } from './sql-gate-functions.ts';
import { isNode, listOf, nodeShapes, type TreeNode, unwrap, wordsOf } from './sql-gate-nodes.ts';
import { Refused, refusal, type SqlRefusalCode } from './sql-gate-reasons.ts';
import { isSecretColumn, judgeSystemRelation } from './sql-gate-relations.ts';

/** What may be read. Without `relations` every relation that is not the system's may be; a registered database always has them. */
export interface SqlPolicy {
  /** Columns by `schema.table`; what stands here is the whole reach. */
  readonly relations?: ReadonlyMap<string, readonly string[]>;
  /** Where a name without a schema is looked for, in this order; `public` when left out. */
  readonly schemas?: readonly string[];
  /** More functions that only read, as `name` or `schema.name`. */
  readonly functions?: ReadonlySet<string>;
  /** Columns as `schema.table.column` that may never be named. */
  readonly secretColumns?: ReadonlySet<string>;
}

/** What a statement was found to touch. */
export interface SqlFacts {
  readonly relations: ReadonlySet<string>;
  readonly functions: ReadonlySet<string>;
}

interface Bilingual {
  readonly en: string;
  readonly ko: string;
}

interface Scope {
  readonly ctes: ReadonlySet<string>;
  readonly depth: number;
}

const mostDepth = 400;
const explainOptions: ReadonlySet<string> = new Set(['costs', 'verbose', 'format', 'summary', 'generic_plan']);
const sampling: ReadonlySet<string> = new Set(['system', 'bernoulli']);
const rowFunctions: ReadonlySet<string> = new Set(['->', '->>', '#>', '#>>', '?']);

const locate = (node: TreeNode): number | null => (typeof node.location === 'number' ? node.location : null);
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Walks every node of a parsed statement and refuses what is not known to be a read. Throws Refused. */
export function walkStatement(tree: unknown, policy: SqlPolicy): SqlFacts {
  const relations = new Set<string>();
  const functions = new Set<string>();
  const known = knownColumns(tree, policy);
  const refuse: (code: SqlRefusalCode, part: string, node?: TreeNode, why?: Bilingual) => never = (
    code,
    part,
    node,
    why,
  ) => {
    throw new Refused(refusal(code, part, node === undefined ? null : locate(node), why));
  };

  const top = unwrap(tree);
  if (top === null || (top.type !== 'SelectStmt' && top.type !== 'ExplainStmt'))
    return refuse('not-a-read', statementName(top?.type ?? ''));
  visit(top.type, top.node, { ctes: new Set(), depth: 0 });
  return { relations, functions };

  function children(value: unknown, scope: Scope): void {
    for (const one of listOf(value)) {
      if (isNode(one) && Object.keys(one).length === 0) continue;
      const wrapped = unwrap(one);
      if (wrapped === null) refuse('construct', 'an unknown part');
      visit(wrapped.type, wrapped.node, scope);
    }
  }

  function visit(type: string, node: TreeNode, outer: Scope): void {
    const shape = nodeShapes.get(type);
    if (outer.depth > mostDepth) refuse('too-deep', '');
    if (shape === undefined) refuse('construct', type, node);
    const scope = check(type, node, { ...outer, depth: outer.depth + 1 });
    for (const [field, value] of Object.entries(node)) {
      if (field === 'withClause' && type === 'SelectStmt') continue;
      const typed = Object.hasOwn(shape.typed, field) ? shape.typed[field] : undefined;
      if (typed !== undefined) {
        if (!isNode(value)) refuse('construct', `${type}.${field}`, node);
        visit(typed, value, scope);
      } else if (shape.nodes.includes(field)) children(value, scope);
      else if (!shape.values.includes(field)) refuse('construct', `${type}.${field}`, node);
    }
  }

  /** Looks at one node by its kind; answers the scope its children are read in. */
  function check(type: string, node: TreeNode, scope: Scope): Scope {
    switch (type) {
      case 'SelectStmt':
        return checkSelect(node, scope);
      case 'ExplainStmt':
        checkExplain(node);
        return scope;
      case 'RangeVar':
        checkRelation(node, scope);
        return scope;
      case 'FuncCall':
        checkFunction(node);
        return scope;
      case 'ColumnRef':
        checkColumn(wordsOf(node.fields), node);
        return scope;
      case 'A_Indirection':
        checkPath(wordsOf(node.indirection), node);
        return scope;
      case 'ResTarget':
        if (node.indirection !== undefined) refuse('construct', 'an assignment', node);
        return scope;
      case 'A_Expr':
        checkOperator(node.name, node);
        checkKey(node);
        return scope;
      case 'SubLink':
        if (node.operName !== undefined) checkOperator(node.operName, node);
        return scope;
      case 'SortBy':
        if (node.useOp !== undefined) checkOperator(node.useOp, node);
        return scope;
      case 'TypeName':
        checkType(node);
        return scope;
      case 'RangeTableSample': {
        const method = wordsOf(node.method).join('.');
        if (!sampling.has(method)) refuse('function', method, node, whyNot(method));
        return scope;
      }
      default:
        return scope;
    }
  }

  function checkSelect(node: TreeNode, scope: Scope): Scope {
    if (isNode(node.intoClause)) {
      const target = isNode(node.intoClause.rel) ? text(node.intoClause.rel.relname) : '';
      return refuse('into', target, isNode(node.intoClause.rel) ? node.intoClause.rel : undefined);
    }
    const lock = unwrap(listOf(node.lockingClause)[0]);
    if (node.lockingClause !== undefined) return refuse('lock', lockName(text(lock?.node.strength)));
    if (!isNode(node.withClause)) return scope;
    return withTables(node.withClause, scope);
  }

  /** Each WITH table sees those before it; with RECURSIVE all of them see one another. */
  function withTables(clause: TreeNode, scope: Scope): Scope {
    for (const field of Object.keys(clause))
      if (field !== 'ctes' && field !== 'recursive' && field !== 'location') refuse('construct', `WITH ${field}`);
    const all = listOf(clause.ctes).map((one) => unwrap(one));
    const names = new Set(scope.ctes);
    const name = (one: { node: TreeNode } | null) => text(one?.node.ctename);
    for (const one of all)
      if (judgeSystemRelation(null, name(one)) !== 'not-system') refuse('catalogue', name(one), one?.node);
    if (clause.recursive === true) for (const one of all) names.add(name(one));
    for (const one of all) {
      if (one?.type !== 'CommonTableExpr') return refuse('construct', 'a part of WITH');
      const query = unwrap(one.node.ctequery);
      if (query?.type !== 'SelectStmt') return refuse('writes', statementName(query?.type ?? ''), one.node);
      visit('CommonTableExpr', one.node, { ...scope, ctes: new Set(names) });
      names.add(name(one));
    }
    return { ...scope, ctes: names };
  }

  function checkExplain(node: TreeNode): void {
    const query = unwrap(node.query);
    if (query?.type !== 'SelectStmt') refuse('not-a-read', `EXPLAIN ${statementName(query?.type ?? '')}`);
    for (const option of listOf(node.options)) {
      const name = text(unwrap(option)?.node.defname).toLowerCase();
      if (!explainOptions.has(name)) refuse('explain-option', name.toUpperCase(), unwrap(option)?.node);
    }
  }

  function checkRelation(node: TreeNode, scope: Scope): void {
    const name = text(node.relname);
    const schema = typeof node.schemaname === 'string' ? node.schemaname : null;
    const full = schema === null ? name : `${schema}.${name}`;
    if (node.catalogname !== undefined) refuse('other-database', `${text(node.catalogname)}.${full}`, node);
    if (schema === null && scope.ctes.has(name)) return;
    const system = judgeSystemRelation(schema, name);
    if (system === 'closed') refuse('catalogue', full, node);
    if (system === 'open' && policy.relations === undefined) {
      relations.add(full);
      return;
    }
    const places = schema === null ? (policy.schemas ?? ['public']) : [schema];
    const place = places.find((one) => policy.relations === undefined || policy.relations.has(`${one}.${name}`));
    if (place === undefined) refuse('relation', full, node);
    relations.add(`${place}.${name}`);
  }

  function checkFunction(node: TreeNode): void {
    const parts = wordsOf(node.funcname);
    const full = parts.join('.');
    const plain = parts.at(-1) ?? '';
    functions.add(full);
    if (policy.functions?.has(full)) return;
    if (parts.length > 2 || (parts.length === 2 && parts[0] !== 'pg_catalog') || !allowedFunctions.has(plain))
      refuse('function', full, node, whyNot(plain));
    if (/extract_path/.test(plain) || plain.startsWith('jsonb_path') || plain === 'jsonb_exists')
      for (const arg of listOf(node.args)) checkKeyText(arg, node);
  }

  function checkOperator(name: unknown, node: TreeNode): void {
    const parts = wordsOf(name);
    const plain = parts.at(-1) ?? '';
    if (parts.length > 2 || (parts.length === 2 && parts[0] !== 'pg_catalog') || !allowedOperators.has(plain))
      refuse('operator', parts.join('.'), node);
  }

  /** A secret is as secret inside a document as it is in a column of its own. */
  function checkKey(node: TreeNode): void {
    if (rowFunctions.has(wordsOf(node.name).at(-1) ?? '')) checkKeyText(node.rexpr, node);
  }

  function checkKeyText(value: unknown, node: TreeNode): void {
    const wrapped = unwrap(value);
    if (wrapped?.type === 'TypeCast') {
      checkKeyText(wrapped.node.arg, node);
      return;
    }
    const key = wrapped?.type === 'A_Const' && isNode(wrapped.node.sval) ? text(wrapped.node.sval.sval) : '';
    for (const word of key.split(/[^\p{L}\p{N}_]+/u)) if (isSecretColumn(word)) refuse('secret-column', word, node);
  }

  function checkColumn(fields: readonly string[], node: TreeNode): void {
    for (const field of fields) if (isSecretColumn(field)) refuse('secret-column', field, node);
    const last = fields.at(-1);
    if (last === undefined) return;
    if (policy.secretColumns !== undefined)
      for (const secret of policy.secretColumns)
        if (secret.split('.').at(-1) === last) refuse('secret-column', last, node);
    if (fields.length > 1) checkPath([last], node);
  }

  /** `row.name` calls a function of that name when there is no such column. */
  function checkPath(fields: readonly string[], node: TreeNode): void {
    for (const field of fields) {
      if (isSecretColumn(field)) refuse('secret-column', field, node);
      if (readsAsCall(field) && !(known?.has(field) ?? false)) refuse('call-by-column', field, node);
      if (known !== null && !known.has(field)) refuse('unknown-column', field, node);
    }
  }

  function checkType(node: TreeNode): void {
    const names = wordsOf(node.names);
    if (node.setof === true || node.pct_type === true || names.length > 2)
      refuse('construct', `type ${names.join('.')}`, node);
    if (names.length === 2 && (names[0]?.startsWith('pg_temp') || names[0]?.startsWith('pg_toast')))
      refuse('construct', `type ${names.join('.')}`, node);
  }
}

/** All names a column of this statement may have; null when the reach of the database is not known. */
function knownColumns(tree: unknown, policy: SqlPolicy): ReadonlySet<string> | null {
  if (policy.relations === undefined) return null;
  const names = new Set<string>();
  for (const columns of policy.relations.values()) for (const column of columns) names.add(column);
  collectNames(tree, names);
  return names;
}

const naming: Readonly<Record<string, readonly string[]>> = {
  ResTarget: ['name'],
  Alias: ['aliasname'],
  ColumnDef: ['colname'],
  RangeTableFuncCol: ['colname'],
  JsonTableColumn: ['name'],
  CTESearchClause: ['search_seq_column'],
  CTECycleClause: ['cycle_mark_column', 'cycle_path_column'],
};

/** Names a statement itself gives: aliases, columns of WITH tables, and the built-in functions whose result keeps their name. */
function collectNames(value: unknown, names: Set<string>): void {
  if (Array.isArray(value)) {
    for (const item of value) collectNames(item, names);
    return;
  }
  if (!isNode(value)) return;
  for (const [key, child] of Object.entries(value)) {
    if (isNode(child)) {
      for (const field of naming[key === 'alias' ? 'Alias' : key] ?? []) {
        const name = child[field];
        if (typeof name === 'string') names.add(name);
      }
      if (key === 'FuncCall') {
        const plain = wordsOf(child.funcname).at(-1) ?? '';
        if (allowedFunctions.has(plain)) for (const name of [plain, 'key', 'value', 'ordinality']) names.add(name);
      }
      if (key === 'CaseExpr') names.add('case');
      if (key === 'CoalesceExpr') names.add('coalesce');
    }
    if (key === 'colnames' || key === 'aliascolnames') for (const name of wordsOf(child)) names.add(name);
    collectNames(child, names);
  }
}

function lockName(strength: string): string {
  const names: Readonly<Record<string, string>> = {
    LCS_FORKEYSHARE: 'FOR KEY SHARE',
    LCS_FORSHARE: 'FOR SHARE',
    LCS_FORNOKEYUPDATE: 'FOR NO KEY UPDATE',
    LCS_FORUPDATE: 'FOR UPDATE',
  };
  return names[strength] ?? 'A locking clause';
}

/** INSERT for InsertStmt and so on, as people write it. */
function statementName(type: string): string {
  return type
    .replace(/Stmt$/, '')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toUpperCase();
}
