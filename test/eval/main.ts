import { runMeasurements } from '../trials/measurement.ts';
import { routing } from './routing.ts';

process.exit(await runMeasurements('eval', [routing]));
