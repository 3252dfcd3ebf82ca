import { isNode, listOf, nodesBelow, type TreeNode, unwrap, wordsOf } from './sql-gate-nodes.ts';
import { Refused, refusal } from './sql-gate-reasons.ts';

/** Rows a statement may make out of nothing: a day by the minute for two months, but no bomb. */
const mostMadeRows = 100_000;
/** Characters or elements one value may be made of. */
const mostMadeLength = 10_000;
const mostLiteral = 1_000_000;

/** Functions that make a value as large as one of their arguments says, and which one that is. */
const growing: ReadonlyMap<string, number> = new Map([
  ['repeat', 1],
  ['lpad', 1],
  ['rpad', 1],
  ['array_fill', 1],
]);
const measuring: ReadonlySet<string> = new Set([
  'length',
  'char_length',
  'character_length',
  'octet_length',
  'greatest',
  'least',
  'round',
  'floor',
  'ceil',
  'abs',
  'cardinality',
]);

type Found = number | 'from-rows' | 'unknown';

/** A number that can be worked out from constants; `from-rows` when it depends on columns, `unknown` when neither. */
function evaluate(value: unknown): Found {
  const wrapped = unwrap(value);
  if (wrapped === null) return 'unknown';
  const { type, node } = wrapped;
  switch (type) {
    case 'A_Const':
      return constant(node);
    case 'TypeCast':
      return castOf(node);
    case 'ColumnRef':
    case 'ParamRef':
      return 'from-rows';
    case 'A_Expr':
      return calculated(node);
    case 'FuncCall': {
      const name = wordsOf(node.funcname).at(-1) ?? '';
      if (name === 'now' || name === 'date_trunc') return name === 'now' ? nowSeconds : evaluate(listOf(node.args)[1]);
      return measuring.has(name) ? 'from-rows' : 'unknown';
    }
    case 'SQLValueFunction':
      return nowSeconds;
    case 'SubLink':
    case 'CoalesceExpr':
    case 'MinMaxExpr':
      return 'from-rows';
    default:
      return 'unknown';
  }
}

/** Moments are compared in seconds; which now is meant does not matter to a length of time. */
const nowSeconds = 1_800_000_000;

function constant(node: TreeNode): Found {
  if (isNode(node.ival)) return typeof node.ival.ival === 'number' ? node.ival.ival : 0;
  if (isNode(node.fval)) return Number(node.fval.fval);
  if (isNode(node.sval) && typeof node.sval.sval === 'string') return textValue(node.sval.sval);
  return 'unknown';
}

const units: readonly (readonly [RegExp, number])[] = [
  [/^mi(n|nutes?|ns)?$/, 60],
  [/^(s|secs?|seconds?)$/, 1],
  [/^(ms|milliseconds?)$/, 0.001],
  [/^(us|microseconds?)$/, 0.000_001],
  [/^(h|hours?|hrs?)$/, 3_600],
  [/^(d|days?)$/, 86_400],
  [/^(w|weeks?)$/, 604_800],
  [/^(mons?|months?)$/, 2_592_000],
  [/^(y|years?|yrs?)$/, 31_536_000],
  [/^(decades?)$/, 315_360_000],
  [/^(century|centuries)$/, 3_153_600_000],
];

/** A number, a date, a moment or a length of time written as text, in seconds where it is a time. */
function textValue(text: string): Found {
  const trimmed = text.trim().toLowerCase();
  if (/^[+-]?\d+(\.\d+)?$/.test(trimmed)) return Number(trimmed);
  const clock = /^(\d+):(\d\d)(?::(\d\d(?:\.\d+)?))?$/.exec(trimmed);
  if (clock !== null) return Number(clock[1]) * 3_600 + Number(clock[2]) * 60 + Number(clock[3] ?? 0);
  if (/^\d{4}-\d\d?(-\d\d?)?/.test(trimmed)) {
    const moment = Date.parse(trimmed.replace(' ', 't'));
    return Number.isNaN(moment) ? 'unknown' : moment / 1_000;
  }
  let seconds = 0;
  let rest = trimmed;
  for (;;) {
    const part = /^([+-]?\d+(?:\.\d+)?)\s*([a-z]+)\s*/.exec(rest);
    if (part === null) return rest === '' && trimmed !== '' ? seconds : 'unknown';
    const unit = units.find(([pattern]) => pattern.test(part[2] ?? ''));
    if (unit === undefined) return 'unknown';
    seconds += Number(part[1]) * unit[1];
    rest = rest.slice(part[0].length);
  }
}

