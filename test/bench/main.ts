import { runMeasurements } from '../trials/measurement.ts';
import { search } from './search.ts';
import { startup } from './startup.ts';
import { story } from './story.ts';

process.exit(await runMeasurements('bench', [startup, story, search]));
