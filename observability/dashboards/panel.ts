/** A dashboard, from which grafana.ts makes what Grafana loads and test/observability/picture.ts a picture. */
export interface Dashboard {
  /** Part of its address in Grafana, and of its file's name. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly rows: readonly Row[];
  /** Whether its queries use `$namespace`, the namespace of lapse in the cluster. */
  readonly hasNamespace?: boolean;
}

export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

export interface Panel {
  readonly title: string;
  /** How to read it, and what would be bad. */
  readonly description: string;
  readonly unit: Unit;
  readonly queries: readonly Query[];
  /** The last number only, instead of lines over time. */
  readonly isNumber?: boolean;
  /** Largest value on the axis, if known. */
  readonly max?: number;
}

export interface Query {
  /** PromQL. `$__rate_interval` is Grafana's, at least four scrapes. */
  readonly expr: string;
  /** Name of a line, with labels in double braces. */
  readonly legend: string;
}

/** Grafana's names of units. Ages and durations are in seconds, shares from 0 to 1. */
export type Unit = "short" | "s" | "reqps" | "percentunit" | "bytes" | "none";

/** A panel with lines over time. */
export function lines(title: string, description: string, unit: Unit, ...queries: readonly Query[]): Panel {
  return { title, description, unit, queries };
}

/** A panel with one number for each series. */
export function number(title: string, description: string, unit: Unit, ...queries: readonly Query[]): Panel {
  return { title, description, unit, queries, isNumber: true };
}

/** A query and the names of its lines. */
export function query(expr: string, legend: string): Query {
  return { expr, legend };
}

/** Queries for the median, the 95th and the 99th percentile of a histogram. */
export function percentiles(histogram: string, matchers = ""): Query[] {
  return [0.5, 0.95, 0.99].map((share) =>
    query(
      `histogram_quantile(${share}, sum by (le) (rate(${histogram}_bucket${matchers}[$__rate_interval])))`,
      `p${share * 100}`,
    ),
  );
}