function castOf(node: TreeNode): Found {
  const named = isNode(node.typeName) ? wordsOf(node.typeName.names).at(-1) : undefined;
  const inner = unwrap(node.arg);
  // interval '5' minute keeps its unit in the type.
  if (named === 'interval' && isNode(node.typeName) && node.typeName.typmods !== undefined) {
    const amount = evaluate(node.arg);
    return typeof amount === 'number' ? amount * 0.000_001 : amount;
  }
  return inner === null ? 'unknown' : evaluate(node.arg);
}

function calculated(node: TreeNode): Found {
  const left = node.lexpr === undefined ? 0 : evaluate(node.lexpr);
  const right = evaluate(node.rexpr);
  if (typeof left === 'number' && typeof right === 'number') {
    switch (wordsOf(node.name).at(-1)) {
      case '+':
        return left + right;
      case '-':
        return left - right;
      case '*':
        return left * right;
      case '/':
        return right === 0 ? 'unknown' : left / right;
      case '^':
        return left ** right;
      default:
        return 'unknown';
    }
  }
  const growsByItself = wordsOf(node.name).at(-1) === '*' || wordsOf(node.name).at(-1) === '^';
  return left === 'unknown' || right === 'unknown' || growsByItself ? 'unknown' : 'from-rows';
}

/** Refuses statements that make rows or values out of nothing without a measure. What depends on stored rows is left to the limits of time and size. */
export function checkSizes(tree: unknown): void {
  let made = 1;
  let length = 1;
  let sized = false;
  for (const call of nodesBelow(tree, 'FuncCall')) {
    const name = wordsOf(call.funcname).at(-1) ?? '';
    const at = typeof call.location === 'number' ? call.location : null;
    if (name === 'generate_series') {
      const rows = seriesRows(call);
      sized ||= rows === 'from-rows';
      if (rows === 'unknown') throw new Refused(refusal('too-many-rows', 'generate_series', at));
      if (typeof rows === 'number') made *= Math.max(1, rows);
      if (made > mostMadeRows) throw new Refused(refusal('too-many-rows', 'generate_series', at));
    }
    const argument = growing.get(name);
    if (argument === undefined) continue;
    const asked = listOf(call.args)[argument];
    const array = unwrap(asked)?.type === 'A_ArrayExpr' ? listOf(unwrap(asked)?.node.elements) : [asked];
    for (const one of array) {
      const size = evaluate(one);
      if (size === 'unknown') throw new Refused(refusal('too-large-value', name, at));
      sized ||= size === 'from-rows';
      if (typeof size === 'number') length *= Math.max(1, size);
      if (length > mostMadeLength) throw new Refused(refusal('too-large-value', name, at));
    }
  }
  if (sized && largestLiteral(tree) > mostLiteral) throw new Refused(refusal('too-large-value', 'a number this large'));
}

function seriesRows(call: TreeNode): Found {
  const [from, to, step] = listOf(call.args);
  const start = evaluate(from);
  const end = evaluate(to);
  const stride = step === undefined ? 1 : evaluate(step);
  if (start === 'unknown' || end === 'unknown' || stride === 'unknown') return 'unknown';
  if (typeof stride !== 'number') return 'from-rows';
  if (stride === 0) return 'unknown';
  if (typeof start !== 'number' || typeof end !== 'number') {
    // A column may end it, but not a step of a blink.
    return Math.abs(stride) < 1 ? 'unknown' : 'from-rows';
  }
  return Math.max(0, Math.floor(Math.abs(end - start) / Math.abs(stride)) + 1);
}

