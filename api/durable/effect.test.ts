import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../lib/ids.ts';
import { createLogger } from '../../lib/log.ts';
import { makeApprovedAction } from '../../test/support/approved-action.ts';
import { type TestDatabase, testDatabase } from '../../test/support/database.ts';
import { until } from '../../test/support/until.ts';
import { createDb, type DbHandle } from '../db.ts';
import { type EffectCall, type EffectDeps, type EffectResult, runEffect } from './effect.ts';
import type { EffectSubject } from './effect-rows.ts';

const log = createLogger({ name: 'test', level: 'silent' });
let database: TestDatabase;
let handle: DbHandle;
let slots = 0;

beforeAll(async () => {
  database = await testDatabase();
  handle = createDb(database.url, { program: 'effect-test' });
});
afterAll(async () => {
  await handle.close();
  await database.drop();
});

interface Process {
  readonly deps: EffectDeps;
  held: boolean;
  /** The process is surely gone, and time passes. */
  die(): Promise<void>;
}

/** A process as the journal knows it: a row in the table of executors, and a lease. */
async function startProcess(): Promise<Process> {
  const session = `worker/${newId()}`;
  const slot = slots++;
  await handle.db.executor.create({ data: { slot, backendPid: slot, backendStart: 'now', program: session } });
  const started: Process = {
    held: true,
    deps: {
      db: handle.db,
      log,
      askAgainMs: 1,
      durable: {
        isHeld: () => started.held,
        whenHeld: () => until(() => started.held, { what: 'the lease' }).then(() => undefined),
        session: () => session,
      },
    },
    die: async () => {
      await handle.db.executor.delete({ where: { slot } });
      await handle.db
        .$executeRaw`update "Effect" set "intentAt" = "intentAt" - interval '10 s' where owner like ${`${session}#%`}`;
      await handle.db
        .$executeRaw`update "TargetLock" set "acquiredAt" = "acquiredAt" - interval '10 s' where owner like ${`${session}#%`}`;
    },
  };
  return started;
}

async function approvedEffect(target?: string): Promise<EffectSubject> {
  const ids = await makeApprovedAction(handle.db);
  const step = 'effect';
  return { key: `${ids.approvalId}:${step}`, step, target: target ?? newId(), correlationId: ids.taskId, ...ids };
}

const never = <T>(): Promise<T> => new Promise<T>(() => undefined);
const claim =
  (subject: EffectSubject): EffectCall['guard'] =>
  async (tx) => {
    const { count } = await tx.approval.updateMany({
      where: { id: subject.approvalId, usedAt: null },
      data: { usedAt: new Date() },
    });
    return count === 1 ? null : 'used before';
  };
const row = (subject: EffectSubject) => handle.db.effect.findUnique({ where: { key: subject.key } });
const locks = (subject: EffectSubject) => handle.db.targetLock.count({ where: { target: subject.target } });

describe('an effect', () => {
  it('runs once, is recorded with its answer, and answers the same when asked again', async () => {
    const [process, subject] = [await startProcess(), await approvedEffect()];
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
    const [process, subject] = [await startProcess(), await approvedEffect()];

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
    const [process, subject] = [await startProcess(), await approvedEffect()];

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
    const [process, subject] = [await startProcess(), await approvedEffect()];
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
    const [process, subject] = [await startProcess(), await approvedEffect()];
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
    const [process, subject] = [await startProcess(), await approvedEffect()];
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
    const [dead, alive, subject] = [await startProcess(), await startProcess(), await approvedEffect()];
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
    const [frozen, alive, subject] = [await startProcess(), await startProcess(), await approvedEffect()];
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
    const [process, first, second] = [await startProcess(), await approvedEffect(target), await approvedEffect(target)];
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
      await startProcess(),
      await startProcess(),
      await approvedEffect(target),
      await approvedEffect(target),
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

/** Numbers that look random and are the same in every run. */
function numbers(seed: number): (below: number) => number {
  let state = Math.imul(seed, 2_654_435_761) >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

describe('whatever dies wherever', () => {
  const points = [
    'nowhere',
    'guard',
    'before the call',
    'after the call',
    'in the call, frozen',
    'while asking',
  ] as const;

  it.each(Array.from({ length: 40 }, (_, seed) => seed + 1))(
    'one key is called once, or asked about first (order %i)',
    async (seed) => {
      const pick = numbers(seed);
      const subject = await approvedEffect();
      const canAsk = pick(3) > 0;
      const honoursKeys = pick(2) === 0;
      const calls: number[] = [];
      const frozen = new Map<number, Promise<unknown>>();
      const thaw: (() => void)[] = [];
      let used = 0;

      const attempt = async (index: number): Promise<EffectResult | 'died'> => {
        const process = await startProcess();
        const point = points[pick(points.length)];
        let die: (value: 'died') => void = () => undefined;
        const death = new Promise<'died'>((resolve) => (die = resolve));
        const dieHere = async (): Promise<never> => {
          await process.die();
          die('died');
          return never();
        };
        const call: EffectCall = {
          guard: async (tx) => {
            const reason = await claim(subject)(tx);
            if (point === 'guard') throw new Error('died in the guard');
            if (reason === null) used++;
            return reason;
          },
          honoursKeys,
          perform: async () => {
            if (point === 'before the call') return dieHere();
            if (point === 'in the call, frozen') {
              await process.die();
              die('died');
              await new Promise<void>((resolve) => thaw.push(resolve));
            }
            calls.push(index);
            if (point === 'after the call') return dieHere();
            return { accepted: true, answer: `attempt ${index}` };
          },
          ...(canAsk
            ? {
                check: async () => {
                  if (point === 'while asking') return dieHere();
                  return calls.length > 0 ? ('arrived' as const) : ('not_arrived' as const);
                },
              }
            : {}),
        };
        const running = runEffect(process.deps, subject, call).catch(() => 'died' as const);
        if (point === 'in the call, frozen') frozen.set(index, running);
        const result = await Promise.race([running, death]);
        if (result === 'died' && point === 'guard') await process.die();
        return result;
      };

      const results: (EffectResult | 'died')[] = [];
      for (let index = 0; index < 6 && (index === 0 || results.at(-1) === 'died'); index++) {
        const twins = pick(4) === 0 ? [attempt(index), attempt(index + 100)] : [attempt(index)];
        results.push(...(await Promise.all(twins)));
      }
      for (const wake of thaw) wake();
      await Promise.all(frozen.values());

      const journal = await row(subject);
      const told = results.filter((result) => result !== 'died');
      expect(used).toBeLessThanOrEqual(1);
      // The living call once at most; only a frozen one that wakes may come on top, where the target counts the key once.
      expect(calls.filter((index) => !frozen.has(index)).length).toBeLessThanOrEqual(1);
      if (!canAsk || !honoursKeys) expect(calls.length).toBeLessThanOrEqual(1);
      for (const result of told) {
        expect(['done', 'unknown']).toContain(result.status);
        if (result.status === 'done') expect(calls.length).toBeGreaterThan(0);
      }
      // Everybody who was told was told the same, and it is what the journal says.
      expect(new Set(told.map((result) => result.status)).size).toBeLessThanOrEqual(1);
      if (told.length > 0) expect(journal?.status.toLowerCase()).toBe(told[0]?.status);
    },
  );
});
