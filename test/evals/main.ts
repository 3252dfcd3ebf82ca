import { runMeasurements } from '../trials/measurement.ts';
import { retrieval } from './retrieval/retrieval.ts';

process.exit(await runMeasurements('eval', [retrieval]));
