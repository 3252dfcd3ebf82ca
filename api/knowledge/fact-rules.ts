import { comparable, isHangul } from './plain-rules.ts';

/** What a sentence states exactly: each part must stand in the text it cites. */
export interface Facts {
  /** Text in code marks, as one. */
  readonly commands: readonly string[];
  readonly numbers: readonly { readonly value: string; readonly unit: string | null }[];
  /** Identifiers, addresses, product names. */
  readonly names: readonly string[];
}

const units: readonly (readonly [string, RegExp])[] = [
  ['s', /^(?:seconds?|secs?|s|초)/],
  ['min', /^(?:minutes?|mins?|min|m|분)/],
  ['h', /^(?:hours?|hrs?|h|시간)/],
  ['d', /^(?:days?|d|일)(?!정)/],
  ['ms', /^(?:milliseconds?|ms|밀리초)/],
  ['%', /^(?:%|percent|퍼센트)/],
  ['gb', /^(?:gib|gb|g|기가)/],
  ['mb', /^(?:mib|mb|메가)/],
];
const unitOf = (after: string): string | null => {
  // Milliseconds and megabytes begin like minutes: the longer word is looked for first.
  const word = after.trimStart();
  for (const [unit, pattern] of [...units].sort(([one], [other]) => other.length - one.length)) {
    const found = pattern.exec(word)?.[0];
    if (found === undefined) continue;
    // A Latin unit ends where its letters end; Korean ones have particles behind them.
    if (/^[a-z]/.test(found) && /^[a-z]/.test(word.slice(found.length))) continue;
    return unit;
  }
  return null;
};

const englishNumbers: Readonly<Record<string, string>> = Object.fromEntries(
  (
    'two:2 three:3 four:4 five:5 six:6 seven:7 eight:8 nine:9 ten:10 eleven:11 twelve:12 fifteen:15 twenty:20 thirty:30 forty:40 ' +
    'fifty:50 sixty:60 ninety:90 hundred:100 thousand:1000 twice:2 both:2 thrice:3'
  )
    .split(' ')
    .map((pair) => pair.split(':'))
    .map(([word = '', value = '']) => [word, value]),
);
const koreanNumbers: Readonly<Record<string, string>> = {
  두: '2',
  세: '3',
  네: '4',
  다섯: '5',
  여섯: '6',
  일곱: '7',
  여덟: '8',
  아홉: '9',
  열: '10',
};
const koreanCounted = /(두|세|네|다섯|여섯|일곱|여덟|아홉|열)\s?(?=번|개|단계|가지|시간|분\b|명|대|차례|곳|줄|건)/gu;

/** Numbers of a text that was made comparable, each with its unit where one follows. */
export function numbersOf(plain: string): { value: string; unit: string | null }[] {
  const found: { value: string; unit: string | null }[] = [];
  for (const match of plain.matchAll(/(?<![\p{L}\d_.-])\d[\d,]*(?:[.:]\d+)*/gu)) {
    const value = match[0].replaceAll(',', '').replace(/[.:]$/, '');
    found.push({ value, unit: unitOf(plain.slice(match.index + match[0].length, match.index + match[0].length + 14)) });
  }
  for (const match of plain.matchAll(/(?<![a-z-])[a-z]{3,8}(?![a-z-])/g)) {
    const value = Object.hasOwn(englishNumbers, match[0]) ? englishNumbers[match[0]] : undefined;
    if (value === undefined) continue;
    found.push({ value, unit: unitOf(plain.slice(match.index + match[0].length, match.index + match[0].length + 14)) });
  }
  for (const match of plain.matchAll(koreanCounted)) {
    const value = koreanNumbers[match[1] ?? ''];
    if (value !== undefined) found.push({ value, unit: unitOf(plain.slice(match.index + match[0].length)) });
  }
  return found;
}

/** Compound words of plain English that name nothing. */
const plainCompounds = new Set(
  'on-call read-only up-to-date follow-up step-by-step well-known re-run re-check re-read hand-over end-to-end'.split(
    ' ',
  ),
);
const technical = /[\d_/@#$\\]|[a-z][A-Z]|^[A-Z]{2,}|^--?[a-z]|\w\.\w|\w-\w|:\/\//;

/** What a sentence states exactly. */
export function factsOf(sentence: string): Facts {
  const commands = [...sentence.matchAll(/`([^`\n]{1,400})`/g)].map((match) => comparable(match[1] ?? ''));
  const rest = sentence.replace(/`[^`\n]*`/g, ' ').normalize('NFKC');
  const korean = isHangul(sentence);
  const names: string[] = [];
  let first = true;
  for (const [raw] of rest.matchAll(/https?:\/\/\S+|[@#$-]{0,2}[\p{Script=Latin}\d_][\p{Script=Latin}\d_./:@\\-]*/gu)) {
    const word = raw.replace(/[.,:;/-]+$/, '');
    const begins = first;
    first = false;
    if (!/\p{Script=Latin}/u.test(word) || word.length < 2) continue;
    if (plainCompounds.has(word.toLowerCase())) continue;
    const capital = /^\p{Lu}/u.test(word);
    if (technical.test(word) || korean || (capital && !begins)) names.push(comparable(word));
  }
  return {
    commands: commands.filter((one) => one !== ''),
    numbers: numbersOf(
      comparable(rest.replace(/[\p{Script=Latin}_][\p{Script=Latin}\d_./-]*\d[\p{Script=Latin}\d_./-]*/gu, ' ')),
    ),
    names: names.filter((one) => one !== ''),
  };
}

/** Whether a name stands in a text as a whole, or with another hyphenation or plural. */
export function holdsName(plain: string, name: string): boolean {
  const stands = (word: string): boolean => {
    for (let at = plain.indexOf(word); at >= 0; at = plain.indexOf(word, at + 1)) {
      const before = plain[at - 1] ?? ' ';
      const after = plain[at + word.length] ?? ' ';
      if (!/[a-z\d_]/.test(before) && !/[a-z\d_]/.test(after)) return true;
    }
    return false;
  };
  if (stands(name)) return true;
  if (/^[a-z]+s$/.test(name) && stands(name.slice(0, -1))) return true;
  if (/^[a-z]+$/.test(name) && stands(`${name}s`)) return true;
  return /^[a-z]+(?:-[a-z]+)+$/.test(name) && (stands(name.replaceAll('-', ' ')) || stands(name.replaceAll('-', '')));
}

/** The first exact statement that does not stand in the cited text; null when all do. */
export function missingFact(sentence: string, cited: string): string | null {
  const plain = comparable(cited);
  const facts = factsOf(sentence);
  const command = facts.commands.find((one) => !plain.includes(one));
  if (command !== undefined) return command;
  const known = numbersOf(plain);
  // A number inside a name ("p95", "v2.31") may be said alone.
  const digits = new Set(plain.match(/\d+(?:\.\d+)*/g) ?? []);
  const number = facts.numbers.find(({ value, unit }) => {
    const same = known.filter((one) => one.value === value);
    if (same.length === 0) return unit !== null || !digits.has(value);
    return unit !== null && !same.some((one) => one.unit === unit || one.unit === null);
  });
  if (number !== undefined) return `${number.value}${number.unit ?? ''}`;
  return facts.names.find((name) => !holdsName(plain, name)) ?? null;
}
