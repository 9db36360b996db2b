import { NotFound } from "#churn/failure.ts";
import { pingType } from "#runtime/event-kinds.ts";
import type { LapseEvent } from "#runtime/events.ts";
import type { Logger } from "#runtime/logging.ts";
import { type NextRun, nextRun, nextRuns } from "#runtime/schedules.ts";
import { BadManifests } from "./failures.ts";
import type { PingSource } from "./manifests.ts";
import type { Timers } from "./timers.ts";

export interface ScheduleOptions {
  readonly namespace: string;
  readonly pingSources: readonly PingSource[];
  readonly publish: (event: LapseEvent) => void;
  readonly newId: () => string;
  readonly timers: Timers;
  readonly logger: Pick<Logger, "error">;
}

/**
 * How long a timer runs at most before the clock is looked at again, in milliseconds. Timers stand still while a laptop
 * sleeps, the clock does not.
 */
const longestWait = 60_000;

/**
 * Knative's PingSources in this process: sends each one's event whenever its schedule says so. Runs that fell into a
 * sleep of the machine are made up for by a single one within a minute of waking; those that fell into a time when the
 * process did not run are missed, as they are by a PingSource.
 */
export class Schedule {
  readonly #options: ScheduleOptions;
  readonly #cancels = new Map<PingSource, () => void>();

  /** Throws BadManifests for a schedule or time zone that is not valid. */
  constructor(options: ScheduleOptions) {
    this.#options = options;
    const now = options.timers.now();
    const first = options.pingSources.map((source) => ({ source, at: nextRunOf(source, now) }));
    for (const { source, at } of first) this.#wait(source, at);
  }

  /**
   * Sends the event of the named PingSource now, with its own data or other, as part of a trace if one is given, and
   * returns it. Throws NotFound, and what the broker throws.
   */
  due(name: string, data?: unknown, traceparent?: string): LapseEvent {
    const source = this.#options.pingSources.find((one) => one.name === name);
    if (source === undefined) throw new NotFound(`There is no PingSource ${name}.`);
    const ping = this.#eventOf(data === undefined ? source : { ...source, data });
    const event = traceparent === undefined ? ping : { ...ping, extensions: { ...ping.extensions, traceparent } };
    this.#options.publish(event);
    return event;
  }

  /** When each PingSource sends its event next, the earliest first; without those whose schedule is over. */
  nextRuns(): readonly NextRun[] {
    return nextRuns(this.#options.pingSources, this.#options.timers.now());
  }

  /** No event is sent any more. */
  stop(): void {
    for (const cancel of this.#cancels.values()) cancel();
    this.#cancels.clear();
  }

  #wait(source: PingSource, at: number | undefined): void {
    if (at === undefined) return;
    const { timers } = this.#options;
    const wait = Math.min(at - timers.now(), longestWait);
    this.#cancels.set(
      source,
      timers.after(wait, () => {
        if (timers.now() < at) return this.#wait(source, at);
        this.#wait(source, nextRunOf(source, timers.now()));
        this.#send(source);
      }),
    );
  }

  #send(source: PingSource): void {
    try {
      this.#options.publish(this.#eventOf(source));
    } catch (error) {
      this.#options.logger.error({ error }, `Missed a run of PingSource ${source.name}: the broker did not take it.`);
    }
  }

  /** As Knative's PingSource adapter makes it. */
  #eventOf({ name, data, extensions }: PingSource): LapseEvent {
    const { namespace, newId, timers } = this.#options;
    return {
      id: newId(),
      source: `/apis/v1/namespaces/${namespace}/pingsources/${name}`,
      type: pingType,
      time: new Date(timers.now()).toISOString(),
      data,
      extensions,
    };
  }
}

/** Throws BadManifests where `nextRun` throws. */
function nextRunOf(source: PingSource, now: number): number | undefined {
  const { name, schedule, timezone } = source;
  try {
    return nextRun(source, now);
  } catch (error) {
    throw new BadManifests(`PingSource ${name} has a bad schedule "${schedule}" or time zone "${timezone}".`, {
      cause: error,
    });
  }
}
