import { afterEach, expect, it } from 'vitest';
import { newId } from '../../../lib/ids.ts';
import { until } from '../../../test/support/until.ts';
import type { Cache } from '../../ports/cache.ts';

/** What every cache keeps. */
export function cacheContract(make: () => Promise<Cache>): void {
  const opened: Cache[] = [];
  const open = async (): Promise<{ readonly cache: Cache; readonly key: string }> => {
    const cache = await make();
    opened.push(cache);
    return { cache, key: `test:${newId()}` };
  };
  afterEach(async () => {
    for (const cache of opened.splice(0)) await cache.close();
  });

  it('answers what was set, and nothing for what was not', async () => {
    const { cache, key } = await open();

    await cache.set(key, '안녕 "x"\n', 60_000);

    expect(await cache.get(key)).toBe('안녕 "x"\n');
    expect(await cache.get(`${key}:other`)).toBeUndefined();
  });

  it('a value set again has the newer text and the newer expiry', async () => {
    const { cache, key } = await open();
    await cache.set(key, 'old', 60_000);

    await cache.set(key, 'new', 30);

    expect(await cache.get(key)).toBe('new');
    await until(async () => (await cache.get(key)) === undefined, { what: 'the expiry' });
  });

  it('counts calls in a window that starts with the first one and is not made longer by others', async () => {
    const { cache, key } = await open();
    const windowMs = 300;
    const begun = performance.now();

    const counts = [await cache.increment(key, windowMs), await cache.increment(key, windowMs)];
    await until(async () => (await cache.increment(key, windowMs)) === 1, { what: 'the next window' });

    expect(counts).toEqual([1, 2]);
    expect(performance.now() - begun).toBeLessThan(windowMs * 3);
  });

  it('simultaneous calls are each counted', async () => {
    const { cache, key } = await open();

    const counts = await Promise.all(Array.from({ length: 50 }, () => cache.increment(key, 60_000)));

    expect(counts.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
  });

  it('says that it can be used', async () => {
    const { cache } = await open();

    expect(await cache.ping()).toBe(true);
  });
}
