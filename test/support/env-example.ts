import { writeFileSync } from 'node:fs';
import { z } from 'zod';
import { apiConfigSchema } from '../../api/config.ts';
import { botConfigSchema } from '../../bot/config.ts';
import { documentConfig } from '../../lib/env.ts';
import { settingsSchema } from '../../lib/launch/settings.ts';
import { projectPath } from '../../lib/project-path.ts';

/** Variables of one program that no earlier part has described. */
function part(title: string, schema: Parameters<typeof documentConfig>[0], described: Set<string>): string {
  const own = Object.keys(schema.shape).filter((name) => !described.has(name));
  for (const name of own) described.add(name);
  const text = documentConfig(
    z.object(Object.fromEntries(Object.entries(schema.shape).filter(([name]) => own.includes(name)))),
  );
  // Nothing is required of somebody who runs `npm start`: what is missing there is made or replaced.
  const optional = text.replaceAll(/^([A-Z_]+=)/gm, '# $1');
  return `# ── ${title} ──\n\n${optional}\n`;
}

/** `.env.example`, made from the schemas that read the environment. */
export function envExample(): string {
  const described = new Set<string>();
  return [
    '# Copy to .env and set what you have. What is not set keeps its default or its local stand-in (npm start makes what is marked required).\n# In containers a value can stand in a file: NAME_FILE names one, SECRETS_FOLDER a folder with a file for each. npm start reads the environment alone.\n',
    part('API and worker', apiConfigSchema, described),
    part('Bot', botConfigSchema, described),
    part('npm start on one machine', settingsSchema, described),
  ].join('\n');
}

if (process.argv.includes('--write')) writeFileSync(projectPath('.env.example'), envExample());
