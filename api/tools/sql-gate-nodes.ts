/** What a node of PostgreSQL's syntax tree may hold: children, children without a wrapper of their own, and plain values. */
export interface NodeShape {
  readonly nodes: readonly string[];
  readonly typed: Readonly<Record<string, string>>;
  readonly values: readonly string[];
}

const shape = (nodes: string, values = '', typed: Readonly<Record<string, string>> = {}): NodeShape => ({
  nodes: nodes.split(' ').filter(Boolean),
  typed,
  values: ['location', ...values.split(' ').filter(Boolean)],
});

const output = { output: 'JsonOutput' };
const onBehaviour = { on_empty: 'JsonBehavior', on_error: 'JsonBehavior' };

/**
 * Every node a reading statement may be made of, with every field it may have. What is not listed is refused: a later
 * version of the grammar gains nothing here until somebody has looked at it.
 */
export const nodeShapes: ReadonlyMap<string, NodeShape> = new Map<string, NodeShape>([
  // Statements
  [
    'SelectStmt',
    shape(
      'distinctClause targetList fromClause whereClause groupClause havingClause windowClause valuesLists sortClause limitOffset limitCount',
      'groupDistinct limitOption op all',
      { withClause: 'WithClause', larg: 'SelectStmt', rarg: 'SelectStmt' },
    ),
  ],
  ['ExplainStmt', shape('query options')],
  ['DefElem', shape('arg', 'defname defaction')],
  ['WithClause', shape('ctes', 'recursive')],
  [
    'CommonTableExpr',
    shape('aliascolnames ctequery', 'ctename ctematerialized', {
      search_clause: 'CTESearchClause',
      cycle_clause: 'CTECycleClause',
    }),
  ],
  ['CTESearchClause', shape('search_col_list', 'search_breadth_first search_seq_column')],
  [
    'CTECycleClause',
    shape('cycle_col_list cycle_mark_value cycle_mark_default', 'cycle_mark_column cycle_path_column'),
  ],
  // From
  ['RangeVar', shape('', 'schemaname relname inh relpersistence', { alias: 'Alias' })],
  ['RangeSubselect', shape('subquery', 'lateral', { alias: 'Alias' })],
  ['RangeFunction', shape('functions coldeflist', 'lateral ordinality is_rowsfrom', { alias: 'Alias' })],
  ['RangeTableSample', shape('relation method args repeatable')],
  ['RangeTableFunc', shape('docexpr rowexpr namespaces columns', 'lateral', { alias: 'Alias' })],
  ['RangeTableFuncCol', shape('colexpr coldefexpr', 'colname for_ordinality is_not_null', { typeName: 'TypeName' })],
  [
    'JoinExpr',
    shape('larg rarg usingClause quals', 'jointype isNatural rtindex', {
      alias: 'Alias',
      join_using_alias: 'Alias',
    }),
  ],
  ['Alias', shape('colnames', 'aliasname')],
  ['ColumnDef', shape('', 'colname is_local', { typeName: 'TypeName', collClause: 'CollateClause' })],
  // Expressions
  ['ResTarget', shape('indirection val', 'name')],
  ['ColumnRef', shape('fields')],
  ['ParamRef', shape('', 'number')],
  ['A_Const', shape('', 'ival fval boolval sval bsval isnull')],
  ['A_Expr', shape('name lexpr rexpr', 'kind rexpr_list_start rexpr_list_end')],
  ['A_ArrayExpr', shape('elements', 'list_start list_end')],
  ['A_Indirection', shape('arg indirection')],
  ['A_Indices', shape('lidx uidx', 'is_slice')],
  ['A_Star', shape('')],
  ['BoolExpr', shape('args', 'boolop')],
  ['NullTest', shape('arg', 'nulltesttype argisrow')],
  ['BooleanTest', shape('arg', 'booltesttype')],
  ['CaseExpr', shape('arg args defresult')],
  ['CaseWhen', shape('expr result')],
  ['CoalesceExpr', shape('args')],
  ['MinMaxExpr', shape('args', 'op')],
  ['SubLink', shape('testexpr operName subselect', 'subLinkType')],
  ['RowExpr', shape('args colnames', 'row_format')],
  [
    'FuncCall',
    shape('funcname args agg_order agg_filter', 'agg_within_group agg_star agg_distinct func_variadic funcformat', {
      over: 'WindowDef',
    }),
  ],
  ['NamedArgExpr', shape('arg', 'name argnumber')],
  ['TypeCast', shape('arg', '', { typeName: 'TypeName' })],
  ['TypeName', shape('names typmods arrayBounds', 'typemod')],
  ['CollateClause', shape('arg collname')],
  ['SortBy', shape('node useOp', 'sortby_dir sortby_nulls')],
  ['WindowDef', shape('partitionClause orderClause startOffset endOffset', 'name refname frameOptions')],
  ['GroupingSet', shape('content', 'kind')],
  ['GroupingFunc', shape('args')],
  ['SQLValueFunction', shape('', 'op typmod')],
  ['XmlExpr', shape('named_args arg_names args', 'op name xmloption indent')],
  ['XmlSerialize', shape('expr', 'xmloption indent', { typeName: 'TypeName' })],
  // JSON
  ['JsonFormat', shape('', 'format_type encoding')],
  ['JsonReturning', shape('', 'typmod', { format: 'JsonFormat' })],
  ['JsonOutput', shape('', '', { typeName: 'TypeName', returning: 'JsonReturning' })],
  ['JsonValueExpr', shape('raw_expr formatted_expr', '', { format: 'JsonFormat' })],
  ['JsonKeyValue', shape('key', '', { value: 'JsonValueExpr' })],
  ['JsonBehavior', shape('expr', 'btype coerce')],
  ['JsonArgument', shape('', 'name', { val: 'JsonValueExpr' })],
  ['JsonIsPredicate', shape('expr', 'item_type unique_keys', { format: 'JsonFormat' })],
  [
    'JsonFuncExpr',
    shape('pathspec passing', 'op column_name wrapper quotes', {
      context_item: 'JsonValueExpr',
      ...output,
      ...onBehaviour,
    }),
  ],
  ['JsonTablePathSpec', shape('string', 'name name_location')],
  [
    'JsonTable',
    shape('passing columns', 'lateral', {
      context_item: 'JsonValueExpr',
      pathspec: 'JsonTablePathSpec',
      on_error: 'JsonBehavior',
      alias: 'Alias',
    }),
  ],
  [
    'JsonTableColumn',
    shape('columns', 'coltype name wrapper quotes', {
      typeName: 'TypeName',
      pathspec: 'JsonTablePathSpec',
      format: 'JsonFormat',
      ...onBehaviour,
    }),
  ],
  ['JsonParseExpr', shape('', 'unique_keys', { expr: 'JsonValueExpr', ...output })],
  ['JsonScalarExpr', shape('expr', '', output)],
  ['JsonSerializeExpr', shape('', '', { expr: 'JsonValueExpr', ...output })],
  ['JsonObjectConstructor', shape('exprs', 'absent_on_null unique', output)],
  ['JsonArrayConstructor', shape('exprs', 'absent_on_null', output)],
  ['JsonArrayQueryConstructor', shape('query', 'absent_on_null', { ...output, format: 'JsonFormat' })],
  ['JsonAggConstructor', shape('agg_filter agg_order', '', { ...output, over: 'WindowDef' })],
  ['JsonObjectAgg', shape('', 'absent_on_null unique', { constructor: 'JsonAggConstructor', arg: 'JsonKeyValue' })],
  ['JsonArrayAgg', shape('', 'absent_on_null', { constructor: 'JsonAggConstructor', arg: 'JsonValueExpr' })],
  // Values
  ['String', shape('', 'sval')],
  ['Integer', shape('', 'ival')],
  ['Float', shape('', 'fval')],
  ['Boolean', shape('', 'boolval')],
  ['BitString', shape('', 'bsval')],
  ['List', shape('items')],
]);

