import { Gauge, type Registry } from "prom-client";

interface Bounds {
  /** In bytes; called at every scrape. */
  readonly look: () => Promise<{ used: number; free: number }>;
  readonly mostBytes: number | undefined;
  readonly leastFree: number;
}

/** The room that the embedded database has, and its bounds. */
export function dataMetrics(metrics: Registry, { look, mostBytes, leastFree }: Bounds): void {
  const free = new Gauge({
    name: "lapse_data_free_bytes",
    help: "Free on the disk of the embedded database; nothing is stored where DATA_FREE or less is left",
    registers: [metrics],
  });
  new Gauge({
    name: "lapse_data_bytes",
    help: "What the embedded database takes",
    registers: [metrics],
    async collect() {
      const state = await look();
      this.set(state.used);
      free.set(state.free);
    },
  });
  new Gauge({
    name: "lapse_data_least_free_bytes",
    help: "What stays free on the disk of the embedded database (DATA_FREE)",
    registers: [metrics],
  }).set(leastFree);
  const limit = new Gauge({
    name: "lapse_data_limit_bytes",
    help: "The most that the embedded database may take (DATA_LIMIT); absent without a limit",
    registers: [metrics],
  });
  if (mostBytes === undefined) limit.remove();
  else limit.set(mostBytes);
}
