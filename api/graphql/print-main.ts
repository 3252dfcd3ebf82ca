import { writeFileSync } from 'node:fs';
import { projectPath } from '../../lib/project-path.ts';
import { printApiSchema } from './schema.ts';

// Writes the committed schema from the code: `node dist/api/graphql/print-main.js`.
const file = projectPath('api', 'graphql', 'schema.graphql');
writeFileSync(file, printApiSchema());
console.log(`${file} written`);
