/** What is wrong between what was acknowledged and what is there. */
export interface Discrepancy {
  readonly sender: string;
  readonly acknowledged: number;
  readonly found: number;
}

/** How many different actions of each sender's users were acknowledged as stored, or as accepted by the Broker. */
export class Ledger {
  readonly #acknowledged = new Map<string, number>();
  readonly #users = new Set<string>();

  /** `actions` of a user that were never acknowledged before. The ids of a sender's users begin with the sender's name. */
  acknowledge(sender: string, user: string, actions: number): void {
    this.#acknowledged.set(sender, (this.#acknowledged.get(sender) ?? 0) + actions);
    this.#users.add(user);
  }

  get users(): number {
    return this.#users.size;
  }

  get total(): number {
    return [...this.#acknowledged.values()].reduce((sum, count) => sum + count, 0);
  }

  /**
   * Senders of whose users `countOf`, which takes a pattern of user ids, does not find exactly as many actions as were
   * acknowledged: some are lost, or there twice.
   */
  async discrepancies(countOf: (users: string) => Promise<number>): Promise<readonly Discrepancy[]> {
    const all = [...this.#acknowledged].map(async ([sender, acknowledged]) => ({
      ...{ sender, acknowledged },
      found: await countOf(`${sender}*`),
    }));
    return (await Promise.all(all)).filter(({ acknowledged, found }) => acknowledged !== found);
  }
}
