import type { Logger } from "#runtime/logging.ts";
import type { Stores } from "#stores/open-stores.ts";

/** What the desk's pages and API work with. */
export interface DeskServices extends Omit<Stores, "verify" | "backUp" | "close"> {
  readonly logger: Pick<Logger, "info" | "warn" | "error">;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly newId: () => string;
}
