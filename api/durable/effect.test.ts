import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../lib/ids.ts';
import { type TestDatabase, testDatabase } from '../../test/support/database.ts';
import { approvedEffect, claim, never, startProcess } from '../../test/support/effect-process.ts';
import { until } from '../../test/support/until.ts';
import { createDb, type DbHandle } from '../db.ts';
import { type EffectCall, runEffect } from './effect.ts';
import type { EffectSubject } from './effect-rows.ts';

let database: TestDatabase;
let handle: DbHandle;

beforeAll(async () => {
  database = await testDatabase();
  handle = createDb(database.url, { program: 'effect-test' });
});
afterAll(async () => {
  await handle.close();
  await database.drop();
});

const row = (subject: EffectSubject) => handle.db.effect.findUnique({ where: { key: subject.key } });
const locks = (subject: EffectSubject) => handle.db.targetLock.count({ where: { target: subject.target } });

describe('an effect', () => {
  it('runs once, is recorded with its answer, and answers the same when asked again', async () => {
    const [process, subject] = [await startProcess(handle.db), await approvedEffect(handle.db)];
    const calls: string[] = [];
    const call: EffectCall = {
      guard: claim(subject),
      perform: async (key) => {
        calls.push(key);
        expect((await row(subject))?.status).toBe('INTENT');
        expect(await locks(subject)).toBe(1);
        return { accepted: true, answer: 'restarted' };
      },
    };

    const first = await runEffect(process.deps, subject, call);
    const second = await runEffect(process.deps, subject, call);

    expect(first).toMatchObject({ status: 'done', accepted: true, answer: 'restarted', mine: true });
    expect(second).toMatchObject({ status: 'done', accepted: true, answer: 'restarted', mine: false });
    expect(calls).toEqual([subject.key]);
    expect(await locks(subject)).toBe(0);
  });

  it('a refusal of the target is an answer, recorded as not accepted', async () => {
    const [process, subject] = [await startProcess(handle.db), await approvedEffect(handle.db)];

    const result = await runEffect(process.deps, subject, {
      guard: claim(subject),
      perform: async () => ({ accepted: false, answer: 'forbidden' }),
    });

    expect(result).toMatchObject({ status: 'done', accepted: false, answer: 'forbidden' });
  });

  it.each<[string, (subject: EffectSubject) => Partial<EffectCall>]>([
    ['the target drifted', () => ({ precondition: async () => 'another version' })],
    ['the guard refuses', () => ({ guard: async () => 'another version' })],
  ])('%s: nothing is called, no intent is left, the target is free', async (_title, differs) => {
    const [process, subject] = [await startProcess(handle.db), await approvedEffect(handle.db)];

    const result = await runEffect(process.deps, subject, {
      guard: claim(subject),
      perform: () => Promise.reject(new Error('called')),
      ...differs(subject),
    });

    expect(result).toEqual({ status: 'drifted', reason: 'another version' });
    expect(await row(subject)).toBeNull();
    expect(await locks(subject)).toBe(0);
  });

  it('when the audit entry cannot be written nothing is called, and the approval is not used up', async () => {
    const [process, subject] = [await startProcess(handle.db), await approvedEffect(handle.db)];
    const refused = runEffect(process.deps, subject, {
      guard: async (tx) => {
        await claim(subject)(tx);
        throw new Error('audit refused');
      },
      perform: () => Promise.reject(new Error('called')),
    });

    await expect(refused).rejects.toThrow('audit refused');
    expect(await row(subject)).toBeNull();
    expect((await handle.db.approval.findUniqueOrThrow({ where: { id: subject.approvalId } })).usedAt).toBeNull();
  });

  it.each<[string, 'arrived' | 'not_arrived' | 'unknown' | undefined, string]>([
    ['arrived', 'arrived', 'done'],
    ['did not arrive: it still may', 'not_arrived', 'unknown'],
    ['does not answer', 'unknown', 'unknown'],
    ['cannot be asked', undefined, 'unknown'],
  ])('a call without an answer, and the target %s', async (_title, answer, status) => {
    const [process, subject] = [await startProcess(handle.db), await approvedEffect(handle.db)];
    let calls = 0;

    const result = await runEffect(process.deps, subject, {
      guard: claim(subject),
      honoursKeys: true,
      perform: () => {
        calls++;
        return Promise.reject(new Error('connection reset'));
      },
      ...(answer === undefined ? {} : { check: async () => answer }),
    });

    expect(result.status).toBe(status);
    expect(calls).toBe(1);
    expect(await locks(subject)).toBe(0);
  });

  it('a process whose lease is gone does not call until it is back', async () => {
    const [process, subject] = [await startProcess(handle.db), await approvedEffect(handle.db)];
    let called = false;
    const running = runEffect(process.deps, subject, {
      guard: async (tx) => {
        process.held = false;
        return claim(subject)(tx);
      },
      perform: async () => {
        called = true;
        return { accepted: process.held, answer: '' };
      },
    });
    await until(async () => (await row(subject)) !== null, { what: 'the intent' });

    expect(called).toBe(false);
    process.held = true;

    expect(await running).toMatchObject({ status: 'done', accepted: true });
  });

  it('of a dead process that never reached a target which honours keys is called under the same key', async () => {
    const [dead, alive, subject] = [
      await startProcess(handle.db),
      await startProcess(handle.db),
      await approvedEffect(handle.db),
    ];
    const calls: string[] = [];
    let reached = false;
    void runEffect(dead.deps, subject, {
      guard: claim(subject),
      perform: () => {
        reached = true;
        return never();
      },
    });
    await until(() => reached, { what: 'the first attempt' });
    await dead.die();

    const result = await runEffect(alive.deps, subject, {
      guard: claim(subject),
      honoursKeys: true,
      check: async () => 'not_arrived',
      perform: async (key) => {
        calls.push(key);
        return { accepted: true, answer: 'restarted' };
      },
    });

    expect(result).toMatchObject({ status: 'done', mine: true });
    expect(calls).toEqual([subject.key]);
  });

  it('completed late by a process that was taken for dead is noted, and the outcome stays unknown', async () => {
    const [frozen, alive, subject] = [
      await startProcess(handle.db),
      await startProcess(handle.db),
      await approvedEffect(handle.db),
    ];
    let wake: ((answer: { accepted: boolean; answer: string }) => void) | undefined;
    const late = runEffect(frozen.deps, subject, {
      guard: claim(subject),
      perform: () => new Promise((resolve) => (wake = resolve)),
    });
    const answer = await until(() => wake, { what: 'the first attempt' });
    await frozen.die();
    const perform = () => Promise.reject(new Error('called again'));

    const result = await runEffect(alive.deps, subject, { guard: claim(subject), perform });
    answer({ accepted: true, answer: 'restarted after all' });

    expect(result.status).toBe('unknown');
    expect((await late).status).toBe('unknown');
    expect(await row(subject)).toMatchObject({ status: 'UNKNOWN', lateAnswer: 'restarted after all' });
  });

  it('waits for another one on the same target, and looks at the target only then', async () => {
    const target = newId();
    const [process, first, second] = [
      await startProcess(handle.db),
      await approvedEffect(handle.db, target),
      await approvedEffect(handle.db, target),
    ];
    const order: string[] = [];
    let finish: (() => void) | undefined;
    const running = runEffect(process.deps, first, {
      guard: claim(first),
      perform: async () => {
        order.push('first begins');
        await new Promise<void>((resolve) => (finish = resolve));
        order.push('first ends');
        return { accepted: true, answer: '' };
      },
    });
    const go = await until(() => finish, { what: 'the first call' });
    const waiting = runEffect(process.deps, second, {
      precondition: async () => {
        order.push('second looks');
        return null;
      },
      guard: claim(second),
      perform: async () => {
        order.push('second runs');
        return { accepted: true, answer: '' };
      },
    });
    const impatient = await runEffect({ ...process.deps, targetWaitMs: 0 }, second, {
      guard: claim(second),
      perform: () => Promise.reject(new Error('called')),
    });
    go();
    await Promise.all([running, waiting]);

    expect(order).toEqual(['first begins', 'first ends', 'second looks', 'second runs']);
    expect(impatient.status).toBe('drifted');
  });

  it('the lock of a process that died before its intent does not block the target', async () => {
    const target = newId();
    const [dead, alive, first, second] = [
      await startProcess(handle.db),
      await startProcess(handle.db),
      await approvedEffect(handle.db, target),
      await approvedEffect(handle.db, target),
    ];
    let looking = false;
    void runEffect(dead.deps, first, {
      precondition: () => {
        looking = true;
        return never();
      },
      guard: claim(first),
      perform: never,
    });
    await until(() => looking, { what: 'the lock' });
    await dead.die();

    const result = await runEffect(alive.deps, second, {
      guard: claim(second),
      perform: async () => ({ accepted: true, answer: '' }),
    });

    expect(result.status).toBe('done');
  });
});
