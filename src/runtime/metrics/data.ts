import { Gauge, type Registry } from "prom-client";

/** The room that the embedded database has; `look` returns bytes, and is called at every scrape. */
export function dataMetrics(
  metrics: Registry,
  { look, mostBytes }: { look: () => Promise<{ used: number; free: number }>; mostBytes: number | undefined },
): void {
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
  const limit = new Gauge({
    name: "lapse_data_limit_bytes",
    help: "The most that the embedded database may take (DATA_LIMIT); absent without a limit",
    registers: [metrics],
  });
  if (mostBytes === undefined) limit.remove();
  else limit.set(mostBytes);
}
