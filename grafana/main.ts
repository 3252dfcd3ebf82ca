import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { dashboardFiles } from './files.ts';

// Writes the committed dashboards.
for (const [name, text] of Object.entries(dashboardFiles()))
  writeFileSync(path.join(import.meta.dirname, 'dashboards', name), text);
