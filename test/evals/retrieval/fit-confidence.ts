import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import type { AnswerSigns } from '../../../api/knowledge/answer-rules.ts';
import type { Asked, Measurement, Outcome } from '../../trials/measurement.ts';
import { type Collection, collectionOf } from './collection.ts';
import { aucOf, halfOf } from './measure.ts';
import { loadQuestions } from './questions.ts';
import { fullPage, loadAlerts, loadRunbooks } from './runbooks.ts';
import { isQuestion, loadTldr } from './tldr.ts';

interface Example {
  readonly signs: AnswerSigns;
  readonly answered: boolean;
  readonly weight: number;
}

const rulesSchema = z.object({
  groups: z.array(
    z.object({
      services: z.array(
        z.object({
          name: z.string(),
          exporters: z.array(
            z.object({ rules: z.array(z.object({ name: z.string(), description: z.string().default('') })).nullish() }),
          ),
        }),
      ),
    }),
  ),
});
/** Services the runbooks are about: their alerts may well be answered. */
const covered =
  /kubernetes|prometheus|alertmanager|thanos|etcd|ceph|host|hardware|node|openshift|loki|netdata|docker|container|promtail|cortex|mimir|core ?dns|cert|argo|ssl|blackbox|zfs|smart|windows|vmware|libvirt|proxmox|grafana|openebs|longhorn|minio|juniper|freeswitch|patroni/i;
/** A question without its page may be answered by a sister page: it counts less against the confidence. */
const weights = { leftOut: 0.3, other: 1 };

async function unrelatedAlerts(data: string): Promise<string[]> {
  const file = join(data, 'awesome-prometheus-alerts', '_data', 'rules.yml');
  const { groups } = rulesSchema.parse(parse(await readFile(file, 'utf8')));
  return groups
    .flatMap(({ services }) => services)
    .filter(({ name }) => !covered.test(name))
    .flatMap(({ exporters }) => exporters.flatMap(({ rules }) => rules ?? []))
    .map(({ name, description }) => `${name}\n${description.replace(/\{\{[\s\S]*?\}\}/g, ' ')}`)
    .filter((text) => halfOf(text) === 'tuning');
}

async function examplesOf(data: string, collection: Collection): Promise<Example[]> {
  const examples: Example[] = [];
  const add = async (question: string, answered: boolean, weight: number, without?: string): Promise<void> => {
    const { signs } = await collection.ask(question, without);
    if (signs !== null) examples.push({ signs, answered, weight });
  };
  const alerts = (await loadAlerts(data)).filter(({ name }) => halfOf(name) === 'tuning');
  for (const { name, summary, description, page } of alerts)
    for (const question of [
      `${name}\n${summary}\n${description}`,
      `${summary}\n${description}`,
      description,
      summary,
    ]) {
      await add(question, page !== null, weights.other);
      if (page !== null) await add(question, false, weights.leftOut, page);
    }
  for (const question of await unrelatedAlerts(data)) await add(question, false, weights.other);
  const dev = (await loadQuestions('ko-en.json')).filter(({ split }) => split === 'dev');
  for (const { question, pages } of dev) {
    await add(question, true, weights.other);
    const name = /([^/]+)\.md$/.exec(pages[0] ?? '')?.[1];
    if (name !== undefined) await add(question, false, weights.leftOut, name);
  }
  const none = (await loadQuestions('ko-en-none.json')).filter(({ split }) => split === 'dev');
  for (const { question } of none) await add(question, false, weights.other);
  const elsewhere = (await loadTldr(data)).filter((pair) => pair.part === 'tuning' && isQuestion(pair)).slice(0, 150);
  for (const { ko, en } of elsewhere) {
    await add(ko.summary, false, weights.other);
    await add(en.summary, false, weights.other);
  }
  return examples;
}

/** Logistic regression by plain gradient descent; both answers weigh alike however many examples they have. */
function regress(examples: readonly Example[]): { score: number; coverage: number; bias: number } {
  const total = (answered: boolean): number =>
    examples.reduce((sum, one) => sum + (one.answered === answered ? one.weight : 0), 0);
  const rows = examples.map(({ signs, answered, weight }) => ({
    x: [Math.log(signs.score), signs.coverage, 1],
    y: answered ? 1 : 0,
    w: weight / (2 * total(answered)),
  }));
  let beta = [1, 1, 0];
  for (let step = 0; step < 60_000; step++) {
    const slope = [0, 0, 0];
    for (const { x, y, w } of rows) {
      const z = x.reduce((sum, value, at) => sum + value * (beta[at] ?? 0), 0);
      const error = w * (1 / (1 + Math.exp(-z)) - y);
      for (const [at, value] of x.entries()) slope[at] = (slope[at] ?? 0) + error * value;
    }
    beta = beta.map((value, at) => value - 0.5 * ((slope[at] ?? 0) + 0.0005 * value));
  }
  const [score = 0, coverage = 0, bias = 0] = beta.map((value) => Math.round(value * 100) / 100);
  return { score, coverage, bias };
}

async function run(asked: Asked): Promise<Outcome> {
  const { data } = asked;
  if (data === undefined) throw new Error('say where the data is: npm run eval -- confidence --data DIR');
  const runbooks = await loadRunbooks(data);
  const collection = await collectionOf(runbooks.map(fullPage));
  const examples = await examplesOf(data, collection).finally(() => collection.close());
  const kind = (translated: boolean): Example[] =>
    examples.filter(({ signs }) => signs.translated === translated && signs.score > 0);
  const figures: Record<string, Record<string, number>> = {};
  for (const [name, list] of [
    ['said', kind(false)],
    ['translated', kind(true)],
  ] as const) {
    const weightsOf = regress(list);
    const logit = ({ signs }: Example): number =>
      weightsOf.score * Math.log(signs.score) + weightsOf.coverage * signs.coverage + weightsOf.bias;
    const yes = list.filter(({ answered }) => answered).map(logit);
    const no = list.filter(({ answered, weight }) => !answered && weight === weights.other).map(logit);
    const share = (values: readonly number[]): number =>
      Math.round((1_000 * values.filter((value) => value >= 0).length) / Math.max(1, values.length)) / 1_000;
    figures[name] = {
      ...weightsOf,
      answered: yes.length,
      notAnswered: no.length,
      auc: aucOf(yes, no),
      answeredShare: share(yes),
      wronglyAnsweredShare: share(no),
    };
    asked.say(`${name}: ${JSON.stringify(figures[name])}`);
  }
  return { figures, baseline: {}, aims: {}, met: {} };
}

/** Fits the constants of answer-rules.ts on the tuning split. */
export const confidence: Measurement = {
  name: 'confidence',
  about: 'fits "does the best passage answer?" on the tuning split again (--data DIR)',
  run,
};
