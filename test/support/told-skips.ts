import { Registry } from "prom-client";
import { createLogger } from "#runtime/logging.ts";
import { skippedUserMetrics } from "#runtime/metrics/skipped-users.ts";
import type { Skipping } from "#runtime/skipped-users.ts";

/** Takes what a function tells of the users that it left out. */
export function toldSkips(): {
  readonly skipping: Skipping;
  /** The messages logged so far, and the samples of the metric. */
  told(): Promise<{ readonly messages: readonly unknown[]; readonly samples: readonly string[] }>;
} {
  const messages: unknown[] = [];
  const write = (line: string) => void messages.push(JSON.parse(line).message);
  const logger = createLogger({ service: "test", level: "warn" }, { stream: { write }, friendly: false });
  const metrics = new Registry();
  return {
    skipping: { logger, skippedUsers: skippedUserMetrics(metrics) },
    told: async () => ({
      messages,
      samples: (await metrics.metrics()).split("\n").filter((line) => line.startsWith("lapse_users_skipped_total{")),
    }),
  };
}

/** What `told` returns of one function that left out these users. */
export function toldOf(name: string, ...userIds: readonly string[]) {
  const users = `${userIds.length} users, with whom it cannot work: ${userIds.join(", ")}.`;
  return {
    messages: [`${name} left out ${users}`],
    samples: [`lapse_users_skipped_total{function="${name}"} ${userIds.length}`],
  };
}
