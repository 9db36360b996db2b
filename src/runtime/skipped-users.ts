import type { LogFields, Logger } from "./logging.ts";
import type { SkippedUserMetrics } from "./metrics/skipped-users.ts";

/** Where a function tells of the users that it left out. */
export interface Skipping {
  readonly logger: Pick<Logger, "warn">;
  readonly skippedUsers: SkippedUserMetrics;
}

/** Users named in one log entry. */
const mostNamed = 10;

/**
 * The users that one run leaves out: what is wrong with one user must not stop the run for all others. They are counted, and
 * at the end the first of them are named in the log, with what was wrong with the very first.
 */
export class SkippedUsers {
  readonly #name: string;
  readonly #skipping: Skipping | undefined;
  readonly #named: string[] = [];
  #count = 0;
  #reason: unknown;

  /** `name` is that of the function. */
  constructor(name: string, skipping: Skipping | undefined) {
    this.#name = name;
    this.#skipping = skipping;
  }

  get count(): number {
    return this.#count;
  }

  /** Works with one user; undefined if that throws, and then the user counts as left out. */
  attempt<Result>(userId: string, work: () => Result): Result | undefined {
    try {
      return work();
    } catch (error) {
      this.#count += 1;
      this.#reason ??= error;
      if (this.#named.length < mostNamed) this.#named.push(userId);
      return undefined;
    }
  }

  /** Call it at the end of the run. `fields` tell which run it was. */
  tell(fields: LogFields = {}): void {
    if (this.#count === 0) return;
    this.#skipping?.skippedUsers.skipped(this.#name, this.#count);
    const more = this.#count > this.#named.length ? ` and ${this.#count - this.#named.length} more` : "";
    this.#skipping?.logger.warn(
      { error: this.#reason, "event.action": "skip", ...fields },
      `${this.#name} left out ${this.#count} users, with whom it cannot work: ${this.#named.join(", ")}${more}.`,
    );
  }
}
