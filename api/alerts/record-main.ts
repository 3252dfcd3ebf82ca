import pg from 'pg';

/** `npm run alerts:record > FILE`: the alerts of the inbox at DATABASE_URL, one a line, oldest first, for `alerts:replay`. */
async function main(): Promise<number> {
  const url = process.env.DATABASE_URL;
  if (url === undefined) {
    process.stderr.write('DATABASE_URL=postgresql://… npm run --silent alerts:record > FILE.jsonl\n');
    return 64;
  }
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (let after = ''; ; ) {
      const { rows } = await client.query(
        `select "id"::text, "receivedAt", "payload" from "InboxEvent"
         where "source" = 'ALERT' and "status" = 'DONE' and "id"::text > $1 order by "id" limit 5000`,
        [after],
      );
      for (const row of rows) process.stdout.write(`${JSON.stringify({ at: row.receivedAt, payload: row.payload })}\n`);
      if (rows.length < 5_000) return 0;
      after = rows.at(-1).id;
    }
  } finally {
    await client.end();
  }
}

process.exitCode = await main();
