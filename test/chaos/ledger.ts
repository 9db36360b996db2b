import { countActions } from "../cluster/state.ts";

/** What is wrong between what was acknowledged and what is stored. */
export interface Discrepancy {
  readonly user: string;
  readonly acknowledged: number;
  readonly stored: number;
}

/** How many different actions of each user were acknowledged as stored, or as accepted by the Broker. */
export class Ledger {
  readonly #acknowledged = new Map<string, number>();

  /** `actions` that were never acknowledged before. */
  acknowledge(user: string, actions: number): void {
    this.#acknowledged.set(user, (this.#acknowledged.get(user) ?? 0) + actions);
  }

  get users(): readonly string[] {
    return [...this.#acknowledged.keys()];
  }

  get total(): number {
    return [...this.#acknowledged.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Users of whom not exactly as many actions are stored as were acknowledged: lost, or stored twice. */
  async discrepancies(): Promise<readonly Discrepancy[]> {
    const all = [...this.#acknowledged].map(async ([user, acknowledged]) => ({
      ...{ user, acknowledged },
      stored: await countActions(user),
    }));
    return (await Promise.all(all)).filter(({ acknowledged, stored }) => acknowledged !== stored);
  }
}
