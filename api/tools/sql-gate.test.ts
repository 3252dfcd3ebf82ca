import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { ordinaryReads, refusedStatements } from '../../test/support/sql-examples.ts';
import { loadSqlGate, type SqlGate, type SqlRefusalCode } from './sql-gate.ts';

let gate: SqlGate;
beforeAll(async () => {
  gate = await loadSqlGate();
});

test.each(ordinaryReads.map((sql) => [sql]))('an ordinary read passes: %s', (sql) => {
  expect(gate(sql)).toMatchObject({ verdict: 'allow' });
});

test.each(refusedStatements)('refused as %s: %s', (code, sql) => {
  const verdict = gate(sql);

  expect(verdict).toMatchObject({ verdict: 'refuse', code });
  if (verdict.verdict === 'refuse') {
    expect(verdict.reason.en.length).toBeGreaterThan(10);
    expect(verdict.reason.ko).toMatch(/[가-힣]/);
  }
});

test.each([
  ['select pg_sleep(1)', 'pg_sleep'],
  ['select a, "lo_import"(\'/etc/passwd\') from t', 'lo_import'],
  ['select * from pg_catalog.pg_authid', 'pg_catalog.pg_authid'],
  ['select u.api_key from users u', 'api_key'],
  ['with gone as (delete from t returning 1) select * from gone', 'DELETE'],
])('the reason of %s names %s', (sql, part) => {
  const verdict = gate(sql);

  expect(verdict.verdict === 'refuse' && verdict.part).toBe(part);
  expect(verdict.verdict === 'refuse' && verdict.reason.en).toContain(part);
  expect(verdict.verdict === 'refuse' && verdict.reason.ko).toContain(part);
});

const { stringMatching, constantFrom, array, record, integer } = fc;
/** Ways of writing the same statement: letter case, white space, comments. */
const dress = record({
  seed: integer({ min: 1, max: 2 ** 30 }),
  gaps: array(constantFrom(' ', '\n', '\t', ' /* x */ ', ' -- y\n', '  ', '/**/ ', ' /* a /* b */ c */ '), {
    minLength: 3,
    maxLength: 9,
  }),
});

function dressed(sql: string, { seed, gaps }: { seed: number; gaps: string[] }): string {
  let n = 0;
  // Quoted parts keep their letters.
  return sql.replace(/'(?:[^']|'')*'|"[^"]*"|\$\$[\s\S]*?\$\$|\s+|[a-zA-Z]+/g, (part) => {
    n++;
    if (/^\s+$/.test(part)) return gaps[n % gaps.length] ?? ' ';
    if (!/^[a-zA-Z]+$/.test(part)) return part;
    return [...part]
      .map((letter, i) => (((seed >> ((i + n) % 28)) & 1) === 1 ? letter.toUpperCase() : letter))
      .join('');
  });
}

test('however it is written, a bad statement stays refused for the same reason', () => {
  const bad = refusedStatements.filter(([code]) => !['syntax', 'empty', 'too-long', 'too-deep'].includes(code));
  fc.assert(
    fc.property(constantFrom(...bad), dress, ([code, sql], how) => {
      expect(gate(dressed(sql, how))).toMatchObject({ verdict: 'refuse', code });
    }),
    { numRuns: 1_500 },
  );
});

test('however it is written, an ordinary read stays allowed', () => {
  fc.assert(
    fc.property(constantFrom(...ordinaryReads.filter((sql) => !sql.includes('--'))), dress, (sql, how) => {
      expect(gate(dressed(sql, how)).verdict).toBe('allow');
    }),
    { numRuns: 1_500 },
  );
});

/** Places of a read an expression can stand in. */
const places: readonly ((expression: string) => string)[] = [
  (one) => `select ${one}`,
  (one) => `select a from t where ${one} is not null`,
  (one) => `select a from t order by ${one}`,
  (one) => `select count(*) from t group by ${one}`,
  (one) => `select count(*) filter (where ${one} is null) from t`,
  (one) => `select a from t having ${one} is null`,
  (one) => `select a from t limit (${one})::int`,
  (one) => `select a from t offset (${one})::int`,
  (one) => `select sum(a) over (partition by ${one}) from t`,
  (one) => `select sum(a) over w from t window w as (order by ${one})`,
  (one) => `select case when true then 1 else (${one})::int end`,
  (one) => `select coalesce(null, ${one}::text)`,
  (one) => `select (select ${one})`,
  (one) => `select array[${one}]`,
  (one) => `select a[(${one})::int] from t`,
  (one) => `select row(${one})`,
  (one) => `select * from (values (${one})) v(x)`,
  (one) => `select * from t join u on ${one} is null`,
  (one) => `select * from t, lateral (select ${one}) l`,
  (one) => `with c as (select ${one}) select * from c`,
  (one) => `select 1 union all select (${one})::int`,
  (one) => `select json_object('k': ${one})`,
  (one) => `select json_array(${one})`,
  (one) => `select jsonb_build_object('k', ${one})`,
  (one) => `select percentile_cont((${one})::float8) within group (order by a) from t`,
  (one) => `select string_agg(a, ',' order by ${one}) from t`,
  (one) => `select a in (${one}) from t`,
  (one) => `select a between ${one} and 3 from t`,
  (one) => `select exists (select ${one})`,
  (one) => `select * from t tablesample system ((${one})::float4)`,
  (one) => `select xmlelement(name x, ${one})`,
  (one) => `explain select ${one}`,
];

