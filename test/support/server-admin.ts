import pg from 'pg';
import { inject } from 'vitest';

/** Work as the owner of the test server itself, outside every test database. */
export async function asServer<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: inject('postgresUrl') });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
