import { isNode, listOf, nodesBelow, type TreeNode, unwrap, wordsOf } from './sql-gate-nodes.ts';

/** What stands in the place of a value nobody may see. */
export const maskedValue = '•••';

/** What masking needs to know of a statement and its answer. */
export interface MaskQuestion {
  /** The parsed statement the answer belongs to. */
  readonly tree: unknown;
  /** `column`, `table.column` or `schema.table.column`. */
  readonly maskedColumns: readonly string[];
  readonly columns: readonly { readonly name: string; readonly origin: string | null }[];
}

const lastPart = (name: string): string => name.split('.').at(-1) ?? name;

/** Whether a column of a table stands under a rule. */
function ruled(origin: string, rules: readonly string[]): boolean {
  const parts = origin.split('.');
  return rules.some((rule) => rule === parts.at(-1) || rule === parts.slice(-2).join('.') || rule === origin);
}

/**
 * Which columns of an answer are masked. A value straight from a table is judged by where it comes from, whatever it is called now. A computed one
 * is masked when anything in its making may hold a masked value: a renamed column, a whole row, a star. In doubt it is masked.
 */
export function maskedOutputs(question: MaskQuestion): readonly boolean[] {
  const { columns, maskedColumns: rules } = question;
  if (rules.length === 0) return columns.map(() => false);
  const tainted = taintedNames(question.tree, rules);
  const top = unwrap(question.tree);
  const branches = top?.type === 'SelectStmt' ? branchesOf(top.node) : [];
  const targets = branches.map((one) => listOf(one.targetList).map((target) => unwrap(target)?.node));
  const combined = branches.length > 1;
  const starred = targets.some((list) => list.some((one) => hasStar(one?.val)));
  return columns.map(({ name, origin }, at) => {
    if (origin !== null && !combined) return ruled(origin, rules);
    if (tainted.names.has(name)) return true;
    // Positions cannot be told apart once a star stands among the targets.
    if (starred) return tainted.touched;
    return branches.length === 0 || targets.some((list) => dirty(list[at]?.val, tainted));
  });
}

/** The SELECTs of a UNION and its like; a VALUES list has no targets and is no branch of a table. */
function branchesOf(select: TreeNode): readonly TreeNode[] {
  return isNode(select.larg) && isNode(select.rarg)
    ? [...branchesOf(select.larg), ...branchesOf(select.rarg)]
    : [select];
}

interface Taint {
  readonly names: ReadonlySet<string>;
  /** Relations and aliases whose whole row may hold a masked value. */
  readonly rows: ReadonlySet<string>;
  readonly touched: boolean;
  /** A table made by a function out of masked values: then no computed value can be told clean. */
  readonly everything: boolean;
}

const hasStar = (value: unknown): boolean =>
  [...nodesBelow(value, 'ColumnRef')].some((one) =>
    listOf(one.fields).some((field) => unwrap(field)?.type === 'A_Star'),
  );

/** Whether an expression may carry a masked value. Counting says how many there are, not what they are. */
function dirty(value: unknown, taint: Taint): boolean {
  const wrapped = unwrap(value);
  if (wrapped === null) return Array.isArray(value) && value.some((one) => dirty(one, taint));
  const { type, node } = wrapped;
  if (type === 'FuncCall' && wordsOf(node.funcname).at(-1) === 'count') return false;
  if (type === 'ColumnRef') {
    const fields = wordsOf(node.fields);
    if (hasStar(value)) return taint.touched;
    const last = fields.at(-1) ?? '';
    return taint.everything || taint.names.has(last) || taint.rows.has(last);
  }
  return Object.entries(node).some(([, child]) => below(child, taint));
}

function below(child: unknown, taint: Taint): boolean {
  if (Array.isArray(child)) return child.some((one) => below(one, taint));
  if (!isNode(child)) return false;
  const wrapped = unwrap(child);
  if (wrapped !== null && /^[A-Z]/.test(wrapped.type)) return dirty(child, taint);
  return Object.values(child).some((one) => below(one, taint));
}

