import { Registry } from "prom-client";
import { createLogger } from "#runtime/logging.ts";
import { skippedUserMetrics } from "#runtime/metrics/skipped-users.ts";
import type { Skipping } from "#runtime/skipped-users.ts";

/** Takes what a function tells of the users that it left out. */
export function toldSkips(): {
  readonly skipping: Skipping;
  /** The messages logged so far, the users that they name, and the samples of the metric. */
  told(): Promise<{
    readonly messages: readonly unknown[];
    readonly userIds: readonly unknown[];
    readonly samples: readonly string[];
  }>;
} {
  const messages: unknown[] = [];
  const userIds: unknown[] = [];
  const write = (line: string) => {
    const entry = JSON.parse(line);
    messages.push(entry.message);
    userIds.push(entry["user.id"]);
  };
  const logger = createLogger({ service: "test", level: "warn" }, { stream: { write }, friendly: false });
  const metrics = new Registry();
  return {
    skipping: { logger, skippedUsers: skippedUserMetrics(metrics) },
    told: async () => ({
      messages,
      userIds,
      samples: (await metrics.metrics()).split("\n").filter((line) => line.startsWith("lapse_users_skipped_total{")),
    }),
  };
}

/** What `told` returns of one function that left out these users. */
export function toldOf(name: string, ...userIds: readonly string[]) {
  return {
    messages: userIds.map((_, i) =>
      i === 0
        ? `${name} left out users with whom it cannot work: ${userIds.length}. This is the first.`
        : `${name} left out this user as well.`,
    ),
    userIds,
    samples: [`lapse_users_skipped_total{function="${name}"} ${userIds.length}`],
  };
}
