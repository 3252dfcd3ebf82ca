import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';

/** Secrets one machine needs and nobody has to choose. Each is used only where the environment gives none. */
const secretsSchema = z.object({
  AUDIT_KEY: z.string().min(32),
  BOT_API_KEY: z.string().min(24),
  WEB_API_KEY: z.string().min(24),
  ADMIN_API_KEY: z.string().min(24),
  ALERTS_TOKEN: z.string().min(24),
  SLACK_BOT_TOKEN: z.string().startsWith('xoxb-'),
  SLACK_APP_TOKEN: z.string().startsWith('xapp-'),
  SLACK_SIGNING_SECRET: z.string().min(24),
});
export type LocalSecrets = z.infer<typeof secretsSchema>;

const make = (prefix = '') => prefix + randomBytes(24).toString('base64url');

/** Reads the machine's own secrets, making them on the first start; readable by the owner alone. */
export function readOrCreateSecrets(home: string): LocalSecrets {
  const file = path.join(home, 'secrets.json');
  if (!existsSync(file)) {
    const fresh: LocalSecrets = {
      AUDIT_KEY: make(),
      BOT_API_KEY: make('aak_bot_'),
      WEB_API_KEY: make('aak_web_'),
      ADMIN_API_KEY: make('aak_admin_'),
      ALERTS_TOKEN: make(),
      SLACK_BOT_TOKEN: make('xoxb-local-'),
      SLACK_APP_TOKEN: make('xapp-local-'),
      SLACK_SIGNING_SECRET: make(),
    };
    const draft = `${file}.${process.pid}`;
    writeFileSync(draft, `${JSON.stringify(fresh, null, 2)}\n`, { mode: 0o600 });
    renameSync(draft, file);
  }
  chmodSync(file, 0o600);
  return secretsSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
}
