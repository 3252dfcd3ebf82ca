import { serverAudits } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestDatabase, testDatabase } from '../../test/support/database.ts';
import { type GraphqlApi, graphqlApi, keys, people } from '../../test/support/graphql-api.ts';

let database: TestDatabase;
let api: GraphqlApi;
beforeAll(async () => {
  database = await testDatabase();
  api = await graphqlApi(database.url);
});
afterAll(async () => {
  await api.close();
  await database.drop();
});

const whoAmI = '{ viewer { actor { __typename ... on User { displayName } ... on ApiKey { name } } permissions } }';

describe('who asks', () => {
  it.each([
    ['no key', null],
    ['a key nobody has', 'aak_bot_ffffffffffffffffffff'],
    ['half a key', 'short'],
  ])('%s is answered 401 and nothing else', async (_, key) => {
    const { status, body } = await api.post('{ health { ready } }', {}, { key });

    expect(status).toBe(401);
    expect(body.errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
    expect(body.data).toBeUndefined();
  });

  it('the bot speaks for a person and has that person’s rights, no more', async () => {
    const { body } = await api.post(whoAmI, {}, { key: keys.bot, person: people.viewer });

    expect(body.data.viewer.actor).toEqual({ __typename: 'User', displayName: 'Alex' });
    expect(body.data.viewer.permissions).not.toContain('TASK_WRITE');
    expect(body.data.viewer.permissions).not.toContain('INBOX_WRITE');
  });

  it('a key that is not the bot’s cannot speak for a person', async () => {
    const { status, body } = await api.post(whoAmI, {}, { key: keys.admin, person: people.approver });

    expect(status).toBe(403);
    expect(body.errors?.[0]?.extensions.code).toBe('FORBIDDEN');
  });

  it('a chat account nobody is tied to sees no task, also not by its id', async () => {
    const task = await makeTask('stranger');
    const as = { key: keys.bot, person: people.stranger };

    const direct = await api.post('query($id: ID!) { task(id: $id) { number } }', { id: task.id }, as);
    const node = await api.post('query($id: ID!) { node(id: $id) { id } }', { id: task.id }, as);

    expect(direct.body.errors?.[0]?.extensions.code).toBe('FORBIDDEN');
    expect(node.body.data.node).toBeNull();
  });

  it('a person may not call the bot’s own operations through another key', async () => {
    const { body } = await api.post(
      'mutation { inboxClaim(input: { worker: "w", leaseFor: "PT10S" }) { userErrors { code } } }',
      {},
      { key: keys.web },
    );

    expect(body.data.inboxClaim.userErrors).toEqual([{ code: 'FORBIDDEN' }]);
  });
});

it('a database that hangs is answered like one that is away, in time', async () => {
  const session = await database.pool.connect();
  await session.query('begin; lock table "ApiKey" in access exclusive mode');
  const begun = performance.now();

  const { status, headers, body } = await api.post(whoAmI);
  const tookMs = performance.now() - begun;
  await session.query('rollback');
  session.release();

  expect(status).toBe(503);
  expect(body.errors?.[0]?.extensions.code).toBe('UNAVAILABLE');
  expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  expect(tookMs).toBeLessThan(2_500);
});

describe('limits', () => {
  const nest = (levels: number): string =>
    levels === 0 ? 'number' : `incident { tasks(first: 1) { nodes { ${nest(levels - 1)} } } }`;
  const many = (count: number, of: (index: number) => string): string =>
    Array.from({ length: count }, (_, index) => of(index)).join(' ');

  it.each([
    ['depth', `{ task(number: "T-1") { ${nest(3)} } }`, 'GRAPHQL_VALIDATION_FAILED'],
    ['aliases', `{ viewer { ${many(16, (n) => `a${n}: locale`)} } }`, 'GRAPHQL_VALIDATION_FAILED'],
    ['root fields', `{ ${many(11, () => 'agents { id }')} }`, 'GRAPHQL_VALIDATION_FAILED'],
    [
      'root fields of a fragment',
      `{ ...Many } fragment Many on Query { ${many(11, () => 'agents { id }')} }`,
      'GRAPHQL_VALIDATION_FAILED',
    ],
    ['directives', `{ viewer { ${many(51, () => 'locale @include(if: true)')} } }`, 'GRAPHQL_VALIDATION_FAILED'],
    ['tokens', `{ viewer { ${many(1_000, () => 'locale')} } }`, 'GRAPHQL_PARSE_FAILED'],
    ['cost', '{ tasks(first: 100) { nodes { steps(first: 100) { nodes { title } } } } }', 'BAD_USER_INPUT'],
    ['list size', '{ tasks(first: 101) { nodes { id } } }', 'BAD_USER_INPUT'],
  ])('an operation beyond the limit of %s is refused', async (name, query, code) => {
    const { status, body } = await api.post(query);

    expect(body.errors?.[0]?.extensions.code).toBe(code);
    expect(status).toBe(name === 'list size' ? 200 : 400);
  });

  it('the cost counts what a variable asks for', async () => {
    const query = 'query($n: Int!) { tasks(first: $n) { nodes { steps(first: $n) { nodes { title } } } } }';

    const dear = await api.post(query, { n: 100 });
    const cheap = await api.post(query, { n: 5 });

    expect(dear.status).toBe(400);
    expect(cheap.body.errors).toBeUndefined();
  });

  it('fragments nested in each other are measured without being unfolded', async () => {
    const levels = many(
      30,
      (n) => `fragment F${n} on Incident { tasks { nodes { incident { ...F${n + 1} ...F${n + 1} } } } }`,
    );
    const begun = performance.now();

    const { status } = await api.post(
      `{ incident(number: "INC-1") { ...F0 } } ${levels} fragment F30 on Incident { id }`,
    );

    expect(status).toBe(400);
    expect(performance.now() - begun).toBeLessThan(1_000);
  });

  it('a body over 1 MiB is refused, except a delivery of alerts', async () => {
    const large = 'x'.repeat(1_200_000);

    const refused = await api.post('query($q: String!) { manualSearch(query: $q) { tookMs } }', { q: large });
    const alerts = Array.from({ length: 300 }, (_, index) => ({
      name: 'Many',
      status: 'FIRING',
      startsAt: '2026-11-24T00:00:00Z',
      labels: { alertname: 'Many', index: String(index) },
      annotations: { description: 'y'.repeat(4_000) },
    }));
    const taken = await api.post(
      'mutation($input: AlertsIngestInput!) { alertsIngest(input: $input) { accepted userErrors { code message } } }',
      { input: { source: 'alertmanager', idempotencyKey: 'large', alerts } },
      { key: keys.bot },
    );

    expect(refused.status).toBe(400);
    expect(taken.body.data.alertsIngest).toEqual({ accepted: 300, userErrors: [] });
  });

  it('several operations in one request are refused', async () => {
    const response = await fetch(`${api.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${keys.admin}` },
      body: JSON.stringify([{ query: whoAmI }, { query: whoAmI }]),
    });

    expect(response.status).toBe(400);
  });
});

