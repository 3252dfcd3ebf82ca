import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

interface Question {
  readonly id: string;
  readonly question: string;
  readonly split: string;
  readonly traits: readonly string[];
  readonly pages?: readonly string[];
  readonly language?: string;
}

const read = (name: string): readonly Question[] =>
  JSON.parse(readFileSync(new URL(`../evals/retrieval/${name}`, import.meta.url), 'utf8')).questions;

const answered = read('ko-en.json');
const unanswered = read('ko-en-none.json');
const all = [...answered, ...unanswered];
const share = (questions: readonly Question[], test: (question: Question) => boolean) =>
  questions.filter(test).length / questions.length;

describe('the questions of the retrieval evaluation', () => {
  it('are told apart by id and by text', () => {
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    expect(new Set(all.map(({ question }) => question.normalize('NFC').replace(/\s/g, ''))).size).toBe(all.length);
  });

  it('keep seven of ten out of any tuning, in each set and language', () => {
    for (const questions of [
      answered,
      unanswered.filter(({ language }) => language === 'ko'),
      unanswered.filter(({ language }) => language === 'en'),
    ]) {
      expect(questions.every(({ split }) => split === 'dev' || split === 'held-out')).toBe(true);
      expect(share(questions, ({ split }) => split === 'dev')).toBeCloseTo(0.3, 1);
    }
  });

  it('have no page on both sides of the split', () => {
    const sides = new Map<string, Set<string>>();
    for (const { pages = [], split } of answered) {
      for (const page of pages) sides.set(page, (sides.get(page) ?? new Set()).add(split));
    }
    expect([...sides].filter(([, splits]) => splits.size > 1)).toEqual([]);
    expect(sides.size).toBeGreaterThanOrEqual(100);
  });

  it('name pages as paths below the data folder', () => {
    for (const { pages = [] } of answered) {
      expect(pages.length).toBeGreaterThan(0);
      for (const page of pages) {
        expect(page).toMatch(/^(prometheus-operator-runbooks\/content\/runbooks|openshift-runbooks\/alerts)\/.+\.md$/);
      }
    }
  });

  it('are what their traits say', () => {
    for (const { question, traits } of all.filter(({ language }) => language !== 'en')) {
      expect(traits.includes('latin'), question).toBe(/[A-Za-z]/.test(question));
      expect(traits.includes('nfd'), question).toBe(question !== question.normalize('NFC'));
    }
    expect(share(answered, ({ traits }) => !traits.includes('latin'))).toBeGreaterThanOrEqual(0.6);
  });
});
