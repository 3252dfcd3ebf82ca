import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId, toGlobalId } from '../../lib/ids.ts';
import { type TestDatabase, testDatabase } from '../../test/support/database.ts';
import { type GraphqlApi, graphqlApi, keys, people } from '../../test/support/graphql-api.ts';
import { storeEvidence } from '../evidence/store.ts';
import { addTimeline } from '../incidents/timeline.ts';
import { notify } from '../notifications/write.ts';

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

const bot = { key: keys.bot };
const requester = { key: keys.bot, person: people.requester };
const create =
  'mutation($input: TaskCreateInput!) { taskCreate(input: $input) { task { id number status requestedBy { ... on User { displayName } } } candidates { agentId name } userErrors { code path message } } }';
const check = (key: string, params: object = {}) => ({
  input: { agentId: 'monitoring', taskType: 'health_check', params, idempotencyKey: key },
});

async function incident(title = 'payment-api is down') {
  return api.db.incident.create({
    data: { id: newId(), title, severity: 'HIGH', startedAt: new Date(), workspace: 'T0LOCAL', channel: 'C0OPS' },
  });
}

describe('a mutation that creates', () => {
  it('answers a repeat of the same request with the first thing, and makes no second', async () => {
    const first = await api.post(create, check('twice'), requester);
    const again = await api.post(create, check('twice'), requester);

    expect(first.body.data.taskCreate.task.requestedBy.displayName).toBe('Jin');
    expect(again.body.data.taskCreate.task.id).toBe(first.body.data.taskCreate.task.id);
    expect(await api.db.task.count({ where: { idempotencyKey: { endsWith: ':twice' } } })).toBe(1);
  });

  it('makes one thing of requests with one key that come at the same moment', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => api.post(create, check('race'), requester)));

    const ids = new Set(answers.map(({ body }) => body.data.taskCreate.task?.id));
    expect(ids.size).toBe(1);
    expect(await api.db.task.count({ where: { idempotencyKey: { endsWith: ':race' } } })).toBe(1);
  });

  it('refuses the same key with another input, or from another person', async () => {
    await api.post(create, check('mixed'), requester);

    const input = { ...check('mixed').input, instruction: 'another' };
    const other = await api.post(create, { input }, requester);
    const person = await api.post(create, check('mixed'), { key: keys.admin });
    const someone = await api.post(create, check('mixed'), { key: keys.bot, person: people.viewer });

    expect(other.body.data.taskCreate.userErrors[0].code).toBe('IDEMPOTENCY_MISMATCH');
    expect(person.body.data.taskCreate.userErrors).toEqual([]);
    expect(someone.body.data.taskCreate.task).toBeNull();
  });

  it('frees the key of a request that was refused', async () => {
    const refused = await api.post(create, { input: { ...check('freed').input, taskType: 'no_such_type' } }, requester);
    const done = await api.post(create, check('freed'), requester);

    expect(refused.body.data.taskCreate.userErrors[0].code).toBe('NOT_FOUND');
    expect(done.body.data.taskCreate.task).not.toBeNull();
  });

  it('shows a new key’s secret once, also when the request is repeated', async () => {
    const mutation =
      'mutation { apiKeyCreate(input: { name: "ci", permissions: [TASK_READ], idempotencyKey: "k1" }) { secret apiKey { id prefix } userErrors { code } } }';

    const first = await api.post(mutation);
    const again = await api.post(mutation);

    expect(first.body.data.apiKeyCreate.secret).toMatch(/^aak_/);
    expect(again.body.data.apiKeyCreate).toEqual({ ...first.body.data.apiKeyCreate, secret: null });
    expect(await api.db.apiKey.count({ where: { name: 'ci' } })).toBe(1);
  });
});

