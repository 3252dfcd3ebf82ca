import { runMeasurements } from '../trials/measurement.ts';
import { confidence } from './retrieval/fit-confidence.ts';
import { retrieval } from './retrieval/retrieval.ts';
import { routing } from './routing.ts';

process.exit(await runMeasurements('eval', [retrieval, confidence, routing]));
