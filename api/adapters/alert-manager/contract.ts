import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isAppError } from '../../../lib/errors.ts';
import type { AlertManager, WantedSilence } from '../../ports/alert-manager.ts';

/** One alert manager under test, and how alerts reach it. */
export interface AlertManagerUnderTest {
  readonly manager: AlertManager;
  fire(alert: { readonly labels: Readonly<Record<string, string>>; readonly startsAt: Date }): Promise<void>;
  resolve(alert: { readonly labels: Readonly<Record<string, string>>; readonly startsAt: Date }): Promise<void>;
  close(): Promise<void>;
}

const signal = () => AbortSignal.timeout(5_000);

/** What every alert manager promises. */
export function alertManagerContract(make: () => Promise<AlertManagerUnderTest>): void {
  let under: AlertManagerUnderTest;
  beforeAll(async () => {
    under = await make();
  }, 40_000);
  afterAll(() => under?.close());

  const wanted = (service: string, over: Partial<WantedSilence> = {}): WantedSilence => ({
    id: null,
    matchers: [{ name: 'service', value: service, isRegex: false, isEqual: true }],
    startsAt: new Date(),
    endsAt: new Date(Date.now() + 600_000),
    createdBy: 'Mina',
    comment: 'INC-1 · Mina: planned',
    ...over,
  });
  const find = async (id: string) => (await under.manager.silences(signal())).find((one) => one.id === id);
  const alertOf = async (service: string) =>
    (await under.manager.alerts(signal())).find((one) => one.labels.service === service);
  const shown = async (service: string, good: (found: Awaited<ReturnType<typeof alertOf>>) => boolean) => {
    const deadline = performance.now() + 8_000;
    for (;;) {
      const found = await alertOf(service);
      if (good(found) || performance.now() > deadline) return found;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };

  test('it says since when it runs, and an alert that fires is listed with its start until it ends', async () => {
    const service = randomUUID();
    const alert = { labels: { alertname: 'Down', service }, startsAt: new Date(Date.now() - 60_000) };
    expect((await under.manager.runningSince(signal())).getTime()).toBeLessThanOrEqual(Date.now() + 1_000);

    await under.fire(alert);
    const listed = await shown(service, (found) => found !== undefined);
    expect(listed).toMatchObject({ labels: alert.labels, startsAt: alert.startsAt, silencedBy: [], inhibitedBy: [] });
    const groups = await under.manager.groups(signal());
    expect(groups.some((one) => one.fingerprints.includes(listed?.fingerprint ?? ''))).toBe(true);

    await under.resolve(alert);
    expect(await shown(service, (found) => found === undefined)).toBeUndefined();
  });

  test('a silence mutes what it matches, keeps its id when it is extended, and is ended as often as asked', async () => {
    const service = randomUUID();
    await under.fire({ labels: { alertname: 'Down', service }, startsAt: new Date(Date.now() - 60_000) });
    const first = wanted(service);
    const id = await under.manager.setSilence(first, signal());
    expect(await find(id)).toMatchObject({ state: 'active', matchers: first.matchers, createdBy: 'Mina' });
    expect((await shown(service, (found) => (found?.silencedBy.length ?? 0) > 0))?.silencedBy).toEqual([id]);

    const later = new Date(Date.now() + 1_200_000);
    expect(await under.manager.setSilence({ ...first, id, endsAt: later }, signal())).toBe(id);
    expect((await find(id))?.endsAt).toEqual(later);

    expect(await under.manager.expireSilence(id, signal())).toBe('expired');
    expect((await find(id))?.state).toBe('expired');
    expect(await under.manager.expireSilence(id, signal())).toBe('expired');
    expect(await under.manager.expireSilence(randomUUID(), signal())).toBe('gone');
  });

  test('a silence may begin later, and may match by expression and by what a label is not', async () => {
    const id = await under.manager.setSilence(
      wanted('x', {
        startsAt: new Date(Date.now() + 300_000),
        matchers: [
          { name: 'service', value: 'pay.*', isRegex: true, isEqual: true },
          { name: 'env', value: 'dev', isRegex: false, isEqual: false },
        ],
      }),
      signal(),
    );
    expect(await find(id)).toMatchObject({
      state: 'pending',
      matchers: expect.arrayContaining([
        { name: 'env', value: 'dev', isRegex: false, isEqual: false },
        { name: 'service', value: 'pay.*', isRegex: true, isEqual: true },
      ]),
    });
    await under.manager.expireSilence(id, signal());
  });

  test.each([
    ['no matcher', { matchers: [] }],
    ['a matcher that fits everything', { matchers: [{ name: 'a', value: '.*', isRegex: true, isEqual: true }] }],
    ['an end before its start', { endsAt: new Date(Date.now() - 1_000), startsAt: new Date() }],
  ])('%s is refused as wrong, not as unavailable', async (_, over) => {
    const error = await under.manager.setSilence(wanted('x', over), signal()).catch((caught: unknown) => caught);
    expect(isAppError(error) ? error.code : error).toBe('UPSTREAM_REJECTED');
  });
}
