import { pino } from "pino";
import { Registry } from "prom-client";
import * as z from "zod";
import { features } from "#functions/features/definition.ts";
import { score } from "#functions/score/definition.ts";
import { train } from "#functions/train/definition.ts";
import { DeadLetterKeeper } from "#runtime/dead-letters/keeper.ts";
import type { LapseEvent } from "#runtime/events.ts";
import { skippedUserMetrics } from "#runtime/metrics/skipped-users.ts";
import { storeErrorMetrics } from "#runtime/metrics/store-errors.ts";
import { storeOptionsOf } from "#runtime/store-settings.ts";
import { connectStores } from "#stores/store-connections.ts";
import type { Message } from "./messages.ts";

// One pod of slices.ts, or of ../train/stores.ts: handles the events that its parent sends, one at a time.
const { NOW, FUNCTION } = z
  .object({ NOW: z.coerce.number(), FUNCTION: z.enum(["features", "score", "train"]) })
  .parse(process.env);
const now = () => NOW;
const configured = { features, score, train }[FUNCTION].configure(process.env);
const stores = connectStores(storeOptionsOf(configured.settings), now);
const metrics = new Registry();
const logger = pino({ level: "silent" });
const { handle } = await configured.make(stores, {
  ...{ metrics, now, storeErrors: storeErrorMetrics(metrics), skippedUsers: skippedUserMetrics(metrics) },
  deadLetters: new DeadLetterKeeper({
    ...{ name: FUNCTION, mostLetters: 10, now, logger },
    letters: () => stores.deadLetters(),
  }),
  logger,
  publish: async (event) => tell({ published: event }),
});
process.on("message", (event: LapseEvent) => {
  const began = performance.now();
  const before = process.cpuUsage();
  handle(event, {}).then(
    (reply) => {
      const seconds = (performance.now() - began) / 1000;
      const { user, system } = process.cpuUsage(before);
      const peakMegabytes = process.resourceUsage().maxRSS / 1024;
      tell({ reply: reply ?? null, seconds, processor: (user + system) / 1e6, peakMegabytes });
    },
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
process.on("disconnect", () => void stores.close().then(() => process.exit(0)));
tell({ ready: true });

function tell(message: Message): void {
  process.send?.(message);
}
