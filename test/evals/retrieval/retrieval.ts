import type { Asked, Figure, Measurement, Outcome } from '../../trials/measurement.ts';
import { alertSet, koreanCommands, koreanHeadings, koreanToEnglish, type SetFigures } from './sets.ts';

/** Takes the product's figures and the baseline's apart: they are reported side by side under the same names. */
function parted(value: unknown, side: 'ours' | 'plain'): Figure {
  if (typeof value !== 'object' || value === null) return value as Figure;
  if ('ours' in value && 'plain' in value) return (value as SetFigures)[side];
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, parted(one, side)]));
}

async function run(asked: Asked): Promise<Outcome> {
  const { data } = asked;
  if (data === undefined) throw new Error('say where the data is: npm run eval -- retrieval --data DIR');
  const wants = (name: string): boolean => asked.only.length === 0 || asked.only.includes(name);
  const timed = async <T>(name: string, make: () => Promise<T>): Promise<T | null> => {
    if (!wants(name)) return null;
    const begun = performance.now();
    const made = await make();
    asked.say(`${name}: ${((performance.now() - begun) / 1_000).toFixed(1)} s`);
    return made;
  };
  const line = (name: string, { ours, plain }: SetFigures): void =>
    asked.say(
      `  ${name.padEnd(34)} ${String(ours.questions).padStart(5)} questions  R@1 ${ours.recallAt1.toFixed(3)}  R@5 ${ours.recallAt5.toFixed(3)}  MRR ${ours.mrr.toFixed(3)}  nDCG@10 ${ours.ndcgAt10.toFixed(3)}   plain MRR ${plain.mrr.toFixed(3)}`,
    );
  const tell = (name: string, value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    if ('ours' in value) line(name, value as SetFigures);
    else if ('auc' in value) asked.say(`  ${name.padEnd(34)} ${JSON.stringify(value)}`);
    else for (const [key, one] of Object.entries(value)) tell(`${name} ${key}`, one);
  };

  const sets: Record<string, unknown> = {};
  const measure = async (name: string, make: () => Promise<unknown>): Promise<void> => {
    const made = await timed(name, make);
    if (made === null) return;
    sets[name] = made;
    tell(name, made);
  };
  const full = await timed('full', () => alertSet(data, 'full'));
  const masked = await timed('masked', () => alertSet(data, 'masked'));
  const expression = await timed('expression', () => alertSet(data, 'expression'));
  for (const [name, one] of Object.entries({ full, masked, expression }))
    if (one !== null) {
      sets[name] = one;
      tell(name, one);
    }
  const korean = await timed('korean', () => koreanCommands(data, 'held-out'));
  if (korean !== null) {
    sets.korean = korean;
    tell('korean', korean);
  }
  if (asked.only.includes('korean-tuning')) await measure('korean-tuning', () => koreanCommands(data, 'tuning'));
  await measure('headings', () => koreanHeadings(data));
  const across = await timed('korean-english', () => koreanToEnglish(data));
  if (across !== null) {
    sets['korean-english'] = across;
    tell('korean-english', across);
  }

  const reached = {
    maskedMrr: masked?.heldOut.ours.mrr,
    descriptionAndExpressionMrr: expression?.heldOut.ours.mrr,
    abstentionAuc: full?.sureness.heldOut.auc,
    koreanWithoutSpacesLoss:
      korean === null ? undefined : 1 - korean.withoutSpaces.ours.mrr / (korean.asWritten.ours.mrr || 1),
    koreanToEnglishMrr: across?.heldOut.ours.mrr,
  };
  const aims = {
    maskedMrr: 0.88,
    descriptionAndExpressionMrr: 0.6,
    abstentionAuc: 0.95,
    koreanWithoutSpacesLoss: 0.03,
    koreanToEnglishMrr: 0.7,
  };
  const met: Record<string, boolean> = {};
  for (const [name, aim] of Object.entries(aims)) {
    const value = reached[name as keyof typeof aims];
    if (value === undefined) continue;
    met[name] = name === 'koreanWithoutSpacesLoss' ? value <= aim : value >= aim;
  }
  return {
    figures: {
      sets: parted(sets, 'ours'),
      reached: Object.fromEntries(
        Object.entries(reached).map(([name, value]) => [
          name,
          value === undefined ? null : Math.round(value * 1_000) / 1_000,
        ]),
      ),
    },
    baseline: { sets: parted(sets, 'plain') },
    aims,
    met,
  };
}

/** How often the right page is found, beside plain BM25, and how well "nothing answers this" is told from what is answered. */
export const retrieval: Measurement = {
  name: 'retrieval',
  about:
    'finding the right page: alerts, Korean, Korean over English pages; and knowing when there is none (--data DIR)',
  run,
};