describe('taskCreate', () => {
  it('offers what can be asked when no task is named', async () => {
    const { body } = await api.post(create, { input: { idempotencyKey: 'open' } }, requester);

    expect(body.data.taskCreate.userErrors[0]).toMatchObject({ code: 'MISSING_INPUT', path: ['input', 'agentId'] });
    expect(body.data.taskCreate.candidates).toContainEqual({ agentId: 'monitoring', name: 'health_check' });
  });

  it('a dry run writes nothing but the audit row', async () => {
    const before = await api.db.task.count();

    const { body } = await api.post(create, { input: { ...check('dry').input, dryRun: true } }, requester);

    expect(body.data.taskCreate).toMatchObject({ task: null, userErrors: [] });
    expect(await api.db.task.count()).toBe(before);
    expect(await api.db.auditEntry.count({ where: { operation: 'taskCreate', outcome: 'planned' } })).toBe(1);
  });

  it('a refusal says why, names the field, and stands in the audit log', async () => {
    const { body } = await api.post(create, check('viewer'), { key: keys.bot, person: people.viewer });

    expect(body.data.taskCreate.userErrors[0].code).toBe('FORBIDDEN');
    const entry = await api.db.auditEntry.findFirst({
      where: { operation: 'taskCreate', outcome: 'refused', actorName: 'Alex' },
    });
    expect(entry?.reason).toContain('FORBIDDEN');
  });
});

describe('incidents', () => {
  it('can be acknowledged once a person says so, and the payload carries the present state', async () => {
    const { id } = await incident();
    const input = { id: toGlobalId('Incident', id) };
    const mutation =
      'mutation($input: IncidentAcknowledgeInput!) { incidentAcknowledge(input: $input) { incident { status acknowledgedBy { displayName } } userErrors { code } } }';

    const key = await api.post(mutation, { input }, { key: keys.web });
    const { body } = await api.post(mutation, { input }, requester);

    expect(key.body.data.incidentAcknowledge.userErrors).toEqual([{ code: 'FORBIDDEN' }]);
    expect(body.data.incidentAcknowledge).toEqual({
      incident: { status: 'ACKNOWLEDGED', acknowledgedBy: { displayName: 'Jin' } },
      userErrors: [],
    });
  });

  it('lists page by page without gaps or repeats while rows are added', async () => {
    for (let index = 0; index < 5; index++) await incident(`paged ${index}`);
    const query =
      'query($after: String) { incidents(first: 2, after: $after, filter: { search: "PAGED" }) { totalCount nodes { title } pageInfo { endCursor hasNextPage } } }';

    const seen: string[] = [];
    let after: string | null = null;
    for (let page = 0; page < 3; page++) {
      const { body } = await api.post(query, { after });
      seen.push(...body.data.incidents.nodes.map((node: { title: string }) => node.title));
      after = body.data.incidents.pageInfo.endCursor;
      if (page === 0) await incident('paged late');
    }

    expect(seen).toEqual(['paged 4', 'paged 3', 'paged 2', 'paged 1', 'paged 0']);
  });

  it('are found by number, by id and by node, and nothing else is', async () => {
    const { id, number } = await incident('found');
    const globalId = toGlobalId('Incident', id);
    const query =
      'query($id: ID!, $number: String!) { a: incident(id: $id) { title } b: lookup(number: $number) { id } c: node(id: $id) { id } d: nodes(ids: [$id, "nonsense"]) { id } e: task(id: $id) { id } }';

    const { body } = await api.post(query, { id: globalId, number: `inc-${number}` });

    expect(body.data).toEqual({
      a: { title: 'found' },
      b: { id: globalId },
      c: { id: globalId },
      d: [{ id: globalId }, null],
      e: null,
    });
  });
});

