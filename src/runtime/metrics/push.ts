import { Pushgateway, Registry } from "prom-client";
import type { Logger } from "../logging.ts";

/** Pushes what would be lost when a function's last pod goes. */
export interface MetricsPush {
  /** An event was handled: pushes soon. Never throws. What is a part did not complete what the metrics tell of. */
  handled(outcome: "success" | "part" | "failure"): void;
  /** Resolves when all is pushed, or could not be. For the end of the process. */
  flush(): Promise<void>;
}

export interface MetricsPushOptions {
  /** The Pushgateway, with credentials in it where it asks for some. */
  readonly url: string;
  /** The function whose group of metrics is pushed: job="lapse", function=NAME. */
  readonly name: string;
  readonly metrics: Registry;
  readonly logger: Pick<Logger, "warn">;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Of one push, in milliseconds. */
const timeout = 5_000;

/** Shortest time between two pushes: a flood of events must not become one of pushes. */
const pause = 5_000;

/** Shortest time between two warnings that a push failed. */
const warningPause = 60_000;

/**
 * Pushes to a Pushgateway (https://github.com/prometheus/pushgateway). From the first success on, a push replaces the
 * function's group (PUT), so that nothing stale lingers. Until then it adds to it (POST): a pod that has only failed, or done
 * slices of what another one completes, must not wipe out when that last succeeded. A failed push is logged, and costs the event nothing.
 */
export function metricsPush(options: MetricsPushOptions): MetricsPush {
  const { url, name, metrics, logger, now } = options;
  let hasSucceeded = false;
  let isDue = false;
  let running: Promise<void> | undefined;
  let isFlushing = false;
  let wake = () => {};
  let quietUntil = Number.NEGATIVE_INFINITY;

  const push = async () => {
    isDue = false;
    const gateway = new Pushgateway(url, { timeout }, lasting(metrics));
    const group = { jobName: "lapse", groupings: { function: name } };
    try {
      await (hasSucceeded ? gateway.push(group) : gateway.pushAdd(group));
    } catch (error) {
      if (now() < quietUntil) return;
      quietUntil = now() + warningPause;
      logger.warn({ error: withoutCredentials(error, url) }, "Could not push metrics to the Pushgateway.");
    }
  };
  const pushWhileDue = async () => {
    while (isDue) {
      await push();
      if (!isFlushing) await pausing();
    }
    running = undefined;
  };
  const pausing = () =>
    new Promise<void>((resolve) => {
      wake = resolve;
      setTimeout(resolve, pause).unref();
    });

  return {
    handled(outcome) {
      hasSucceeded ||= outcome === "success";
      isDue = true;
      running ??= pushWhileDue();
    },
    async flush() {
      isFlushing = true;
      wake();
      await running;
    },
  };
}

/** A push to a Pushgateway if there is one. */
export function pushTo(url: string | undefined, options: Omit<MetricsPushOptions, "url">): MetricsPush | undefined {
  return url === undefined ? undefined : metricsPush({ url, ...options });
}

/** Without the metrics of the process: of one that is gone they would mislead. */
function lasting(metrics: Registry): Registry {
  const pushed = new Registry();
  for (const metric of metrics.getMetricsAsArray()) {
    const single = metrics.getSingleMetric(metric.name);
    if (single !== undefined && !/^lapse_(process|nodejs)_/.test(metric.name)) pushed.registerMetric(single);
  }
  return pushed;
}

function withoutCredentials(error: unknown, url: string): Error {
  const { host, pathname } = new URL(url);
  const reason = error instanceof Error ? error.message : String(error);
  return new Error(`${host}${pathname}: ${reason.slice(0, 500)}`);
}
