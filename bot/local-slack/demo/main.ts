import { parseArgs } from 'node:util';
import { findOrStartProduct } from './product.ts';
import { playStory, type Stage } from './story.ts';

const { values } = parseArgs({
  options: {
    once: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  process.stdout.write(
    'npm run demo -- [--once] [--json]\nPlays alert to verified fix in the local Slack. --once stops a product it started itself when the story ends.\n',
  );
  process.exit(0);
}
const say = (line: string) => void (values.json ? process.stderr : process.stdout).write(`${line}\n`);
const begun = performance.now();
let stages: readonly Stage[] = [];
let problem: string | null = null;
let stop = async () => undefined as unknown;
try {
  const product = await findOrStartProduct(say);
  if (product.started) stop = product.stop;
  stages = await playStory({
    ...product,
    timeoutMs: 55_000,
    onStage: (stage) => say(`${(stage.atMs / 1000).toFixed(1).padStart(6)} s  ${stage.name.padEnd(15)} ${stage.seen}`),
  });
  say('The whole story is in the thread: http://localhost:3000/slack');
} catch (error) {
  problem = error instanceof Error ? error.message : String(error);
  say(`FAILED: ${problem}`);
}
if (!values.once && problem === null) {
  say('Ctrl-C ends it.');
  await new Promise<void>((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
}
await stop();
if (values.json)
  process.stdout.write(
    `${JSON.stringify({ name: 'demo', ok: problem === null, problem, seconds: Math.round(performance.now() - begun) / 1000, stages })}\n`,
  );
process.exit(problem === null ? 0 : 1);
