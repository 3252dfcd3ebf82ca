import { expect, it } from 'vitest';
import { derivedId } from '../../../../lib/ids.ts';
import { seededRandom } from '../../../../lib/seeded-random.ts';
import type { ChunkPoint } from '../../../ports/vector-store.ts';
import { createEngine } from './engine.ts';
import { packPoints } from './pack.ts';

const everything = { reader: { operator: true, admin: true, teams: [] } };

it('putting parts together in the middle of changes and searches changes no answer', () => {
  const random = seededRandom(11);
  const make = (n: number): ChunkPoint => ({
    id: derivedId('engine', `${n}`),
    sparse: (() => {
      const indices = [...new Set(Array.from({ length: 8 }, () => random.below(60)))].sort((one, other) => one - other);
      return { indices, values: indices.map(() => random.below(100) / 50 + 0.01) };
    })(),
    dense: null,
    payload: {
      manualId: `manual ${n % 40}`,
      code: 'x',
      revision: 1,
      seq: 0,
      locale: 'EN',
      systems: [],
      team: null,
      visibility: 'EVERYONE',
      indexVersion: 1,
    },
  });
  const [tidied, untidied] = [createEngine(null), createEngine(null)];
  const both = (change: (engine: typeof tidied) => void) => {
    change(tidied);
    change(untidied);
  };

  for (let round = 0; round < 400; round++) {
    const kind = random.below(10);
    if (kind < 7) {
      const points = Array.from({ length: random.below(12) + 1 }, () => make(random.below(900)));
      const manuals = kind === 0 ? [...new Set(points.map((one) => one.payload.manualId))] : null;
      both((engine) => engine.put([packPoints(points, 0)], manuals));
    } else if (kind === 7) {
      const manualId = `manual ${random.below(40)}`;
      both((engine) => engine.removeManuals([manualId]));
    }
    for (let steps = random.below(6); steps > 0; steps--) tidied.tidy();
    const indices = [random.below(30), 30 + random.below(30)];
    const query = { sparse: { indices, values: [1, 0.5] }, dense: null, filter: everything, limit: 50, fusion: null };

    expect(tidied.count()).toBe(untidied.count());
    expect(tidied.search(query)).toEqual(untidied.search(query));
  }
  while (tidied.tidy());
  expect(tidied.count()).toBe(untidied.count());
});
