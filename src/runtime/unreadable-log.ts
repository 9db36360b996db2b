import type { Registry } from "prom-client";
import type { Logger } from "./logging.ts";
import { unreadableDocumentMetrics } from "./metrics/unreadable-documents.ts";
import { type Warning, warnOfEach } from "./warn-of-each.ts";

/** What a store tells of documents that it left out because they cannot be read. */
export interface Unreadable {
  readonly purpose: string;
  readonly documents: number;
  /** The first of them. */
  readonly named: readonly {
    readonly place: string;
    readonly key?: string | undefined;
    readonly userId?: string | undefined;
  }[];
  /** What is wrong with the very first. */
  readonly problem: string;
}

/** Counts what stores could not read, and tells of it in the log. `now` is in milliseconds since the epoch. */
export function watchUnreadable(
  metrics: Registry,
  logger: Pick<Logger, "warn">,
  now: () => number,
): (unreadable: Unreadable) => void {
  const counted = unreadableDocumentMetrics(metrics);
  const log = new UnreadableLog(logger, now);
  return (unreadable) => {
    counted.leftOut(unreadable.documents);
    log.tell(unreadable);
  };
}

/** A run takes less than that, and what is asked for all day is told once in it. */
const quietMilliseconds = 3_600_000;

/** Entries of one purpose in that time, each of another document. */
const mostEntries = 10;

/**
 * Logs what stores could not read. What is damaged is met at every reading, by a prediction as often as somebody asks for that user:
 * of each purpose the first documents are named, each once an hour, and how many readings passed without an entry is told with the next.
 */
class UnreadableLog {
  readonly #logger: Pick<Logger, "warn">;
  readonly #now: () => number;
  readonly #told = new Map<string, { readonly until: number; readonly names: Set<string>; quiet: number }>();

  constructor(logger: Pick<Logger, "warn">, now: () => number) {
    this.#logger = logger;
    this.#now = now;
  }

  tell({ purpose, documents, named, problem }: Unreadable): void {
    const before = this.#told.get(purpose);
    const isOver = before === undefined || this.#now() >= before.until;
    const told = isOver ? { until: this.#now() + quietMilliseconds, names: new Set<string>(), quiet: 0 } : before;
    this.#told.set(purpose, told);
    const warnings: Warning[] = [];
    for (const { place, key, userId } of named) {
      const name = JSON.stringify([place, key, userId]);
      if (told.names.size === mostEntries || told.names.has(name)) continue;
      told.names.add(name);
      const where = key === undefined ? place : `${place}/${key}`;
      const message =
        warnings.length === 0
          ? `Left out ${documents} documents or rows that cannot be read (${purpose}), such as one in ${where}: ${problem}.${quietText(isOver ? before?.quiet : 0)}`
          : `Left out another in ${where} (${purpose}).`;
      warnings.push({ message, userId });
    }
    if (warnings.length === 0) told.quiet += 1;
    warnOfEach(this.#logger, warnings, { "event.action": "skip" });
  }
}

function quietText(readings = 0): string {
  return readings === 0 ? "" : ` ${readings} readings before this one left out the same without an entry here.`;
}
