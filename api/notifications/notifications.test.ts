import { afterEach, beforeEach, expect, test } from 'vitest';
import { type RecordCore, recordCore } from '../../test/support/record-core.ts';
import { type Incident, inTransaction, type Notification } from '../db.ts';
import { claimNotifications } from './claim.ts';
import { type ConfirmInput, confirmNotification } from './confirm.ts';
import { readOutbox } from './outbox.ts';
import { type NotifyInput, notify } from './write.ts';

let core: RecordCore;
let incident: Incident;

beforeEach(async () => {
  core = await recordCore();
  incident = await core.incident();
});
afterEach(() => core.close());

const write = (over: Partial<NotifyInput> = {}) =>
  inTransaction(core.db, (tx) =>
    notify(tx, {
      kind: 'INCIDENT_CARD',
      subject: { type: 'Incident', id: incident.id },
      to: { type: 'chat', workspace: 'T0LOCAL', channel: 'C0OPS' },
      locale: 'EN',
      ...over,
    }),
  );
const reply = (over: Partial<NotifyInput> = {}) =>
  write({
    kind: 'INCIDENT_NOTICE',
    to: { type: 'incident', incidentId: incident.id, workspace: 'T0LOCAL', channel: 'C0OPS' },
    text: 'a notice',
    ...over,
  });
const claim = (worker = 'bot-1', limit = 20) =>
  claimNotifications(core, { channels: ['CHAT'], limit, leaseMs: 30_000, worker });
const claimOne = async (worker?: string): Promise<Notification> => {
  const { notifications } = await claim(worker);
  const [row, ...others] = notifications;
  if (row === undefined || others.length > 0) throw new Error(`claimed ${notifications.length} rows instead of one`);
  return row;
};
const confirm = (row: Notification, result: ConfirmInput['result'], over: Partial<ConfirmInput> = {}) =>
  confirmNotification(core, {
    id: row.id,
    leaseToken: String(row.claimToken),
    revision: row.revision,
    result,
    ...over,
  });
const address = (message: string) => ({ workspace: 'T0LOCAL', channel: 'C0OPS', message });
const sql = (text: string) => core.database.pool.query(text);
const theRow = () => core.db.notification.findFirstOrThrow();

test('a message written again is one row with a higher revision, delivered as an edit of the same message', async () => {
  await write();
  await write();
  const first = await claimOne();
  expect(first).toMatchObject({
    revision: 2,
    priority: 'NEW_CRITICAL',
    messageTs: null,
    uncertain: false,
    attempts: 1,
  });
  await confirm(first, 'DELIVERED', { address: address('1.1') });
  expect((await claim()).notifications).toEqual([]);

  await write();

  const edit = await claimOne();
  expect(edit).toMatchObject({
    id: first.id,
    revision: 3,
    priority: 'PROGRESS',
    messageTs: '1.1',
    deliveredRevision: 2,
  });
  await confirm(edit, 'DELIVERED');
  expect(await theRow()).toMatchObject({ status: 'DELIVERED', deliveredRevision: 3, messageTs: '1.1' });
});

test('a change while the message is being sent is sent afterwards, and no other sender gets it meanwhile', async () => {
  await write();
  const sending = await claimOne();
  await write();
  expect((await claim()).notifications).toEqual([]);

  await confirm(sending, 'DELIVERED', { address: address('1.1') });

  expect(await claimOne()).toMatchObject({ revision: 2, messageTs: '1.1' });
});

test('replies wait until the card is delivered, then go into its thread', async () => {
  await write();
  await reply();
  const card = await claimOne();
  expect(card.kind).toBe('INCIDENT_CARD');
  expect((await claim()).notifications).toEqual([]);

  await confirm(card, 'DELIVERED', { address: address('5.5') });

  expect(await core.db.incident.findUnique({ where: { id: incident.id } })).toMatchObject({
    channel: 'C0OPS',
    threadTs: '5.5',
  });
  expect(await claimOne()).toMatchObject({
    kind: 'INCIDENT_NOTICE',
    threadTs: '5.5',
    chatChannel: 'C0OPS',
    text: 'a notice',
  });
});

