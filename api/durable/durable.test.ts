import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '../../lib/ids.ts';
import { createLogger } from '../../lib/log.ts';
import { type TestDatabase, testDatabase } from '../../test/support/database.ts';
import { until } from '../../test/support/until.ts';
import { DatabaseAway } from '../db.ts';
import { createDurable, type Durable } from './durable.ts';

const log = createLogger({ name: 'test', level: 'silent' });
let database: TestDatabase;
let durable: Durable;
const seen = new Map<string, unknown>();

const open = (): Durable =>
  createDurable({
    databaseUrl: database.url,
    program: 'durable-test',
    log,
    workerConcurrency: 2,
    onLost: () => undefined,
  });

beforeAll(async () => {
  database = await testDatabase();
});
beforeEach(() => {
  durable = open();
});
afterEach(() => durable.stop(0));
afterAll(() => database.drop());
const ended = (id: string): Promise<unknown> =>
  until(async () => (await durable.status(id)) !== 'pending', { what: 'the end of the function' });

describe('durable functions in one process', () => {
  it('functions that wait keep no one from working, however few steps may run at once', async () => {
    durable.register('wait', async (id) => {
      await durable.step('begin', async () => seen.set(id, 'waits').size);
      seen.set(id, await durable.receive('go', 60_000));
    });
    await durable.launch();
    const waiting = Array.from({ length: 12 }, () => newId());
    for (const id of waiting) await durable.start('wait', id);
    await until(() => waiting.every((id) => seen.get(id) === 'waits'), { what: 'all waiting' });

    const late = newId();
    await durable.start('wait', late);
    await durable.signal(late, 'go', { by: 'Mina' }, 'once');
    await ended(late);
    for (const id of waiting) await durable.cancel(id);

    expect(seen.get(late)).toEqual({ by: 'Mina' });
    expect(durable.slot()).toBe('slot-0');
    expect(durable.isHeld()).toBe(true);
  });

  it('only as many steps as allowed run at the same moment', async () => {
    let [now, most] = [0, 0];
    durable.register('busy', async () => {
      await durable.step('work', async () => {
        most = Math.max(most, ++now);
        await new Promise((resolve) => setTimeout(resolve, 30));
        now--;
      });
    });
    await durable.launch();
    const ids = Array.from({ length: 6 }, () => newId());

    for (const id of ids) await durable.start('busy', id);
    for (const id of ids) await ended(id);

    expect(most).toBe(2);
  });

  it('a step that met a database which was away is carried out again, and its result is what JSON keeps of it', async () => {
    let tries = 0;
    durable.register('outage', async (id) => {
      const result = await durable.step('read', async () => {
        tries++;
        if (tries === 1) throw new DatabaseAway(new Error('restarting'));
        return { at: new Date(0), nothing: undefined };
      });
      seen.set(id, result);
    });
    await durable.launch();
    const id = newId();

    await durable.start('outage', id);
    await ended(id);

    expect(tries).toBe(2);
    expect(seen.get(id)).toEqual({ at: '1970-01-01T00:00:00.000Z' });
  });

  it('a wait without a message ends with null, a faulty function as error, and a failed child does not throw', async () => {
    durable.register('fail', async () => {
      await durable.step('fail', () => Promise.reject(new Error('a faulty step')));
    });
    durable.register('parent', async (id) => {
      const child = `${id}-child`;
      await durable.startChild('fail', child);
      const how = await durable.awaitChild(child);
      await durable.sleep(10);
      seen.set(id, [how, await durable.receive('nothing', 50)]);
    });
    await durable.launch();
    const id = newId();

    await durable.start('parent', id);
    await ended(id);

    expect(seen.get(id)).toEqual(['error', null]);
    expect(await durable.status(`${id}-child`)).toBe('error');
    await expect(durable.start('unnamed', newId())).rejects.toMatchObject({ code: 'INTERNAL' });
  });

  it('what waits when the process stops goes on in the next one, without a timeout and without an error', async () => {
    const register = (): void =>
      durable.register('wait', async (id) => {
        await durable.step('begin', async () => seen.set(id, 'waits').size);
        seen.set(id, await durable.receive('go', 60_000).catch((error: unknown) => String(error)));
      });
    register();
    await durable.launch();
    const id = newId();
    await durable.start('wait', id);
    await until(() => seen.get(id) === 'waits', { what: 'waiting' });

    await durable.stop(1_000);
    const whileStopped = seen.get(id);
    durable = open();
    register();
    await durable.launch();
    await durable.signal(id, 'go', 'now', 'once');
    await ended(id);

    expect(whileStopped).toBe('waits');
    expect(seen.get(id)).toBe('now');
  });

  it('before it is launched it says that it is unavailable, and names are given once', async () => {
    durable.register('twice', async () => undefined);

    await expect(durable.start('twice', newId())).rejects.toMatchObject({ code: 'UNAVAILABLE', retryable: true });
    expect(() => durable.register('twice', async () => undefined)).toThrow('named twice');
    await durable.launch();
  });
});