/** Names that may stand for a masked value anywhere in the statement: the masked ones, and whatever was made from them, until nothing is added. */
function taintedNames(tree: unknown, rules: readonly string[]): Taint {
  const names = new Set(rules.map(lastPart));
  const rows = new Set<string>();
  for (const range of nodesBelow(tree, 'RangeVar')) {
    if (typeof range.relname === 'string') rows.add(range.relname);
    if (isNode(range.alias) && typeof range.alias.aliasname === 'string') rows.add(range.alias.aliasname);
  }
  for (const kind of ['RangeSubselect', 'RangeFunction', 'JoinExpr', 'CommonTableExpr'])
    for (const range of nodesBelow(tree, kind)) {
      if (isNode(range.alias) && typeof range.alias.aliasname === 'string') rows.add(range.alias.aliasname);
      if (typeof range.ctename === 'string') rows.add(range.ctename);
    }
  const touched = rows.size > 0;
  let everything = false;
  for (let before = ''; before !== `${names.size} ${everything}`; ) {
    before = `${names.size} ${everything}`;
    const taint = { names, rows, touched, everything };
    for (const target of nodesBelow(tree, 'ResTarget'))
      if (typeof target.name === 'string' && dirty(target.val, taint)) names.add(target.name);
    // Columns renamed by position: all of them, when anything below may be masked.
    for (const [given, source] of renamings(tree))
      if (hasStar(source) || below(source, taint)) for (const name of given) names.add(name);
    for (const name of namesOfValues(tree, taint)) names.add(name);
    for (const union of unionsBelow(tree)) for (const name of namesOfUnion(union, taint)) names.add(name);
    for (const kind of ['RangeFunction', 'RangeTableFunc', 'JsonTable'])
      for (const one of nodesBelow(tree, kind)) everything ||= below(Object.values(one), taint);
  }
  return { names, rows, touched, everything };
}

/** Columns of a VALUES list are called column1, column2 and so on. */
function namesOfValues(tree: unknown, taint: Taint): string[] {
  return [...nodesBelow(tree, 'SelectStmt')].flatMap((select) =>
    listOf(select.valuesLists).flatMap((row) =>
      listOf(unwrap(row)?.node.items).flatMap((value, at) => (dirty(value, taint) ? [`column${at + 1}`] : [])),
    ),
  );
}

/** The first branch names the columns of a UNION, the others may bring what they hold. */
function namesOfUnion(union: TreeNode, taint: Taint): string[] {
  const branches = branchesOf(union).map((one) => listOf(one.targetList).map((target) => unwrap(target)?.node));
  const starred = branches.some((list) => list.some((one) => hasStar(one?.val)));
  return (branches[0] ?? []).flatMap((target, at) => {
    const masked = starred ? taint.touched : branches.some((list) => dirty(list[at]?.val, taint));
    const reference = unwrap(target?.val);
    const name =
      typeof target?.name === 'string'
        ? target.name
        : reference?.type === 'ColumnRef'
          ? wordsOf(reference.node.fields).at(-1)
          : undefined;
    return masked && name !== undefined ? [name] : [];
  });
}

function* unionsBelow(value: unknown): Generator<TreeNode> {
  if (Array.isArray(value)) for (const item of value) yield* unionsBelow(item);
  if (!isNode(value)) return;
  if (isNode(value.larg) && isNode(value.rarg) && value.op !== undefined) yield value;
  for (const child of Object.values(value)) yield* unionsBelow(child);
}

function* renamings(tree: unknown): Generator<readonly [readonly string[], unknown]> {
  for (const one of nodesBelow(tree, 'CommonTableExpr'))
    if (one.aliascolnames !== undefined) yield [wordsOf(one.aliascolnames), one.ctequery];
  for (const [kind, field] of [
    ['RangeSubselect', 'subquery'],
    ['RangeFunction', 'functions'],
  ] as const)
    for (const one of nodesBelow(tree, kind))
      if (isNode(one.alias) && one.alias.colnames !== undefined) yield [wordsOf(one.alias.colnames), one[field]];
  for (const one of nodesBelow(tree, 'RangeVar'))
    if (isNode(one.alias) && one.alias.colnames !== undefined)
      yield [wordsOf(one.alias.colnames), { ColumnRef: { fields: [{ A_Star: {} }] } }];
}
