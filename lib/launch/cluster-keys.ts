import { randomBytes } from 'node:crypto';

/** The keys of an installation nobody has to choose, made once and kept in a Kubernetes secret. */
const prefixes = {
  AUDIT_KEY: '',
  BOT_API_KEY: 'aak_bot_',
  ADMIN_API_KEY: 'aak_admin_',
  WEB_API_KEY: 'aak_web_',
  ALERTS_TOKEN: '',
} as const;

/** The one call that is needed: make a secret, and say whether its name was taken. */
export interface SecretMaker {
  create(name: string, values: Readonly<Record<string, string>>): Promise<'made' | 'taken'>;
}

/** Makes the secret `backend-keys` unless it is there: whoever comes second changes nothing. */
export function makeKeys(secrets: SecretMaker): Promise<'made' | 'taken'> {
  const values = Object.fromEntries(
    Object.entries(prefixes).map(([name, prefix]) => [name, `${prefix}${randomBytes(24).toString('base64url')}`]),
  );
  return secrets.create('backend-keys', values);
}
