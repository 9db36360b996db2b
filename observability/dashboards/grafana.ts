import {
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  DatasourceVariableBuilder,
  type Dashboard as GrafanaDashboard,
  RowBuilder,
  TextBoxVariableBuilder,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { DataqueryBuilder } from "@grafana/grafana-foundation-sdk/prometheus";
import { PanelBuilder as StatPanelBuilder } from "@grafana/grafana-foundation-sdk/stat";
import { PanelBuilder as TimeSeriesPanelBuilder } from "@grafana/grafana-foundation-sdk/timeseries";
import type { Dashboard, Panel } from "./panel.ts";

const datasource = { type: "prometheus", uid: "$datasource" };

/** A dashboard in Grafana's format. Its data source is chosen at the top of the page, and is the default one at first. */
export function toGrafana({ name, title, description, rows, hasNamespace }: Dashboard): GrafanaDashboard {
  const builder = new DashboardBuilder(title)
    .uid(`lapse-${name}`)
    .description(description)
    .tags(["lapse"])
    .time({ from: "now-24h", to: "now" })
    .timezone("browser")
    .refresh("1m")
    .tooltip(DashboardCursorSync.Crosshair)
    .withVariable(new DatasourceVariableBuilder("datasource").label("Data source").type("prometheus"))
    .link(
      new DashboardLinkBuilder("lapse")
        .type(DashboardLinkType.Dashboards)
        .tags(["lapse"])
        .includeVars(true)
        .keepTime(true),
    );
  if (hasNamespace)
    builder.withVariable(new TextBoxVariableBuilder("namespace").label("Namespace").defaultValue("lapse"));
  for (const row of rows) {
    builder.withRow(new RowBuilder(row.title));
    for (const panel of row.panels) builder.withPanel(panel.isNumber ? stat(panel) : timeSeries(panel));
  }
  return builder.build();
}

function stat(panel: Panel): StatPanelBuilder {
  const builder = new StatPanelBuilder()
    .title(panel.title)
    .description(panel.description)
    .unit(panel.unit)
    .datasource(datasource)
    .height(4)
    .span(6);
  for (const target of targets(panel)) builder.withTarget(target);
  return builder;
}

function timeSeries(panel: Panel): TimeSeriesPanelBuilder {
  const builder = new TimeSeriesPanelBuilder()
    .title(panel.title)
    .description(panel.description)
    .unit(panel.unit)
    .datasource(datasource)
    .min(0)
    .fillOpacity(8)
    .height(8)
    .span(12);
  if (panel.max !== undefined) builder.max(panel.max);
  for (const target of targets(panel)) builder.withTarget(target);
  return builder;
}

function targets({ queries }: Panel): DataqueryBuilder[] {
  return queries.map(({ expr, legend }, i) =>
    new DataqueryBuilder()
      .refId(String.fromCharCode(65 + i))
      .expr(expr)
      .legendFormat(legend)
      .datasource(datasource),
  );
}
