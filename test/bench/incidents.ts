import { z } from 'zod';
import { type Asked, type Figure, type Measurement, type Outcome, percentile } from '../trials/measurement.ts';
import { startStack } from '../trials/stack.ts';

const filters: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  newest: {},
  open: { status: ['TRIGGERED', 'ACKNOWLEDGED'] },
  critical: { severity: ['CRITICAL'] },
  system: {},
  search: { search: 'queue 7' },
};
const rounds = 40;

const answerSchema = z.object({ data: z.object({ incidents: z.object({ nodes: z.array(z.unknown()) }) }) });

async function run(asked: Asked): Promise<Outcome> {
  const most = asked.trials ?? 200_000;
  asked.say('starting one api');
  const stack = await startStack({ topology: 'all', channels: 1, copies: 1 });
  const { pool } = stack.database;
  const figures: Record<string, Record<string, Figure>> = {};
  const p99s: Record<string, number[]> = {};
  try {
    const system = await pool.query(
      `insert into "System" ("id", "name", "displayName", "databases", "logSources", "jobs", "limits")
       values (gen_random_uuid(), 'paged', 'paged', '[]', '[]', '[]', '{}') returning "id"`,
    );
    const systemId: string = system.rows[0].id;
    const globalId = Buffer.from(`System:${systemId}`).toString('base64url');
    let stored = 0;
    for (const size of [1_000, most]) {
      for (; stored < size; stored += 5_000)
        await pool.query(
          `insert into "Incident" ("id", "title", "severity", "status", "startedAt", "resolvedAt", "systemId", "openKey", "followUps")
           select gen_random_uuid(), 'queue ' || (n % 100) || ' is deep', (array['CRITICAL', 'HIGH', 'WARNING'])[1 + n % 3]::"Severity",
             (case when n % 50 = 0 then 'TRIGGERED' else 'RESOLVED' end)::"IncidentStatus", now() - n * interval '1 minute',
             case when n % 50 = 0 then null else now() end, case when n % 20 = 0 then $3::uuid end,
             case when n % 50 = 0 then 'bench:' || n end, '{}'
           from generate_series($1::int, $2::int) n`,
          [stored + 1, Math.min(stored + 5_000, size), systemId],
        );
      stored = size;
      await pool.query('analyze "Incident"');
      asked.say(`${size} incidents stored`);
      const figure: Record<string, Figure> = {};
      for (const [name, filter] of Object.entries(filters)) {
        const millis: number[] = [];
        for (let round = 0; round < rounds + 5; round++) {
          const begun = performance.now();
          const response = await fetch(stack.apiUrl, {
            method: 'POST',
            headers: { 'content-type': 'application/json', authorization: `Bearer ${stack.adminKey}` },
            body: JSON.stringify({
              query: `query ($filter: IncidentFilter) { incidents(first: 50, filter: $filter) { totalCount
                nodes { number title severity status startedAt system { name } } } }`,
              variables: { filter: name === 'system' ? { systemId: globalId } : filter },
            }),
          });
          const { data } = answerSchema.parse(await response.json());
          if (round >= 5) millis.push(performance.now() - begun);
          if (data.incidents.nodes.length === 0) throw new Error(`the page ${name} is empty`);
        }
        const p99 = percentile(millis, 0.99) ?? Number.POSITIVE_INFINITY;
        figure[name] = { p50Ms: percentile(millis, 0.5), p99Ms: p99 };
        p99s[name] = [...(p99s[name] ?? []), p99];
      }
      figures[String(size)] = figure;
    }
    const growth = Object.fromEntries(
      Object.entries(p99s).map(([name, [few = 1, many = 1]]) => [name, Math.round((many / few) * 100) / 100]),
    );
    return {
      figures: { ...figures, growth },
      baseline: { note: 'the same pages at 1,000 stored incidents' },
      aims: { growth: 1.5 },
      met: Object.fromEntries(
        Object.entries(growth).map(([name, times]) => [`${name} grows less than 1.5×`, times < 1.5]),
      ),
    };
  } finally {
    await stack.stop();
  }
}

/** Pages of 50 incidents with filters, at 1,000 and at 200,000 stored incidents. */
export const incidents: Measurement = {
  name: 'incidents',
  about: 'pages of 50 incidents with filters at 1,000 and 200,000 stored incidents',
  run,
};
