import { type Client, createClient } from 'graphql-ws';
import { afterAll, beforeAll, expect, it } from 'vitest';
import WebSocket from 'ws';
import { newId, toGlobalId } from '../../lib/ids.ts';
import { type TestDatabase, testDatabase } from '../../test/support/database.ts';
import { type GraphqlApi, graphqlApi, keys, people } from '../../test/support/graphql-api.ts';
import { until } from '../../test/support/until.ts';

let database: TestDatabase;
let api: GraphqlApi;
const clients: Client[] = [];
beforeAll(async () => {
  database = await testDatabase();
  api = await graphqlApi(database.url);
});
afterAll(async () => {
  for (const client of clients) await client.dispose();
  await api.close();
  await database.drop();
});

const address = () => `${api.url.replace('http', 'ws')}/graphql`;

function connect(params: Record<string, unknown>): Client {
  const client = createClient({ url: address(), webSocketImpl: WebSocket, connectionParams: params, retryAttempts: 0 });
  clients.push(client);
  return client;
}
function listen(client: Client, query: string, variables: Record<string, unknown> = {}) {
  const heard: unknown[] = [];
  const ended: unknown[] = [];
  client.subscribe(
    { query, variables },
    { next: (value) => heard.push(value), error: (error) => ended.push(error), complete: () => ended.push('complete') },
  );
  return { heard, ended };
}
const as = (person?: string) => ({ authorization: `Bearer ${keys.bot}`, ...(person ? { onBehalfOf: person } : {}) });

async function makeIncident(title: string): Promise<string> {
  const id = newId();
  await api.db.incident.create({ data: { id, title, severity: 'HIGH', startedAt: new Date() } });
  return id;
}

/** Wakes until the subscription has begun to hear: it is set up on the server a moment after the client asked. */
const wakeUntilHeard = (heard: unknown[], wake: () => void) =>
  until(
    () => {
      wake();
      return heard.length > 0;
    },
    { what: 'an event', everyMs: 50 },
  );

it('a change is heard with the present state, and a burst of changes is one event a second', async () => {
  const id = await makeIncident('before');
  const { heard } = listen(
    connect(as(people.viewer)),
    'subscription($id: ID!) { incidentUpdated(id: $id) { title } }',
    { id: toGlobalId('Incident', id) },
  );
  await wakeUntilHeard(heard, () => api.core.wake('incident', id));
  const before = heard.length;

  await api.db.incident.update({ where: { id }, data: { title: 'after' } });
  for (let index = 0; index < 50; index++) api.core.wake('incident', id);

  await until(() => JSON.stringify(heard.at(-1)).includes('after'), { what: 'the new title' });
  expect(heard.length - before).toBeLessThanOrEqual(2);
});

it('a listener whose rights end hears no more', async () => {
  const id = await makeIncident('private');
  const made = await api.post(
    'mutation { apiKeyCreate(input: { name: "ears", permissions: [INCIDENT_READ], idempotencyKey: "ears" }) { secret apiKey { id } } }',
  );
  const { secret, apiKey } = made.body.data.apiKeyCreate;
  const { heard, ended } = listen(
    connect({ authorization: `Bearer ${secret}` }),
    'subscription { incidentUpdated { title } }',
  );
  await wakeUntilHeard(heard, () => api.core.wake('incident', id));

  await api.post('mutation($id: ID!) { apiKeyRevoke(input: { id: $id }) { userErrors { code } } }', { id: apiKey.id });
  const before = heard.length;
  await until(
    () => {
      api.core.wake('incident', id);
      return ended.length > 0;
    },
    { what: 'the end of the subscription', everyMs: 50 },
  );

  expect(JSON.stringify(heard.slice(before))).not.toContain('private');
});

it('a deliverer is woken at once when something waits already', async () => {
  await api.db.notification.create({
    data: {
      id: newId(),
      kind: 'HOME',
      priority: 'PROGRESS',
      subjectType: 'User',
      subjectId: newId(),
      receiver: 'user:x',
    },
  });

  const { heard } = listen(
    connect(as()),
    'subscription { notificationReady(channels: [CHAT]) { pending highestPriority } }',
  );

  await until(() => heard.length > 0, { what: 'the wake-up' });
  expect(heard[0]).toEqual({ data: { notificationReady: { pending: 1, highestPriority: 'PROGRESS' } } });
});

it('a person may not listen to the outbox, and nobody to an operation beyond the limits', async () => {
  const client = connect({ authorization: `Bearer ${keys.admin}` });
  const outbox = listen(client, 'subscription { notificationReady(channels: [CHAT]) { pending } }');
  const wide = listen(client, `{ viewer { ${Array.from({ length: 16 }, (_, n) => `a${n}: locale`).join(' ')} } }`);

  await until(() => outbox.ended.length > 0 && wide.ended.length > 0, { what: 'two refusals' });
  expect(outbox.heard).toMatchObject([{ errors: [{ extensions: { code: 'FORBIDDEN' } }] }]);
  expect(outbox.heard).not.toMatchObject([{ data: {} }]);
  expect(JSON.stringify(wide.ended)).toContain('aliases');
});

it.each([
  ['a wrong key', { authorization: 'Bearer aak_bot_ffffffffffffffffffff' }],
  ['no key', {}],
])('a connection with %s is closed', async (_, params) => {
  const { ended } = listen(connect(params), '{ health { ready } }');

  await until(() => ended.length > 0, { what: 'the close' });
  expect(ended[0]).toMatchObject({ code: 4403 });
});

it('a page of another origin cannot open a socket', async () => {
  const socket = new WebSocket(address(), 'graphql-transport-ws', { origin: 'http://evil.example' });
  const errors: Error[] = [];
  socket.on('error', (error) => errors.push(error));

  await until(() => errors.length > 0, { what: 'the refusal' });
  expect(String(errors[0])).toContain('403');
});
