import type { LogFields, Logger } from "./logging.ts";
import type { SkippedUserMetrics } from "./metrics/skipped-users.ts";
import { warnOfEach } from "./warn-of-each.ts";

/** Where a function tells of the users that it left out. */
export interface Skipping {
  readonly logger: Pick<Logger, "warn">;
  readonly skippedUsers: SkippedUserMetrics;
}

/** Users named of one run, each in an entry of its own. */
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
    const warnings = this.#named.map((userId, i) => ({
      message:
        i === 0
          ? `${this.#name} left out users with whom it cannot work: ${this.#count}. This is the first.`
          : `${this.#name} left out this user as well.`,
      userId,
    }));
    if (this.#skipping !== undefined)
      warnOfEach(this.#skipping.logger, warnings, { ...fields, "event.action": "skip" }, this.#reason);
  }
}
