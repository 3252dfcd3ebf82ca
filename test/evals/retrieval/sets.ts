import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { answeredFrom } from '../../../api/knowledge/answer-rules.ts';
import { collectionOf, type EvalPage } from './collection.ts';
import { aucOf, halfOf, type Outcome, type Retrieval, retrievalOf, shareFrom } from './measure.ts';
import { plainBm25 } from './plain-bm25.ts';
import { loadQuestions, type Question } from './questions.ts';
import {
  fullPage,
  type LabelledAlert,
  loadAlerts,
  loadRunbooks,
  markdownBelow,
  maskedPage,
  type Runbook,
} from './runbooks.ts';
import { isQuestion, loadTldr, tldrMarkdown, withoutAnySpace, withoutLatin, withoutSpaces } from './tldr.ts';

/** One set's figures: the product's and the plain baseline's, over the same questions. */
export type SetFigures = { readonly ours: Retrieval; readonly plain: Retrieval };
export type SurenessFigures = {
  readonly answerable: number;
  readonly unanswerable: number;
  readonly auc: number;
  readonly plainAuc: number;
  /** At the product's limit: how many answerable questions pass it, and how many of the others. */
  readonly answeredShare: number;
  readonly wronglyAnsweredShare: number;
};

interface Asked {
  readonly question: string;
  readonly right: readonly string[];
  readonly group: string;
}

interface Asking {
  readonly outcome: Outcome;
  readonly plain: Outcome;
  readonly confidence: number;
  readonly perWord: number;
  readonly group: string;
}

async function askAll(pages: readonly EvalPage[], questions: readonly Asked[]): Promise<Asking[]> {
  const plainSearch = plainBm25(pages.map(({ key, markdown }) => ({ key, text: markdown })));
  const collection = await collectionOf(pages);
  try {
    const asked: Asking[] = [];
    for (const { question, right, group } of questions) {
      const ours = await collection.ask(question);
      const plain = plainSearch(question);
      const rightPages = new Set(right);
      asked.push({
        outcome: { found: ours.found, right: rightPages },
        plain: { found: plain.found, right: rightPages },
        confidence: ours.confidence,
        perWord: plain.perWord,
        group,
      });
    }
    return asked;
  } finally {
    await collection.close();
  }
}

const figuresOf = (asked: readonly Asking[]): SetFigures => ({
  ours: retrievalOf(asked.map(({ outcome }) => outcome)),
  plain: retrievalOf(asked.map(({ plain }) => plain)),
});

function surenessOf(yes: readonly Asking[], no: readonly Asking[]): SurenessFigures {
  const sure = (list: readonly Asking[]): number[] => list.map(({ confidence }) => confidence);
  const plain = (list: readonly Asking[]): number[] => list.map(({ perWord }) => perWord);
  return {
    answerable: yes.length,
    unanswerable: no.length,
    auc: aucOf(sure(yes), sure(no)),
    plainAuc: aucOf(plain(yes), plain(no)),
    answeredShare: shareFrom(sure(yes), answeredFrom),
    wronglyAnsweredShare: shareFrom(sure(no), answeredFrom),
  };
}

/** Alerts that name no page although one of their name stands in the other set of runbooks: not counted as unanswerable. */
const isUnanswerable = (runbooks: readonly Runbook[]) => {
  const names = new Set(runbooks.map(({ name }) => name));
  return ({ name, page }: LabelledAlert): boolean => page === null && !names.has(name);
};

const forms = {
  full: ({ name, summary, description }: LabelledAlert) => `${name}\n${summary}\n${description}`,
  masked: ({ summary, description }: LabelledAlert) => `${summary}\n${description}`,
  expression: ({ description, expression }: LabelledAlert) => `${description}\n${expression}`,
};

/** Alerts to runbooks in one form. Tuning and held-out halves by the alert's name; `all` is both together and is not free of tuning. */
export async function alertSet(data: string, form: keyof typeof forms) {
  const runbooks = await loadRunbooks(data);
  const alerts = await loadAlerts(data);
  const asked = await askAll(
    runbooks.map(form === 'full' ? fullPage : maskedPage),
    alerts.map((alert) => ({ question: forms[form](alert), right: [alert.page ?? ''], group: halfOf(alert.name) })),
  );
  const rows = asked.map((one, at) => ({ ...one, alert: alerts[at] }));
  const known = rows.filter(({ alert }) => alert?.page !== null);
  const none = rows.filter(({ alert }) => alert?.page === null);
  const strictNone = rows.filter(({ alert }) => alert !== undefined && isUnanswerable(runbooks)(alert));
  const heldOut = ({ group }: Asking): boolean => group === 'held-out';
  const tuning = ({ group }: Asking): boolean => group === 'tuning';
  return {
    heldOut: figuresOf(known.filter(heldOut)),
    tuning: figuresOf(known.filter(tuning)),
    all: figuresOf(known),
    sureness: {
      heldOut: surenessOf(known.filter(heldOut), none.filter(heldOut)),
      all: surenessOf(known, none),
      allWithoutNamesakes: surenessOf(known, strictNone),
    },
  };
}

