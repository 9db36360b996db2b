import type { ActionMetrics } from "#runtime/metrics/actions.ts";
import type { Audit } from "#stores/audit/audit.ts";

export interface RejectionsOptions {
  readonly audit: Pick<Audit, "append">;
  readonly newId: () => string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** For how long rejections are added up before they are recorded: a process writes at most one entry in it. */
const windowMilliseconds = 600_000;

/** Adds up rejected actions by the field that was wrong, and records the sums: none of what was sent, which may name users. */
export class Rejections {
  readonly #options: RejectionsOptions;
  readonly #counts = new Map<string, number>();
  #end: NodeJS.Timeout | undefined;

  constructor(options: RejectionsOptions) {
    this.#options = options;
  }

  /** The same metrics, whose rejections are added up here too. */
  counting(metrics: ActionMetrics): ActionMetrics {
    return {
      ...metrics,
      rejected: (reason, count) => {
        metrics.rejected(reason, count);
        this.#add(reason, count);
      },
    };
  }

  /** Records what has been added up. Never rejects: what cannot be recorded is added up further. */
  async flush(): Promise<void> {
    clearTimeout(this.#end);
    this.#end = undefined;
    if (this.#counts.size === 0) return;
    const counts = new Map(this.#counts);
    this.#counts.clear();
    const { audit, newId, now } = this.#options;
    const entry = {
      ...{ id: newId(), at: now(), action: "actions.rejected", who: "the function ingest", from: "callers" },
      count: [...counts.values()].reduce((sum, count) => sum + count, 0),
      details: Object.fromEntries(counts),
    };
    await audit.append(entry).catch(() => {
      for (const [reason, count] of counts) this.#add(reason, count);
    });
  }

  #add(reason: string, count: number): void {
    // Senders make up the names of fields: those beyond the first ones share one.
    const name = this.#counts.has(reason) || this.#counts.size < mostReasons ? reason.slice(0, 100) : "other";
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + count);
    this.#end ??= setTimeout(() => void this.flush(), windowMilliseconds).unref();
  }
}

/** Reasons that are told apart in one entry. */
const mostReasons = 20;
