import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLogger } from '../../../lib/log.ts';
import { type TestDatabase, testDatabase } from '../../../test/support/database.ts';
import { describeWith } from '../../../test/support/debian.ts';
import { type OwnRedis, startRedis } from '../../../test/support/redis.ts';
import { until } from '../../../test/support/until.ts';
import { pubSubContract } from './contract.ts';
import { decodeWake, encodeWake } from './listeners.ts';
import { createMemoryPubSub } from './memory.ts';
import { createPostgresPubSub } from './postgres.ts';
import { createRedisPubSub } from './redis.ts';

const log = createLogger({ name: 'test', level: 'silent' });

describe('a wake-up as it travels', () => {
  it('is read back as it was written, and what somebody else wrote is no wake-up', () => {
    expect(decodeWake(encodeWake('task', 'T-1'))).toEqual({ topic: 'task', id: 'T-1' });
    expect(decodeWake(encodeWake('tasks', undefined))).toEqual({ topic: 'tasks', id: undefined });
    for (const text of ['', 'x', '{}', '{"t":"secrets"}', '{"t":"task","i":1}', 'null'])
      expect(decodeWake(text)).toBeNull();
  });
});

describe('in one process', () => {
  pubSubContract(async () => {
    const one = createMemoryPubSub(log);
    return { here: one, there: one };
  });
});

describe('by PostgreSQL', () => {
  let database: TestDatabase;
  const open = (program: string) => createPostgresPubSub({ databaseUrl: database.url, program, log });
  beforeAll(async () => {
    database = await testDatabase();
  });
  afterAll(() => database.drop());

  pubSubContract(async () => ({ here: await open('here'), there: await open('there') }));

  it('a cut connection comes back, and everybody is woken once for what may have been missed', async () => {
    const [here, there] = [await open('here'), await open('there')];
    const heard: (string | undefined)[] = [];
    there.subscribe('alerts', (id) => heard.push(id));

    await database.pool.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'there/%' or application_name like 'here/%'`,
    );
    await until(() => heard.length === 1, { what: 'the wake-up after the gap' });
    await until(
      () => {
        here.publish('alerts', 'again');
        return heard.includes('again');
      },
      { what: 'a wake-up over the new connection', everyMs: 100 },
    );

    expect(heard[0]).toBeUndefined();
    await here.close();
    await there.close();
  });
});

describeWith(['redis-server'], 'by Redis', () => {
  let redis: OwnRedis;
  const open = () => createRedisPubSub({ redisUrl: redis.url, log });
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());

  pubSubContract(async () => {
    const [here, there] = [await open(), await open()];
    return { here, there };
  });

  it('a Redis killed and started again carries wake-ups again, and this process heard its own all the time', async () => {
    const [here, there] = [await open(), await open()];
    const [heardHere, heardThere]: [string[], string[]] = [[], []];
    here.subscribe('approval', (id) => heardHere.push(id ?? ''));
    there.subscribe('approval', (id) => heardThere.push(id ?? ''));

    await redis.kill();
    here.publish('approval', 'while away');
    await until(() => heardHere.includes('while away'), { what: 'the listener of this process' });
    await redis.start();
    await until(
      () => {
        here.publish('approval', 'back');
        return heardThere.includes('back');
      },
      { what: 'a wake-up after the restart', everyMs: 100 },
    );

    expect(heardThere).not.toContain('while away');
    await here.close();
    await there.close();
  });
});