test('the most urgent message is claimed first, the oldest of equal ones before the others', async () => {
  await sql(`update "Incident" set "threadTs" = '1.0'`);
  const kinds = ['INCIDENT_NOTICE', 'ACTION_RESULT', 'APPROVAL_REQUEST', 'INCIDENT_CARD', 'TASK_PROGRESS'] as const;
  for (const kind of kinds) await reply({ kind });
  const second = await core.incident();
  await reply({ kind: 'ACTION_RESULT', subject: { type: 'Incident', id: second.id } });

  const { notifications } = await claim();

  expect(notifications.map((row) => row.priority)).toEqual([
    'APPROVAL',
    'RESULT',
    'RESULT',
    'NEW_CRITICAL',
    'FINDING',
    'PROGRESS',
  ]);
  expect(notifications[2]?.subjectId).toBe(second.id);
});

test('one worker sends at a time; another gets nothing until ten seconds after the last claim', async () => {
  await write();
  const mine = await claim('bot-1', 1);
  expect(await claim('bot-2')).toEqual({ lease: null, notifications: [] });
  await sql(`update "SenderLease" set "expiresAt" = clock_timestamp() + interval '1 second'`);
  expect((await claim('bot-1')).lease?.token).toBe(mine.lease?.token);
  const left = await core.database.pool.query(
    `select extract(epoch from "expiresAt" - clock_timestamp())::float8 as s from "SenderLease"`,
  );
  expect(left.rows[0].s).toBeGreaterThan(9);
  expect(await claim('bot-2')).toEqual({ lease: null, notifications: [] });

  await sql(`update "SenderLease" set "expiresAt" = clock_timestamp() - interval '1 ms'`);

  const theirs = await claim('bot-2');
  expect(Number(theirs.lease?.token)).toBe(Number(mine.lease?.token) + 1);
  expect(theirs.notifications).toMatchObject([{ uncertain: true, claimedBy: 'bot-2' }]);
  expect((await claim('bot-1')).lease).toBeNull();
});

test('of many workers that start at once one gets the channel', async () => {
  await write();

  const results = await Promise.all(Array.from({ length: 8 }, (_, n) => claim(`bot-${n}`)));

  expect(results.filter((one) => one.lease !== null)).toHaveLength(1);
  expect(results.flatMap((one) => one.notifications)).toHaveLength(1);
});

test('a report of a replaced sender is refused, but the message it posted is kept', async () => {
  await write();
  const old = await claimOne('bot-1');
  await sql(`update "SenderLease" set "expiresAt" = clock_timestamp() - interval '1 ms'`);
  const current = await claimOne('bot-2');

  const late = await confirm(old, 'DELIVERED', { address: address('7.7') });

  expect(late).toMatchObject({
    refused: { code: 'INVALID_STATE' },
    notification: { messageTs: '7.7', status: 'CLAIMED' },
  });
  expect(await core.db.incident.findUnique({ where: { id: incident.id } })).toMatchObject({ threadTs: '7.7' });
  expect((await confirm(old, 'DELIVERED', { address: address('8.8') })).notification?.messageTs).toBe('7.7');
  expect((await confirm(current, 'DELIVERED', { address: address('7.7') })).refused).toBeNull();
  expect(await theRow()).toMatchObject({ status: 'DELIVERED', messageTs: '7.7', uncertain: false });
});

test('a claim that ran out and a lost answer come back as uncertain', async () => {
  await write();
  const first = await claimOne();
  await sql(`update "Notification" set "claimedUntil" = clock_timestamp() - interval '1 ms'`);
  const again = await claimOne();
  expect(again).toMatchObject({ id: first.id, uncertain: true });

  await confirm(again, 'UNCERTAIN', { error: 'timeout' });

  expect(await theRow()).toMatchObject({ status: 'UNCERTAIN', uncertain: true, lastError: 'timeout' });
  expect((await claim()).notifications).toEqual([]);
  await sql(`update "Notification" set "notBefore" = clock_timestamp()`);
  expect(await claimOne()).toMatchObject({ uncertain: true });
});

test('the same report twice is accepted once more', async () => {
  await write();
  const row = await claimOne();
  await confirm(row, 'DELIVERED', { address: address('1.1') });

  expect(await confirm(row, 'DELIVERED', { address: address('1.1') })).toMatchObject({
    refused: null,
    notification: { status: 'DELIVERED' },
  });
});

