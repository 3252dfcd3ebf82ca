import { runMeasurements } from '../trials/measurement.ts';
import { ack } from './ack.ts';
import { incidents } from './incidents.ts';
import { latency } from './latency.ts';
import { search } from './search.ts';
import { startup } from './startup.ts';
import { storm } from './storm.ts';
import { story } from './story.ts';
import { tasks } from './tasks.ts';

process.exit(await runMeasurements('bench', [ack, incidents, latency, search, startup, storm, story, tasks]));
