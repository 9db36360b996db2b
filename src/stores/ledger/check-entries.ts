import { InvalidInput } from "#churn/failure.ts";
import type { LedgerEntry } from "./ledger.ts";

/** Throws InvalidInput unless exactly the users who are here have a probability, between 0 and 1. */
export function checkEntries(entries: readonly LedgerEntry[]): void {
  for (const { state, probability } of entries) {
    const isRight =
      state === "here" ? probability !== undefined && probability >= 0 && probability <= 1 : probability === undefined;
    if (!isRight)
      throw new InvalidInput(
        `Could not add the score of a user to the ledger: ${state} with the probability ${probability}`,
      );
  }
}