test('RETRY_LATER waits as long as the other side said, also when the message changes meanwhile', async () => {
  await write();
  await confirm(await claimOne(), 'RETRY_LATER', { retryAfterMs: 60_000, error: 'ratelimited' });
  await write();

  expect((await claim()).notifications).toEqual([]);
  const wait = await core.database.pool.query(
    `select extract(epoch from "notBefore" - clock_timestamp())::float8 as s from "Notification"`,
  );
  expect(wait.rows[0].s).toBeGreaterThan(55);
});

test('a second refusal ends the tries with an audit row; a later change is tried once more', async () => {
  await write();
  await confirm(await claimOne(), 'REFUSED', { error: 'is_archived' });
  expect(await theRow()).toMatchObject({ status: 'PENDING' });
  await sql(`update "Notification" set "notBefore" = clock_timestamp()`);
  await confirm(await claimOne(), 'REFUSED', { error: 'is_archived' });

  expect(await theRow()).toMatchObject({ status: 'FAILED', lastError: 'refused: is_archived' });
  expect(await core.db.auditEntry.findMany()).toMatchObject([
    { operation: 'notificationFailed', outcome: 'failed', reason: 'refused: is_archived' },
  ]);
  expect((await claim()).notifications).toEqual([]);
  await write();
  await confirm(await claimOne(), 'REFUSED', { error: 'is_archived' });
  expect(await theRow()).toMatchObject({ status: 'FAILED' });
});

test('an unknown row, a wrong token and a revision that was never written are refused', async () => {
  await write();
  const row = await claimOne();

  expect((await confirm({ ...row, id: incident.id }, 'DELIVERED')).refused?.code).toBe('NOT_FOUND');
  expect((await confirm(row, 'DELIVERED', { leaseToken: 'x' })).refused?.code).toBe('INVALID_INPUT');
  expect((await confirm(row, 'DELIVERED', { leaseToken: '99' })).refused?.code).toBe('INVALID_STATE');
  expect((await confirm(row, 'DELIVERED', { revision: 2 })).refused?.code).toBe('INVALID_INPUT');
  expect(await theRow()).toMatchObject({ status: 'CLAIMED', deliveredRevision: 0 });
});

test('a task without a thread gets one by its first progress message, and its answers follow there', async () => {
  const task = await core.task({ workspace: 'T0LOCAL', channel: 'C0GENERAL' });
  const to = { type: 'chat', workspace: 'T0LOCAL', channel: 'C0GENERAL' } as const;
  await write({ kind: 'TASK_PROGRESS', subject: { type: 'Task', id: task.id }, to });
  await confirm(await claimOne(), 'DELIVERED', {
    address: { workspace: 'T0LOCAL', channel: 'C0GENERAL', message: '3.3' },
  });

  await write({ kind: 'TASK_RESULT', subject: { type: 'Task', id: task.id }, to });

  expect(await claimOne()).toMatchObject({ kind: 'TASK_RESULT', threadTs: '3.3' });
  await write({ kind: 'TASK_PROGRESS', subject: { type: 'Task', id: task.id }, to });
  expect(await claimOne()).toMatchObject({ kind: 'TASK_PROGRESS', threadTs: null, messageTs: '3.3' });
});

test('a direct message keeps the conversation it was sent in', async () => {
  const jin = await core.person('Jin', 'OPERATOR');
  await write({ kind: 'HANDOFF', to: { type: 'user', userId: jin.id } });
  const row = await claimOne();
  expect(row).toMatchObject({ privateToId: jin.id, chatChannel: null });

  await confirm(row, 'DELIVERED', { address: { workspace: 'T0LOCAL', channel: 'D1', message: '4.4' } });

  expect(await theRow()).toMatchObject({ chatChannel: 'D1', messageTs: '4.4', status: 'DELIVERED' });
});

test('the outbox tells what waits, since when, and what is most urgent', async () => {
  expect(await readOutbox(core.db)).toMatchObject({
    pending: 0,
    oldestAt: null,
    oldestSeconds: 0,
    highestPriority: null,
  });
  await write();
  await reply({ kind: 'APPROVAL_REQUEST' });
  await sql(
    `update "Notification" set "changedAt" = clock_timestamp() - interval '90 s' where "kind" = 'INCIDENT_CARD'`,
  );

  const state = await readOutbox(core.db);

  expect(state).toMatchObject({ pending: 2, highestPriority: 'APPROVAL', failed: 0 });
  expect(state.oldestSeconds).toBeGreaterThan(89);
  expect(await readOutbox(core.db, ['EMAIL'])).toMatchObject({ pending: 0 });
});