test('a refused call is found wherever an expression may stand, and a harmless one passes there', () => {
  const calls = [
    'pg_sleep(1)',
    "pg_read_file('/etc/passwd')",
    "set_config('a','b',true)",
    "nextval('s')",
    'lo_get(1)',
    'danger(1)',
    'public.lower(a)',
    "query_to_xml('select 1',true,true,'')",
    'pg_terminate_backend(1)',
    "dblink('a','b')",
  ];
  for (const place of places) {
    expect([place('lower(a)'), gate(place("lower('a')")).verdict]).toEqual([place('lower(a)'), 'allow']);
    for (const call of calls) expect([place(call), gate(place(call)).verdict]).toEqual([place(call), 'refuse']);
  }
});

test('a refused table is found wherever a table may stand', () => {
  const from: readonly ((table: string) => string)[] = [
    (table) => `select * from ${table}`,
    (table) => `table ${table}`,
    (table) => `select 1 from t join ${table} x on true`,
    (table) => `select 1 from t natural join ${table}`,
    (table) => `select (select count(*) from ${table})`,
    (table) => `select 1 where exists (table ${table})`,
    (table) => `with c as (select * from ${table}) select 1`,
    (table) => `select 1 union select 1 from ${table}`,
    (table) => `(select 1) except (select 1 from ${table})`,
    (table) => `select * from ${table} tablesample bernoulli (1)`,
    (table) => `select * from only ${table}`,
    (table) => `select json_array(select 1 from ${table})`,
    (table) => `explain (format json) select * from ${table}`,
    (table) => `select * from t cross join lateral (select * from ${table}) l`,
  ];
  for (const place of from) {
    expect([place('orders'), gate(place('orders')).verdict]).toEqual([place('orders'), 'allow']);
    for (const table of [
      'pg_shadow',
      'pg_catalog.pg_authid',
      'pg_user_mappings',
      'pg_settings',
      'pg_hba_file_rules',
      'pg_stat_activity',
      'pg_toast.pg_toast_1',
      'information_schema.user_mapping_options',
    ])
      expect([place(table), gate(place(table)).verdict]).toEqual([place(table), 'refuse']);
  }
});

test('no text, however odd, makes the gate throw, and what it lets through is a read by its tree', () => {
  const piece = constantFrom(
    'select',
    'insert',
    'into',
    'from',
    't',
    '(',
    ')',
    ',',
    '*',
    ';',
    "'",
    '"',
    '$$',
    '--',
    '/*',
    '*/',
    'with',
    'as',
    'delete',
    'update',
    'set',
    'a',
    '1',
    '::',
    'int',
    '=',
    'union',
    'for',
    'copy',
    'do',
    '결제',
    '\u0000',
    '\ud800',
    '%',
    'begin',
    'commit',
    'values',
    'returning',
    'where',
    'recursive',
    'explain',
    'analyze',
  );
  fc.assert(
    fc.property(array(piece, { maxLength: 30 }), stringMatching(/^[ -~]{0,40}$/), (parts, tail) => {
      for (const text of [parts.join(' '), `${parts.join(' ')}${tail}`, tail]) {
        const verdict = gate(text);
        if (verdict.verdict === 'allow') expect(JSON.stringify(verdict.tree)).toMatch(/^\{"(SelectStmt|ExplainStmt)":/);
        if (verdict.verdict === 'allow')
          expect(JSON.stringify(verdict.tree)).not.toMatch(/"(?:Insert|Update|Delete|Merge|Copy)Stmt"|intoClause/);
      }
    }),
    { numRuns: 3_000 },
  );
});

test('deep nesting is answered, and the gate works afterwards', () => {
  for (const depth of [50, 150, 400, 900, 2_000, 6_000])
    for (const text of [
      `select ${'('.repeat(depth)}1${')'.repeat(depth)}`,
      `select ${'1+'.repeat(depth)}1`,
      `select ${'not '.repeat(depth)}true`,
      `select ${'- '.repeat(depth)}1`,
      `select 1${'::int'.repeat(depth)}`,
      `select 1${' union select 1'.repeat(depth)}`,
      `select a${'[1]'.repeat(depth)} from t`,
      `select ${'case when true then '.repeat(depth)}1${' end'.repeat(depth)}`,
      `select * from ${'(select * from '.repeat(depth)}t${') x'.repeat(depth)}`,
    ]) {
      expect(['allow', 'refuse']).toContain(gate(text).verdict);
      expect(gate('select 1').verdict).toBe('allow');
    }
});

test('a registered database is read within its tables and columns alone', () => {
  const policy = {
    relations: new Map([
      ['public.orders', ['id', 'amount', 'customer_id', 'placed_at']],
      ['shop.items', ['id', 'name']],
    ]),
  };
  const judged = (sql: string): SqlRefusalCode | 'allow' => {
    const verdict = gate(sql, policy);
    return verdict.verdict === 'allow' ? 'allow' : verdict.code;
  };

  expect(judged('select o.id, sum(o.amount) as total from orders o group by o.id order by total')).toBe('allow');
  expect(judged('select i.name from shop.items i')).toBe('allow');
  expect(judged('with best as (select id, amount as worth from orders) select best.worth from best')).toBe('allow');
  expect(judged("select e.value from orders o, jsonb_each('{}') e")).toBe('allow');
  expect(judged('select * from items')).toBe('relation');
  expect(judged('select * from customers')).toBe('relation');
  expect(judged('select * from pg_class')).toBe('relation');
  expect(judged('select * from information_schema.tables')).toBe('relation');
  // A function of the user's own may be called as if it were a column.
  expect(judged('select o.danger from orders o')).toBe('unknown-column');
  expect(judged('select (o).danger from orders o')).toBe('unknown-column');
});

test('functions a database adds to its list may be called, others may not', () => {
  expect(gate('select st_area(geom) from t', { functions: new Set(['st_area']) }).verdict).toBe('allow');
  expect(gate('select st_area(geom) from t').verdict).toBe('refuse');
});
