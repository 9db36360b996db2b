import { randomUUID } from "node:crypto";
import { formatDay } from "#churn/day.ts";
import { Failure } from "#churn/failure.ts";
import type { Lapse } from "#local/lapse.ts";
import { formatCount, formatCounted } from "#pages/format.ts";
import { featuresUpdated, modelPromoted, modelRejected, pings } from "#runtime/event-kinds.ts";
import type { LapseEvent } from "#runtime/events.ts";
import type { FeatureStore } from "#stores/features/feature-store.ts";
import { beginStep, type Step } from "../terminal/progress.ts";

/** The progress bar of the function that is running. */
export class CurrentStep {
  #step: Step | undefined;
  #name = "";
  #isStopped = false;

  /** Whether this process was asked to stop. */
  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** Says that the process is stopping, and silences the steps: what fails from now on fails for that reason. */
  stop(): void {
    this.#isStopped = true;
    this.#step?.abort();
    this.#step = undefined;
    console.log("\nStopping. Press Ctrl-C again to stop at once.");
  }

  /** A Failure ends the step with its message: what follows may still be useful. Returns whether the step succeeded. */
  async run(name: string, work: () => Promise<string>): Promise<boolean> {
    this.#name = name;
    this.#step = beginStep(name);
    try {
      const result = await work();
      this.#step?.end(result);
      return true;
    } catch (error) {
      if (this.#isStopped) return false;
      if (!(error instanceof Failure)) {
        this.#step?.abort();
        throw error;
      }
      this.#step?.end(error.message);
      return false;
    } finally {
      this.#step = undefined;
    }
  }

  update(name: string, done: number, total: number | undefined): void {
    if (name === this.#name) this.#step?.update(done, total);
  }
}

/**
 * Runs the two nightly jobs now, one after the other: features, then train. Each handles the event that its PingSource
 * would send, and publishes its reply to the broker, which starts scoring. If one of them fails, for example because the
 * log is too short to learn from, it says so and the rest is skipped.
 */
export async function learnSteps(
  { handlers, wiring, refresh }: Lapse,
  features: Pick<FeatureStore, "currentSet" | "countUsers">,
  current: CurrentStep,
  now: () => number,
): Promise<void> {
  for (const [job, { make }] of Object.entries(pings)) {
    const isDone = await current.run(job, async () => {
      const time = new Date(now()).toISOString();
      const ping = make({ id: randomUUID(), source: "/lapse/start", time, data: { through: "today" } });
      const before = (await features.currentSet())?.id;
      const reply = await handlers[job]?.(ping);
      if (reply !== undefined) wiring.broker.publish(reply);
      // Also for the slices that features may have been cut into: their last one has its reply published by the broker.
      // Not for retries: a webhook whose receiver is away would keep this from being ready for most of an hour.
      await wiring.broker.settled();
      return reply === undefined ? describeSet(before, features) : describe(reply);
    });
    if (!isDone) break;
  }
  await refresh();
}

/** What the slices of a job have done: a set that is not the one of before is current. */
async function describeSet(
  before: string | undefined,
  features: Pick<FeatureStore, "currentSet" | "countUsers">,
): Promise<string> {
  const set = await features.currentSet();
  if (set === undefined || set.id === before) return "nothing to do";
  const { here, lapsed } = await features.countUsers(set.id);
  return describeFeatures(here, lapsed, formatDay(set.snapshot));
}

function describeFeatures(here: number, lapsed: number, snapshot: string): string {
  return `${formatCounted(here, "user")} ${here === 1 ? "is" : "are"} here at ${snapshot}, ${formatCount(lapsed)} ${lapsed === 1 ? "has" : "have"} lapsed`;
}

function describe(event: LapseEvent): string {
  const updated = featuresUpdated.read(event)?.data;
  if (updated !== undefined) return describeFeatures(updated.users, updated.lapsed, updated.snapshot);
  const promoted = modelPromoted.read(event)?.data;
  if (promoted !== undefined) return `version ${promoted.version} put into service: ${promoted.reason}`;
  const rejected = modelRejected.read(event)?.data;
  if (rejected !== undefined) return `version ${rejected.version} not put into service: ${rejected.reason}`;
  return event.type;
}
