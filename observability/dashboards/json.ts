import { toGrafana } from "./grafana.ts";
import type { Dashboard } from "./panel.ts";

/** The name of a dashboard's file, in the folder json. */
export function jsonName({ name }: Dashboard): string {
  return `lapse-${name}.json`;
}

/** The content of that file, which Grafana loads. */
export function jsonOf(dashboard: Dashboard): string {
  return `${JSON.stringify(toGrafana(dashboard), null, 2)}\n`;
}
