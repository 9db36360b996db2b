import { Counter, Gauge, type Registry } from "prom-client";
import { isRetried } from "../error-response.ts";
import { inTime } from "../in-time.ts";

/** Much less than a scrape may take, which would fail with all of its other metrics. */
const mostMilliseconds = 2_000;

export interface DeadLetterMetrics {
  /** A letter was kept, whose last attempt was answered with this HTTP status, if the broker says so. */
  recorded(status: number | undefined): void;
}

/**
 * Events that no function took; `kept` returns how many are stored now. It is called at every scrape, from the first letter of
 * this process on or, of a process that `watches`, from the start: to count costs the store something, and most processes
 * never see a letter.
 */
export function deadLetterMetrics(metrics: Registry, kept: () => Promise<number>, watches = false): DeadLetterMetrics {
  let isWatching = watches;
  const recorded = new Counter({
    name: "lapse_dead_letters_recorded_total",
    help: "Dead letters recorded, by reason: refused for good, failed until the broker gave up (5xx, 404, 408, 409 or 429, or no answer in time), unknown",
    labelNames: ["reason"],
    registers: [metrics],
  });
  const letters = new Gauge({
    name: "lapse_dead_letters",
    help: "Dead letters kept now",
    registers: [metrics],
    async collect() {
      if (!isWatching) return;
      try {
        this.set(await inTime(mostMilliseconds, kept(), () => new Error("The store takes too long to count.")));
      } catch {
        // The store does not answer, which other metrics tell: rather no number than an old one.
        this.remove();
      }
    },
  });
  letters.remove();
  return {
    recorded(status) {
      isWatching = true;
      recorded.inc({ reason: reasonOf(status) });
    },
  };
}

function reasonOf(status: number | undefined): string {
  if (status === undefined) return "unknown";
  return status < 400 || isRetried(status) ? "failed" : "refused";
}