/** Korean questions over the English runbooks, written before the glossary. */
export async function koreanToEnglish(data: string) {
  const runbooks = await loadRunbooks(data);
  const answerable = await loadQuestions('ko-en.json');
  const unanswerable = await loadQuestions('ko-en-none.json');
  const ask = ({ question, pages, split }: Question): Asked => ({ question, right: pages, group: split });
  const asked = await askAll(
    runbooks.map((one) => ({ ...fullPage(one), key: one.path })),
    [...answerable, ...unanswerable].map(ask),
  );
  const yes = asked.slice(0, answerable.length);
  const no = asked.slice(answerable.length);
  const of = (list: readonly Asking[], split: string): Asking[] => list.filter(({ group }) => group === split);
  const withTrait = (trait: string): SetFigures =>
    figuresOf(yes.filter(({ group }, at) => group === 'held-out' && answerable[at]?.traits.includes(trait) === true));
  return {
    heldOut: figuresOf(of(yes, 'held-out')),
    tuning: figuresOf(of(yes, 'dev')),
    heldOutWithLatin: withTrait('latin'),
    heldOutWithoutLatin: figuresOf(
      yes.filter(({ group }, at) => group === 'held-out' && answerable[at]?.traits.includes('latin') === false),
    ),
    heldOutUnspaced: withTrait('unspaced'),
    sureness: {
      heldOut: surenessOf(of(yes, 'held-out'), of(no, 'held-out')),
      tuning: surenessOf(of(yes, 'dev'), of(no, 'dev')),
    },
  };
}

/** Of 1,400 commands a third is asked about, so that the evaluation takes minutes. */
const everyNth = 3;

/** What a command is for, in Korean, over the pages of all commands without that sentence: in Korean in several spellings, and in English. */
export async function koreanCommands(data: string, part: 'tuning' | 'held-out') {
  const pairs = await loadTldr(data);
  const chosen = pairs.filter((pair) => pair.part === part && isQuestion(pair)).filter((_, at) => at % everyNth === 0);
  const spellings = {
    asWritten: (text: string) => text,
    withoutSpaces,
    withoutAnySpace,
    withoutLatin,
  };
  const names = Object.keys(spellings) as (keyof typeof spellings)[];
  const asked = await askAll(
    pairs.map(({ id, ko }) => ({ key: id, name: 'page.md', markdown: tldrMarkdown(ko, false), locale: 'ko' as const })),
    names.flatMap((name) =>
      chosen.map(({ id, ko }) => ({ question: spellings[name](ko.summary), right: [id], group: name })),
    ),
  );
  const english = await askAll(
    pairs.map(({ id, en }) => ({ key: id, name: 'page.md', markdown: tldrMarkdown(en, true), locale: 'en' as const })),
    chosen.map(({ id, ko }) => ({ question: ko.summary, right: [id], group: 'english' })),
  );
  const of = (name: string): SetFigures => figuresOf(asked.filter(({ group }) => group === name));
  return {
    asWritten: of('asWritten'),
    withoutSpaces: of('withoutSpaces'),
    withoutAnySpace: of('withoutAnySpace'),
    withoutLatin: of('withoutLatin'),
    overEnglishPages: figuresOf(english),
  };
}

/** Headings of Korean documentation, over the pages without these headings. */
export async function koreanHeadings(data: string) {
  const folder = join(data, 'helm-docs-ko');
  const pages: EvalPage[] = [];
  const questions: Asked[] = [];
  for (const file of await markdownBelow(folder)) {
    const text = await readFile(file, 'utf8');
    const headings = [...text.matchAll(/^#{2,3}\s+(.+)$/gm)].map((match) => (match[1] ?? '').trim());
    const body = text.replace(/^#{2,3}\s+.+$/gm, '');
    if (body.trim().length < 400) continue;
    pages.push({ key: file, name: 'page.md', markdown: body, locale: 'ko' });
    for (const heading of headings)
      if (/\p{Script=Hangul}/u.test(heading) && heading.length >= 8)
        questions.push({ question: heading, right: [file], group: 'held-out' });
  }
  return figuresOf(await askAll(pages, questions));
}
