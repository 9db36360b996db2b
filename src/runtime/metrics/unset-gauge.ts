import { Gauge, type Registry } from "prom-client";

/**
 * A gauge without labels that is exported only once it is set. A plain one is 0 until then, and for a moment that means
 * 1970: every alert on how long ago something was would go off at each start.
 */
export function unsetGauge(metrics: Registry, name: string, help: string): Gauge {
  const gauge = new Gauge({ name, help, registers: [metrics] });
  gauge.remove();
  return gauge;
}