function largestLiteral(tree: unknown): number {
  let largest = 0;
  for (const one of nodesBelow(tree, 'A_Const')) {
    const value = constant(one);
    if (typeof value === 'number' && !isNode(one.sval)) largest = Math.max(largest, Math.abs(value));
  }
  return largest;
}

const aggregates: ReadonlySet<string> = new Set([
  'count',
  'sum',
  'avg',
  'min',
  'max',
  'array_agg',
  'string_agg',
  'json_agg',
  'jsonb_agg',
]);

/**
 * Refuses WITH RECURSIVE that makes rows out of itself for ever: its recursive part must lean on stored rows by a condition, be limited by a
 * comparison with a number, or be read by a plain LIMIT.
 */
export function checkRecursion(tree: unknown): void {
  for (const select of selectsBelow(tree)) recursionOf(select);
}

/** Every part with a WITH of its own, also inside brackets of a UNION. */
function* selectsBelow(value: unknown): Generator<TreeNode> {
  if (Array.isArray(value)) for (const item of value) yield* selectsBelow(item);
  if (!isNode(value)) return;
  if (value.withClause !== undefined) yield value;
  for (const child of Object.values(value)) yield* selectsBelow(child);
}

function recursionOf(select: TreeNode): void {
  if (!isNode(select.withClause) || select.withClause.recursive !== true) return;
  for (const one of listOf(select.withClause.ctes)) {
    const table = unwrap(one)?.node;
    const query = unwrap(table?.ctequery)?.node;
    if (table === undefined || query === undefined || !isNode(query.rarg)) continue;
    const name = typeof table.ctename === 'string' ? table.ctename : '';
    const names = [...nodesBelow(query.rarg, 'RangeVar')].map((range) => range.relname);
    if (!names.includes(name) || table.cycle_clause !== undefined) continue;
    const leans = names.some((other) => other !== name) && hasCondition(query.rarg);
    if (!leans && !isBounded(query.rarg) && !readsFew(select))
      throw new Refused(refusal('endless-recursion', name, typeof table.location === 'number' ? table.location : null));
  }
}

const hasCondition = (query: TreeNode): boolean =>
  query.whereClause !== undefined ||
  [...nodesBelow(query.fromClause, 'JoinExpr')].some(
    (join) => join.quals !== undefined || join.usingClause !== undefined || join.isNatural === true,
  );

/** A comparison of a column with a number, a moment or a subquery that every row has to pass. */
function isBounded(query: TreeNode): boolean {
  return conjuncts(query.whereClause).some((one) => {
    const operator = wordsOf(one.name).at(-1) ?? '';
    if (!['<', '<=', '>', '>=', '<>', '!='].includes(operator)) return false;
    const sides = [one.lexpr, one.rexpr];
    const measure = sides.some((side) => {
      const value = evaluate(side);
      if (typeof value === 'number') return Math.abs(value) <= mostLiteral || value >= nowSeconds / 2;
      return unwrap(side)?.type === 'SubLink';
    });
    return measure && sides.some((side) => evaluate(side) === 'from-rows');
  });
}

function conjuncts(where: unknown): readonly TreeNode[] {
  const wrapped = unwrap(where);
  if (wrapped?.type === 'A_Expr') return [wrapped.node];
  if (wrapped?.type !== 'BoolExpr' || wrapped.node.boolop !== 'AND_EXPR') return [];
  return listOf(wrapped.node.args).flatMap(conjuncts);
}

/** A plain LIMIT stops the making of rows, unless something wants all of them first. */
function readsFew(select: TreeNode): boolean {
  const limit = evaluate(select.limitCount);
  if (typeof limit !== 'number' || limit > mostMadeRows) return false;
  if (
    ['whereClause', 'sortClause', 'groupClause', 'distinctClause', 'windowClause', 'havingClause', 'larg'].some(
      (field) => select[field] !== undefined,
    )
  )
    return false;
  const from = listOf(select.fromClause);
  if (from.length !== 1 || unwrap(from[0])?.type !== 'RangeVar') return false;
  return ![...nodesBelow(select.targetList, 'FuncCall')].some(
    (call) => call.over !== undefined || aggregates.has(wordsOf(call.funcname).at(-1) ?? ''),
  );
}