describe('the outbox', () => {
  const claim =
    'mutation($input: NotificationClaimInput!) { notificationClaim(input: $input) { lease { token } notifications { id kind revision leaseToken text subject { __typename ... on Incident { title timeline { nodes { text } } } } } userErrors { code } } }';
  const input = { channels: ['CHAT'], leaseFor: 'PT30S', worker: 'bot-1' };

  it('hands a card and its notices to the deliverer with what they are drawn from', async () => {
    const row = await incident('told');
    await api.db.$transaction(async (tx) => {
      const entry = await addTimeline(tx, {
        incidentId: row.id,
        kind: 'NOTE',
        actor: { type: 'automation', id: null, name: 'test' },
        text: 'a notice',
      });
      const chat = { workspace: 'T0LOCAL', channel: 'C0OPS' };
      await notify(tx, {
        kind: 'INCIDENT_CARD',
        subject: { type: 'Incident', id: row.id },
        to: { type: 'chat', ...chat },
        locale: 'EN',
      });
      await notify(tx, {
        kind: 'INCIDENT_NOTICE',
        subject: { type: 'TimelineEntry', id: entry.id },
        to: { type: 'incident', incidentId: row.id, ...chat },
        locale: 'EN',
        text: 'a notice',
      });
    });
    const ofIncident = (answer: Awaited<ReturnType<GraphqlApi['post']>>) =>
      answer.body.data.notificationClaim.notifications.filter(
        (one: { subject: { title?: string } }) => one.subject.title === 'told',
      );

    const [card] = ofIncident(await api.post(claim, { input }, bot));
    expect(card.kind).toBe('INCIDENT_CARD');
    const confirmed = await api.post(
      'mutation($input: NotificationConfirmInput!) { notificationConfirm(input: $input) { notification { status address { message } } userErrors { code } } }',
      {
        input: {
          id: card.id,
          leaseToken: card.leaseToken,
          revision: card.revision,
          result: 'DELIVERED',
          address: { workspace: 'T0LOCAL', channel: 'C0OPS', message: '1.1' },
        },
      },
      bot,
    );
    const notices = ofIncident(await api.post(claim, { input }, bot));

    expect(confirmed.body.data.notificationConfirm).toMatchObject({
      notification: { status: 'DELIVERED', address: { message: '1.1' } },
      userErrors: [],
    });
    expect(notices).toMatchObject([{ kind: 'INCIDENT_NOTICE', text: 'a notice', subject: { __typename: 'Incident' } }]);
  });

  it('is not opened to a person, whatever they may otherwise', async () => {
    const { body } = await api.post(claim, { input }, { key: keys.admin });

    expect(body.data.notificationClaim.userErrors).toEqual([{ code: 'FORBIDDEN' }]);
  });
});

describe('evidence', () => {
  it('is drawn by its kind, and plainly when what it points at is gone', async () => {
    const row = await incident('proven');
    const { body: made } = await api.post(create, {
      input: { ...check('proof').input, incidentId: toGlobalId('Incident', row.id) },
    });
    const task = await api.db.task.findUniqueOrThrow({
      where: { number: Number(made.data.taskCreate.task.number.slice(2)) },
    });
    await api.db.system.create({ data: { id: newId(), name: 'payment-api', displayName: 'Payment' } });
    const health = { state: 'UNHEALTHY', statusCode: 503, latencyMs: 12, attempts: 3, message: 'HTTP 503' };
    const replies = [
      ['health', { system: 'payment-api', ...health }],
      ['health', { system: 'gone', ...health }],
      ['metric', { query: 'up', value: 0, series: [{ labels: {}, value: 0 }] }],
      ['manual', { code: 'GONE-1', section: 's', page: null, quote: 'q', score: 1 }],
    ] as const;
    for (const [index, [kind, data]] of replies.entries())
      await storeEvidence(api.core, {
        taskId: task.id,
        incidentId: row.id,
        stepKey: `proof:${index}`,
        tool: kind,
        reply: { outcome: 'success', kind, title: kind, asked: 'a', summary: 's', data },
      });

    const { body } = await api.post(
      'query($n: String!) { task(number: $n) { evidence { nodes { __typename ref ... on HealthEvidence { check { state statusCode system { name } } } ... on MetricEvidence { value } } } } }',
      { n: made.data.taskCreate.task.number },
    );

    expect(body.data.task.evidence.nodes).toEqual([
      {
        __typename: 'HealthEvidence',
        ref: 1,
        check: { state: 'UNHEALTHY', statusCode: 503, system: { name: 'payment-api' } },
      },
      { __typename: 'OtherEvidence', ref: 2 },
      { __typename: 'MetricEvidence', ref: 3, value: 0 },
      { __typename: 'OtherEvidence', ref: 4 },
    ]);
  });
});

