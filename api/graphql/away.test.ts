import { afterAll, beforeAll, expect, it } from 'vitest';
import { type GraphqlApi, graphqlApi, keys } from '../../test/support/graphql-api.ts';
import { type OwnServer, startOwnServer } from '../../test/support/own-server.ts';
import { until } from '../../test/support/until.ts';

let server: OwnServer;
let api: GraphqlApi;
beforeAll(async () => {
  server = await startOwnServer();
  api = await graphqlApi(server.url);
});
afterAll(async () => {
  await api.close();
  await server.stop();
});

const ingest =
  'mutation($input: AlertsIngestInput!) { alertsIngest(input: $input) { accepted duplicates userErrors { code } } }';
const delivery = {
  input: {
    source: 'alertmanager',
    idempotencyKey: 'away',
    alerts: [{ name: 'Down', status: 'FIRING', startsAt: '2026-11-24T00:00:00Z', labels: { alertname: 'Down' } }],
  },
};

it('while the database is away nothing is accepted, the sender hears 503 in time, and the same delivery is taken afterwards', async () => {
  await api.post(ingest, { input: { ...delivery.input, alerts: [] } }, { key: keys.bot });
  await server.crash();

  const begun = performance.now();
  const refused = await api.post(ingest, delivery, { key: keys.bot });
  const tookMs = performance.now() - begun;

  expect(refused.status).toBe(503);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(refused.body.errors?.[0]?.extensions.code).toBe('UNAVAILABLE');
  expect(JSON.stringify(refused.body)).not.toMatch(/ECONNREFUSED|postgres|5432/i);
  expect(tookMs).toBeLessThan(2_500);

  await server.start();
  const taken = await until(
    async () => {
      const answer = await api.post(ingest, delivery, { key: keys.bot });
      return answer.status === 200 && answer;
    },
    { what: 'the database back' },
  );
  expect(taken.body.data.alertsIngest).toEqual({ accepted: 1, duplicates: 0, userErrors: [] });
}, 60_000);