describe('GraphQL over HTTP', () => {
  const audits = serverAudits({
    url: () => `${api.url}/graphql`,
    fetchFn: (url: string, init: RequestInit) =>
      fetch(url, {
        ...init,
        headers: { ...Object.fromEntries(new Headers(init.headers)), authorization: `Bearer ${keys.admin}` },
      }),
  });

  it.each(audits.filter((audit) => audit.name.startsWith('MUST')).map((audit) => [audit.name, audit] as const))(
    '%s',
    async (_, audit) => {
      const result = await audit.fn();

      expect(result.status, 'reason' in result ? result.reason : '').toBe('ok');
    },
  );

  it('a fault of ours tells its request id and nothing else, beside what could be answered', async () => {
    await database.pool.query('alter table "AuditHead" rename to "Hidden"');

    const { status, body } = await api.post('query { viewer { locale } auditHead { hash } }');
    await database.pool.query('alter table "Hidden" rename to "AuditHead"');

    expect(status).toBe(200);
    expect(body.errors?.[0]?.extensions).toEqual({ code: 'INTERNAL', requestId: expect.any(String) });
    expect(JSON.stringify(body)).not.toMatch(/"AuditHead"|prisma|relation|does not exist/);
  });

  it('a variable of the wrong type is the caller’s fault', async () => {
    const { status, body } = await api.post('query($n: Int!) { tasks(first: $n) { nodes { id } } }', { n: 'many' });

    expect(status).toBe(400);
    expect(body.errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
  });

  it('errors name no field the caller did not write, and no internals', async () => {
    const unknown = await api.post('{ incidentz { id } }');
    const wrong = await api.post('query($input: TaskCreateInput!) { viewer { locale } }', {
      input: { secret: 'hunter2' },
    });

    expect(unknown.body.errors?.[0]?.message).not.toContain('Did you mean');
    expect(JSON.stringify(wrong.body)).not.toMatch(/stack|node_modules/);
  });
});

async function makeTask(key: string): Promise<{ readonly id: string; readonly number: string }> {
  const { body } = await api.post(
    'mutation($input: TaskCreateInput!) { taskCreate(input: $input) { task { id number } userErrors { code message } } }',
    { input: { agentId: 'monitoring', taskType: 'health_check', params: {}, idempotencyKey: key } },
    { key: keys.bot, person: people.requester },
  );
  if (!body.data?.taskCreate.task) throw new Error(JSON.stringify(body));
  return body.data.taskCreate.task;
}
