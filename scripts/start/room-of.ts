import type { Registry } from "prom-client";
import type { Logger } from "#runtime/logging.ts";
import { dataMetrics } from "#runtime/metrics/data.ts";
import { databaseIn } from "#stores/connections/connections.ts";
import { Room } from "#stores/connections/duckdb/room.ts";

/** The bounds of the embedded database by the settings, told in the metrics and, before they are reached, in the log. */
export function roomOf(
  settings: {
    readonly DATA_LIMIT?: number | undefined;
    readonly DATA_FREE: number;
    readonly ELASTICSEARCH_URL?: string | undefined;
  },
  dataDir: string,
  { metrics, logger, now }: { metrics: Registry; logger: Pick<Logger, "error">; now: () => number },
): Room | undefined {
  // Actions are kept there then, and little here.
  if (settings.ELASTICSEARCH_URL !== undefined) return undefined;
  const { DATA_LIMIT: mostBytes, DATA_FREE: leastFree } = settings;
  const warn = (message: string) => logger.error({ "event.action": "database-nearly-full" }, message);
  const room = new Room({ path: databaseIn(dataDir), mostBytes, leastFree, now, warn });
  dataMetrics(metrics, { look: () => room.state(), mostBytes, leastFree });
  return room;
}
