import type { SetCosts } from "#runtime/cost-settings.ts";
import type { LapseEvent } from "#runtime/events.ts";
import type { Surroundings } from "#runtime/function-definition.ts";
import type { Logger } from "#runtime/logging.ts";
import type { Stores } from "#stores/open-stores.ts";

/** What the desk's pages and API work with. */
export interface DeskServices extends Omit<Stores, "runs" | "verify" | "backUp" | "close"> {
  readonly logger: Pick<Logger, "info" | "warn" | "error">;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Before it no contact is taken, in milliseconds since the epoch: each month takes an index of its own. */
  readonly oldest: () => number;
  readonly newId: () => string;
  /** Sends an event to the broker; undefined where none is known. */
  readonly publish: ((event: LapseEvent) => Promise<void>) | undefined;
  /** Whether the webhook has an address to send lists to. */
  readonly hasReceiver: boolean;
  /** What the plan of a campaign begins with. */
  readonly costs: SetCosts;
  /** What is typed to call the program `lapse`, where a page tells a line to paste. */
  readonly calledAs: string;
  readonly nextRuns: Surroundings["nextRuns"];
}
