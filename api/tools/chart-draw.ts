import { Resvg } from '@resvg/resvg-js';
import { init } from 'echarts';
import { projectPath } from '../../lib/project-path.ts';

/** What a chart shows. */
export interface ChartSpec {
  readonly kind: 'line' | 'bar';
  readonly title: string;
  readonly labels: readonly string[];
  readonly series: readonly { readonly name: string; readonly values: readonly (number | null)[] }[];
}

const width = 960;
const height = 480;
const font = 'Pretendard';

/** Draws a chart as a PNG, with a font of its own, so that Korean text is no row of boxes. */
export function drawChart(spec: ChartSpec): Buffer {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  try {
    chart.setOption({
      animation: false,
      backgroundColor: '#ffffff',
      textStyle: { fontFamily: font },
      title: {
        text: spec.title,
        left: 16,
        top: 10,
        textStyle: { fontFamily: font, fontSize: 18, fontWeight: 'normal' },
      },
      legend: { show: spec.series.length > 1, top: 40, left: 16, textStyle: { fontFamily: font } },
      grid: { left: 70, right: 30, top: spec.series.length > 1 ? 80 : 60, bottom: 60 },
      xAxis: { type: 'category', data: [...spec.labels], axisLabel: { fontFamily: font, hideOverlap: true } },
      yAxis: { type: 'value', axisLabel: { fontFamily: font } },
      series: spec.series.map((one) => ({
        type: spec.kind,
        name: one.name,
        data: [...one.values],
        showSymbol: one.values.length <= 40,
      })),
    });
    const svg = chart.renderToSVGString();
    const image = new Resvg(svg, {
      font: {
        fontFiles: [projectPath('lib', 'fonts', 'Pretendard-Regular.otf')],
        loadSystemFonts: false,
        defaultFontFamily: font,
      },
    });
    return Buffer.from(image.render().asPng());
  } finally {
    chart.dispose();
  }
}
