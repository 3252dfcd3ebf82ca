import { crash } from './crash.ts';
import { serveLocalSlack } from './local-slack.ts';
import { runMeasurements } from './measurement.ts';
import { storm } from './storm.ts';
import { two } from './two.ts';

// The trials run the local workspace in a process of its own, which is this program again.
if (process.argv[2] === 'serve-local-slack') await serveLocalSlack(process.env);
else process.exit(await runMeasurements('trials', [crash, storm, two]));
