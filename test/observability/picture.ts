import type { Dashboard, Panel, Unit } from "#observability/dashboards/panel.ts";
import { type Panel as Picture, type Series, timePanels } from "#scripts/pictures/time-panels.ts";
import type { RangeSeries } from "./prometheus.ts";

/** A panel with what its queries gave, in their order. */
interface PanelResults {
  readonly panel: Panel;
  readonly results: readonly (readonly RangeSeries[])[];
}

/** Most lines of a panel that can be told from each other. */
const mostLines = 6;

/** Room for the names of a panel's lines, in characters, of which each line takes four besides its name. */
const legendWidth = 92;

/**
 * A dashboard's content as a picture: the same panels in the same order, numbers as lines with their last value. `ask`
 * gives the results of a query from `begin` on, in seconds.
 */
export async function dashboardPicture(
  { title, rows }: Dashboard,
  ask: (expression: string) => Promise<readonly RangeSeries[]>,
  begin: number,
): Promise<string> {
  const panels = rows.flatMap((row) => row.panels);
  const asked = panels.map(async (panel): Promise<PanelResults> => {
    return { panel, results: await Promise.all(panel.queries.map(({ expr }) => ask(expr))) };
  });
  return timePanels(
    (await Promise.all(asked)).map((results) => picture(results, begin)),
    { title, columns: 2, formatTime: (time) => `${Math.round(time / 1000)} s` },
  );
}

function picture({ panel, results }: PanelResults, begin: number): Picture {
  const format = (value: number) => formatted(value, panel.unit);
  const series = panel.queries.flatMap(({ legend }, i) =>
    (results[i] ?? []).map((one) => seriesOf(one, legend, begin)),
  );
  const now = panel.isNumber ? `: ${toldNow(panel, series, format)}` : "";
  return { title: `${panel.title}${now}`, series: fitted(highest(series)), format };
}

/** The value at the end; of lines that are named after what they tell, the name of the one that goes on longest. */
function toldNow({ queries }: Panel, series: readonly Series[], format: (value: number) => string): string {
  const ends = series.map((one) => ({ name: one.name, point: one.points.at(-1) }));
  const last = ends.toSorted((a, b) => (b.point?.[0] ?? 0) - (a.point?.[0] ?? 0))[0];
  if (last?.point === undefined) return "none";
  return queries.some(({ legend }) => legend.includes("{{")) ? last.name : format(last.point[1]);
}

/** Those that rise highest: the five largest of each moment are more than five over a time. */
function highest(series: readonly Series[]): readonly Series[] {
  const peak = ({ points }: Series) => Math.max(...points.map(([, value]) => value));
  const kept = new Set(series.toSorted((a, b) => peak(b) - peak(a)).slice(0, mostLines));
  return series.filter((one) => kept.has(one));
}

/** With the longest names cut at their beginning, until all of them have room beside each other. */
function fitted(series: readonly Series[]): Series[] {
  const names = series.map(({ name }) => name);
  let excess = names.reduce((sum, name) => sum + name.length + 4, 0) - legendWidth;
  while (excess-- > 0) {
    const longest = names.reduce((best, name, i) => (name.length > (names[best]?.length ?? 0) ? i : best), 0);
    names[longest] = `…${names[longest]?.slice(2)}`;
  }
  return series.map((one, i) => ({ ...one, name: names[i] ?? one.name }));
}

function seriesOf({ metric, values }: RangeSeries, legend: string, begin: number): Series {
  const points = values.map(([time, value]) => [(time - begin) * 1000, Number(value)] as const);
  return {
    name: legend.replace(/\{\{(\w+)\}\}/g, (_, label: string) => metric[label] ?? "").trim(),
    points: points.filter(([, value]) => Number.isFinite(value)),
  };
}

function formatted(value: number, unit: Unit): string {
  switch (unit) {
    case "percentunit":
      return `${short(100 * value)} %`;
    case "bytes":
      return `${Math.round(value / 1e6)} MB`;
    case "reqps":
      return `${short(value)} /s`;
    case "s":
      return duration(value);
    case "short":
    case "none":
      return short(value);
  }
}

function duration(seconds: number): string {
  if (seconds >= 2 * 86_400) return `${short(seconds / 86_400)} d`;
  if (seconds >= 2 * 3_600) return `${short(seconds / 3_600)} h`;
  if (seconds >= 300) return `${short(seconds / 60)} min`;
  return seconds >= 1 || seconds === 0 ? `${short(seconds)} s` : `${short(1000 * seconds)} ms`;
}

function short(value: number): string {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString("en");
  return value.toLocaleString("en", { maximumSignificantDigits: 3 });
}
