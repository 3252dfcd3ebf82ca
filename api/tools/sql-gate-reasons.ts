/** Why a statement is refused; a closed list. */
export type SqlRefusalCode =
  | 'empty'
  | 'too-long'
  | 'too-deep'
  | 'syntax'
  | 'many-statements'
  | 'not-a-read'
  | 'writes'
  | 'into'
  | 'lock'
  | 'explain-option'
  | 'construct'
  | 'function'
  | 'operator'
  | 'catalogue'
  | 'relation'
  | 'other-database'
  | 'secret-column'
  | 'unknown-column'
  | 'call-by-column'
  | 'too-many-rows'
  | 'too-large-value'
  | 'endless-recursion';

/** A reason that names the bad part, in both languages. */
export interface SqlRefusal {
  readonly code: SqlRefusalCode;
  /** The bad part as it stands in the statement, as far as it has a name. */
  readonly part: string;
  /** Where it begins, in bytes from the start; null when unknown. */
  readonly at: number | null;
  readonly reason: { readonly en: string; readonly ko: string };
}

type Why = { readonly en: string; readonly ko: string };
const none: Why = { en: '', ko: '' };

const texts: Readonly<Record<SqlRefusalCode, (part: string, why: Why) => Why>> = {
  empty: () => ({ en: 'There is no statement.', ko: '문장이 없습니다.' }),
  'too-long': (part) => ({
    en: `The statement is longer than ${part} characters.`,
    ko: `문장이 ${part}자보다 깁니다.`,
  }),
  'too-deep': () => ({ en: 'The statement is nested too deeply.', ko: '문장의 중첩이 너무 깊습니다.' }),
  syntax: (part) => ({ en: `Not valid SQL: ${part}.`, ko: `올바른 SQL이 아닙니다: ${part}.` }),
  'many-statements': (part) => ({
    en: `Only one statement may be run, this has ${part}.`,
    ko: `한 문장만 실행할 수 있습니다. 문장이 ${part}개입니다.`,
  }),
  'not-a-read': (part) => ({
    en: `${part} is refused: only SELECT and plain EXPLAIN are run.`,
    ko: `${part}은(는) 실행하지 않습니다. SELECT와 EXPLAIN만 가능합니다.`,
  }),
  writes: (part) => ({
    en: `${part} inside WITH changes data and is refused.`,
    ko: `WITH 안의 ${part}은(는) 데이터를 바꾸므로 거부합니다.`,
  }),
  into: (part) => ({
    en: `SELECT INTO makes the table ${part} and is refused.`,
    ko: `SELECT INTO는 테이블 ${part}을(를) 만들므로 거부합니다.`,
  }),
  lock: (part) => ({ en: `${part} takes locks and is refused.`, ko: `${part}은(는) 잠금을 잡으므로 거부합니다.` }),
  'explain-option': (part) => ({
    en: `EXPLAIN with ${part} is refused: only the plan may be shown.`,
    ko: `EXPLAIN의 ${part} 옵션은 거부합니다. 실행 계획만 볼 수 있습니다.`,
  }),
  construct: (part) => ({ en: `${part} is not allowed in a read.`, ko: `조회에 ${part}은(는) 쓸 수 없습니다.` }),
  function: (part, why) => ({
    en: `The function ${part} is refused: ${why.en}.`,
    ko: `함수 ${part}은(는) 거부합니다: ${why.ko}.`,
  }),
  operator: (part) => ({
    en: `The operator ${part} is not a built-in one and is refused.`,
    ko: `연산자 ${part}은(는) 내장 연산자가 아니므로 거부합니다.`,
  }),
  catalogue: (part) => ({
    en: `The system catalogue ${part} may not be read.`,
    ko: `시스템 카탈로그 ${part}은(는) 읽을 수 없습니다.`,
  }),
  relation: (part) => ({
    en: `The table ${part} is not among those that may be read.`,
    ko: `테이블 ${part}은(는) 조회가 허용된 목록에 없습니다.`,
  }),
  'other-database': (part) => ({
    en: `${part} names another database.`,
    ko: `${part}은(는) 다른 데이터베이스를 가리킵니다.`,
  }),
  'secret-column': (part) => ({
    en: `The column ${part} holds a secret and may not be read.`,
    ko: `열 ${part}은(는) 비밀 정보이므로 읽을 수 없습니다.`,
  }),
  'unknown-column': (part) => ({
    en: `There is no column ${part} in the tables that may be read.`,
    ko: `조회가 허용된 테이블에 열 ${part}이(가) 없습니다.`,
  }),
  'call-by-column': (part) => ({
    en: `${part} would call a function and is refused.`,
    ko: `${part}은(는) 함수 호출이 될 수 있어 거부합니다.`,
  }),
  'too-many-rows': (part) => ({
    en: `${part} makes too many rows.`,
    ko: `${part}은(는) 너무 많은 행을 만듭니다.`,
  }),
  'too-large-value': (part) => ({
    en: `${part} makes too large a value.`,
    ko: `${part}은(는) 너무 큰 값을 만듭니다.`,
  }),
  'endless-recursion': (part) => ({
    en: `WITH RECURSIVE ${part} has no end: limit it in its WHERE, or join it to a table.`,
    ko: `WITH RECURSIVE ${part}에 끝이 없습니다. WHERE로 제한하거나 테이블과 조인하세요.`,
  }),
};

/** A refusal in words. Parts are shortened and freed of control characters: the statement was written by somebody else. */
export function refusal(code: SqlRefusalCode, part: string, at: number | null = null, why: Why = none): SqlRefusal {
  const shown = part.replace(/\p{C}/gu, ' ').slice(0, 120);
  return { code, part: shown, at, reason: texts[code](shown, why) };
}

/** Carries a refusal out of the walk; it never leaves the gate. */
export class Refused extends Error {
  readonly refusal: SqlRefusal;

  constructor(found: SqlRefusal) {
    super(found.code);
    this.refusal = found;
  }
}
