import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import {
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  SortOrder,
  TooltipDisplayMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import { type DataSourceRef, ThresholdsConfigBuilder, ThresholdsMode } from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TimeSeriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';

/** The data source chosen at the top of a dashboard. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana fills the variable in.
export const prometheus: DataSourceRef = { type: 'prometheus', uid: '${datasource}' };

/** One line of a panel: its query and what the line is called. */
export interface Line {
  readonly expr: string;
  readonly legend: string;
}

interface PanelOptions {
  readonly title: string;
  readonly about: string;
  readonly unit: string;
  readonly lines: readonly Line[];
  /** Of 24 columns. */
  readonly width?: number;
  /** From this value on the panel turns red. */
  readonly red?: number;
  readonly max?: number;
}

function targets(lines: readonly Line[], instant: boolean): readonly Builder<Dataquery>[] {
  return lines.map(({ expr, legend }, i) => {
    const query = new DataqueryBuilder()
      .refId(String.fromCharCode(65 + i))
      .datasource(prometheus)
      .expr(expr)
      .legendFormat(legend);
    return instant ? query.instant() : query.range();
  });
}

function thresholds(red: number | undefined): ThresholdsConfigBuilder {
  return new ThresholdsConfigBuilder()
    .mode(ThresholdsMode.Absolute)
    .steps([{ value: null, color: 'green' }, ...(red === undefined ? [] : [{ value: red, color: 'red' }])]);
}

/** One number, as it is now. */
export function number({ title, about, unit, lines, width = 4, red }: PanelOptions): StatBuilder {
  const panel = new StatBuilder()
    .title(title)
    .description(about)
    .datasource(prometheus)
    .unit(unit)
    .span(width)
    .height(4)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']))
    .thresholds(thresholds(red));
  for (const target of targets(lines, true)) panel.withTarget(target);
  return panel;
}

/** How something went over time. */
export function graph({ title, about, unit, lines, width = 8, red, max }: PanelOptions): TimeSeriesBuilder {
  const panel = new TimeSeriesBuilder()
    .title(title)
    .description(about)
    .datasource(prometheus)
    .unit(unit)
    .min(0)
    .span(width)
    .height(8)
    .lineWidth(1)
    .fillOpacity(8)
    .thresholds(thresholds(red))
    .legend(
      new VizLegendOptionsBuilder()
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom)
        .showLegend(true)
        .calcs([]),
    )
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending));
  if (max !== undefined) panel.max(max);
  for (const target of targets(lines, false)) panel.withTarget(target);
  return panel;
}