describe('a key with few rights', () => {
  it('sees a task and not the incident behind it', async () => {
    const made = await api.post(
      'mutation { apiKeyCreate(input: { name: "narrow", permissions: [TASK_READ], idempotencyKey: "narrow" }) { secret } }',
    );
    const row = await incident('hidden');
    const { body: task } = await api.post(create, {
      input: { ...check('behind').input, incidentId: toGlobalId('Incident', row.id) },
    });
    const key = made.body.data.apiKeyCreate.secret;

    const { body } = await api.post(
      'query($id: ID!) { task(id: $id) { number incident { title } } }',
      { id: task.data.taskCreate.task.id },
      { key },
    );

    expect(body.errors?.[0]?.extensions.code).toBe('FORBIDDEN');
    expect(JSON.stringify(body.data)).not.toContain('hidden');
  });
});

describe('the REST door', () => {
  const send = (path: string, init: RequestInit = {}) =>
    fetch(`${api.url}${path}`, {
      ...init,
      headers: { authorization: `Bearer ${keys.admin}`, 'content-type': 'application/json', ...init.headers },
    });

  it('starts a task as its GraphQL twin does, once per Idempotency-Key', async () => {
    const init = {
      method: 'POST',
      headers: { 'idempotency-key': 'rest-1' },
      body: JSON.stringify({ agentId: 'monitoring', taskType: 'health_check', params: {} }),
    };

    const first = await send('/api/agents/execute', init);
    const again = await send('/api/agents/execute', init);

    expect(first.status).toBe(202);
    expect(first.headers.get('location')).toMatch(/^\/api\/tasks\/T-\d+$/);
    expect(again.headers.get('location')).toBe(first.headers.get('location'));
    const read = await send(first.headers.get('location') ?? '');
    expect(await read.json()).toMatchObject({ task: { agentId: 'monitoring', status: 'QUEUED' } });
  });

  it('lists the agents, and asks for a key', async () => {
    const list = await send('/api/agents/list');
    const stranger = await fetch(`${api.url}/api/agents/list`);

    expect(JSON.stringify(await list.json())).toContain('health_check');
    expect(stranger.status).toBe(401);
  });

  it('a refusal is a problem with its code and the field', async () => {
    const response = await send('/api/agents/execute', {
      method: 'POST',
      body: JSON.stringify({ agentId: 'monitoring' }),
    });

    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    expect(await response.json()).toMatchObject({ code: 'MISSING_INPUT' });
  });
});

