import type { Logger } from "../logging.ts";
import type { Refused } from "./access-gate.ts";
import { callerAddress, printable } from "./caller-address.ts";

/** Refused requests of one kind, as they are recorded in the audit. */
export interface RefusalEntry {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly action: "access.refused";
  readonly who: string;
  readonly from: string;
  /** Method and path. */
  readonly target: string;
  /** How many requests this entry stands for. */
  readonly count: number;
  readonly details: Readonly<Record<string, string | number>>;
}

export interface RefusalsOptions {
  readonly record: (entry: RefusalEntry) => Promise<void>;
  readonly logger: Pick<Logger, "warn">;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly newId: () => string;
  /** Whether a proxy in front tells the address of the caller, in X-Forwarded-For. */
  readonly isBehindProxy: boolean;
}

const windowMilliseconds = 600_000;
/** Kinds that are told apart in one window. */
const mostKinds = 20;

/**
 * Records refused requests, but no flood of them: of each kind (status, role, reason, caller, address) the first of ten
 * minutes at once, and how many came after it at their end; beyond 20 kinds, only how many there were. So a process
 * records at most 41 entries in ten minutes.
 */
export class Refusals {
  readonly #options: RefusalsOptions;
  readonly #kinds = new Map<string, { readonly entry: RefusalEntry; more: number }>();
  #others = 0;
  #end: NodeJS.Timeout | undefined;
  readonly #writing = new Set<Promise<void>>();
  #hasFailed = false;

  constructor(options: RefusalsOptions) {
    this.#options = options;
  }

  refused(refused: Refused): void {
    this.#end ??= setTimeout(() => this.#endWindow(), windowMilliseconds).unref();
    const entry = this.#entryOf(refused);
    const { who, from, details } = entry;
    const kind = JSON.stringify([who, from, details]);
    const known = this.#kinds.get(kind);
    if (known !== undefined) known.more += 1;
    else if (this.#kinds.size >= mostKinds) this.#others += 1;
    else {
      this.#kinds.set(kind, { entry, more: 0 });
      this.#record(entry);
    }
  }

  /** Records what has been counted so far, and waits until it is written. */
  async flush(): Promise<void> {
    this.#endWindow();
    await Promise.all(this.#writing);
  }

  #endWindow(): void {
    clearTimeout(this.#end);
    this.#end = undefined;
    const { now, newId } = this.#options;
    const again = { at: now() };
    for (const { entry, more } of this.#kinds.values())
      if (more > 0) this.#record({ ...entry, ...again, id: newId(), count: more });
    if (this.#others > 0) {
      const others = { action: "access.refused", who: "others", from: "various", target: "various" } as const;
      this.#record({ ...others, ...again, id: newId(), count: this.#others, details: {} });
    }
    this.#kinds.clear();
    this.#others = 0;
    this.#hasFailed = false;
  }

  #entryOf({ status, role, reason, caller, request }: Refused): RefusalEntry {
    const { now, newId, isBehindProxy } = this.#options;
    return {
      id: newId(),
      at: now(),
      action: "access.refused",
      who: caller === undefined ? "unknown" : `${caller.name} (${caller.id})`,
      from: callerAddress(request, isBehindProxy),
      target: printable(`${request.method} ${request.path}`),
      count: 1,
      details: { status, reason, ...(role !== undefined && { role }) },
    };
  }

  #record(entry: RefusalEntry): void {
    const { record, logger } = this.#options;
    const { who, from, target, count, details } = entry;
    logger.warn(
      { "event.action": entry.action, "source.address": from, "http.response.status_code": details.status ?? 0 },
      `Refused ${count === 1 ? "a request" : `${count} more requests`} of ${who} from ${from}: ${target}.`,
    );
    const writing = record(entry).catch((error: unknown) => {
      // Once in ten minutes: the log entry above has what is lost.
      if (!this.#hasFailed) logger.warn({ error }, "Refused requests cannot be recorded in the audit.");
      this.#hasFailed = true;
    });
    this.#writing.add(writing);
    void writing.finally(() => this.#writing.delete(writing));
  }
}
