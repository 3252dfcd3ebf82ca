import { z } from 'zod';

const panel = z.looseObject({
  id: z.number(),
  type: z.string(),
  title: z.string(),
  options: z.unknown(),
  fieldConfig: z.looseObject({ defaults: z.looseObject({ custom: z.unknown().optional() }) }),
  gridPos: z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() }),
  targets: z.array(z.looseObject({ expr: z.string() })),
});
const row = z.looseObject({ type: z.literal('row') });
const dashboard = z.looseObject({ panels: z.array(z.union([row, panel])) });

/** The panels of a dashboard, rows left out, each with its queries. */
export function panelsOf(value: unknown) {
  return dashboard
    .parse(value)
    .panels.flatMap((one) => (one.type === 'row' ? [] : [panel.parse(one)]))
    .map((one) => ({ ...one, queries: one.targets.map(({ expr }) => expr) }));
}
