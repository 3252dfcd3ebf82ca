import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestDatabase, testDatabase } from '../../test/support/database.ts';
import { approvedEffect, claim, never, startProcess } from '../../test/support/effect-process.ts';
import { createDb, type DbHandle } from '../db.ts';
import { type EffectCall, type EffectResult, runEffect } from './effect.ts';

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
      const subject = await approvedEffect(handle.db);
      const canAsk = pick(3) > 0;
      const honoursKeys = pick(2) === 0;
      const calls: number[] = [];
      const frozen = new Map<number, Promise<unknown>>();
      const thaw: (() => void)[] = [];
      let used = 0;

      const attempt = async (index: number): Promise<EffectResult | 'died'> => {
        const process = await startProcess(handle.db);
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

      const journal = await handle.db.effect.findUnique({ where: { key: subject.key } });
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