/** A JSON object of the tree. */
export type TreeNode = Readonly<Record<string, unknown>>;

/** Whether a value of the tree is an object with fields. */
export function isNode(value: unknown): value is TreeNode {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** The type and content of a wrapped node; null for anything that is none. An empty wrapper stands for nothing. */
export function unwrap(value: unknown): { readonly type: string; readonly node: TreeNode } | null {
  if (!isNode(value)) return null;
  const [type, ...rest] = Object.keys(value);
  const node = type === undefined ? undefined : value[type];
  return type === undefined || rest.length > 0 || !isNode(node) ? null : { type, node };
}

/** The words of a list of String nodes: a name in its parts. */
export function wordsOf(list: unknown): string[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((one) => {
    const wrapped = unwrap(one);
    return wrapped?.type === 'String' && typeof wrapped.node.sval === 'string' ? [wrapped.node.sval] : [];
  });
}

/** A child as it is written in a list: always a list. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];
}

/** Every node of a type below a value, in writing order, with or without a wrapper around it. */
export function* nodesBelow(value: unknown, type: string): Generator<TreeNode> {
  if (Array.isArray(value)) {
    for (const item of value) yield* nodesBelow(item, type);
    return;
  }
  if (!isNode(value)) return;
  for (const [key, child] of Object.entries(value)) {
    if (key === type && isNode(child)) yield child;
    yield* nodesBelow(child, type);
  }
}