describe('workflows, schedules and free words', () => {
  const startWorkflow = `mutation ($input: WorkflowStartInput!) { workflowStart(input: $input) {
    workflow { id number status steps { name status } } userErrors { code message path } } }`;

  it('a workflow starts by name or as data, and one that does not fit says where', async () => {
    const named = { definition: 'system_checkup', params: { system: 'payment-api' }, idempotencyKey: 'wf-1' };
    const { body } = await api.post(startWorkflow, { input: named });
    const steps = [
      { name: 'a', agentId: 'monitoring', taskType: 'health_check', needs: ['b'] },
      { name: 'b', agentId: 'infra', taskType: 'none' },
    ];
    const bad = await api.post(startWorkflow, { input: { plan: { title: 'x', steps }, idempotencyKey: 'wf-2' } });
    const { data } = (
      await api.post('query ($n: String!) { lookup(number: $n) { __typename } }', {
        n: body.data.workflowStart.workflow.number,
      })
    ).body;

    expect(body.data.workflowStart).toMatchObject({
      workflow: { status: 'QUEUED', steps: [{ name: 'health' }, { name: 'workload' }] },
      userErrors: [],
    });
    expect(bad.body.data.workflowStart.userErrors[0]).toMatchObject({
      code: 'INVALID_INPUT',
      path: ['input', 'plan', 'steps', '1', 'taskType'],
    });
    expect(data.lookup.__typename).toBe('Workflow');
  });

  it('the REST door starts the same workflows', async () => {
    const response = await fetch(`${api.url}/api/workflows/execute`, {
      method: 'POST',
      headers: { authorization: `Bearer ${keys.admin}`, 'content-type': 'application/json' },
      body: JSON.stringify({ definition: 'system_checkup', params: { system: 'payment-api' } }),
    });
    const refused = await fetch(`${api.url}/api/workflows/execute`, {
      method: 'POST',
      headers: { authorization: `Bearer ${keys.admin}`, 'content-type': 'application/json' },
      body: JSON.stringify({ definition: 'system_checkup', params: {} }),
    });

    expect([response.status, refused.status]).toEqual([202, 400]);
  });

  it('a schedule is made, paused and deleted, and names only what exists', async () => {
    const create = `mutation ($input: ScheduleCreateInput!) { scheduleCreate(input: $input) { schedule { id number version nextRunAt } userErrors { code path } } }`;
    const input = {
      title: 'nightly',
      cron: '0 2 * * *',
      timeZone: 'Asia/Seoul',
      agentId: 'monitoring',
      taskType: 'health_check',
      params: {},
      idempotencyKey: 'sch-1',
    };
    const made = (await api.post(create, { input })).body.data.scheduleCreate;
    const unknown = (
      await api.post(create, { input: { ...input, taskType: 'nothing', title: 'x', idempotencyKey: 'sch-2' } })
    ).body.data.scheduleCreate;
    const paused = (
      await api.post(
        'mutation ($input: ScheduleUpdateInput!) { scheduleUpdate(input: $input) { schedule { enabled version } userErrors { code } } }',
        {
          input: { id: made.schedule.id, expectedVersion: 1, enabled: false },
        },
      )
    ).body.data.scheduleUpdate;
    const gone = (
      await api.post(
        'mutation ($input: ScheduleDeleteInput!) { scheduleDelete(input: $input) { deletedId userErrors { code } } }',
        {
          input: { id: made.schedule.id, expectedVersion: 2 },
        },
      )
    ).body.data.scheduleDelete;

    expect(made.userErrors).toEqual([]);
    expect(unknown.userErrors).toMatchObject([{ code: 'NOT_FOUND' }]);
    expect(paused).toEqual({ schedule: { enabled: false, version: 2 }, userErrors: [] });
    expect(gone.deletedId).toBe(made.schedule.id);
  });

  it('free words that are sure start their task, unsure ones are offered, talk starts nothing', async () => {
    await api.db.system.upsert({
      where: { name: 'payment-api' },
      create: { id: newId(), name: 'payment-api', displayName: 'Payment API' },
      update: {},
    });
    const create = `mutation ($input: TaskCreateInput!) { taskCreate(input: $input) { task { agentId params taskType { name } } candidates { name } userErrors { code } } }`;
    const ask = async (instruction: string) =>
      (await api.post(create, { input: { instruction, idempotencyKey: newId() } })).body.data.taskCreate;

    expect(await ask('payment-api 헬스체크 부탁')).toMatchObject({
      task: { taskType: { name: 'health_check' }, params: { systems: ['payment-api'] } },
    });
    expect(await ask('investigate this alert')).toMatchObject({
      task: null,
      candidates: [{ name: 'incident_response' }],
    });
    expect(await ask('고마워요')).toMatchObject({
      task: null,
      candidates: [],
      userErrors: [{ code: 'MISSING_INPUT' }],
    });
  });
});
