import { z } from 'zod';
import { drawChart } from './chart-draw.ts';
import { type ChartReading, chartOf } from './chart-rules.ts';
import { rowsSchema } from './sql-run.ts';
import { defineReadTool } from './tool.ts';

const args = z.strictObject({
  resultKey: z.string().min(1).max(200),
  chartKey: z.string().min(1).max(200),
  kind: z.enum(['line', 'bar']).nullable(),
  title: z.string().min(1).max(200),
});

/** Draws kept rows as a picture, which is kept beside them. Rows without a number to draw are `no_data`. */
export const chartRender = defineReadTool<z.infer<typeof args>, ChartReading>({
  name: 'chart.render',
  args,
  timeoutMs: 20_000,
  run: async ({ resultKey, chartKey, kind, title }, ports) => {
    const asked = `chart of ${title}`;
    const kept = await ports.artifacts.read(resultKey);
    const found =
      kept === null
        ? null
        : chartOf(rowsSchema.parse(JSON.parse(Buffer.from(kept.bytes).toString('utf8'))), kind, title);
    if (found === null) {
      const none: ChartReading = { points: 0, series: [], kind: 'bar', altText: '' };
      return {
        outcome: 'no_data',
        kind: 'other',
        title,
        asked,
        summary: `${title}: no column of numbers to draw`,
        data: none,
      };
    }
    const { spec, reading, altText } = found;
    await ports.artifacts.keep({
      key: chartKey,
      kind: 'CHART',
      fileName: 'chart.png',
      mediaType: 'image/png',
      bytes: drawChart(spec),
      altText,
      facts: { points: reading.points, series: reading.series },
    });
    return {
      outcome: 'success',
      kind: 'other',
      title,
      asked,
      summary: `${spec.kind} chart of ${reading.series.join(', ')}, ${reading.points} points`,
      data: reading,
    };
  },
});
