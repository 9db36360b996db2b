import type { ActionStore } from "#stores/actions/action-store.ts";
import { crashBatch } from "./crash-batch.ts";

/**
 * Appends batches from number `first`, three calls at a time and during roll-ups, until the process is killed. Prints the
 * number of each batch once it is reported as created.
 */
export async function appendForEver(store: ActionStore, first: number): Promise<never> {
  let next = first;
  const append = async (): Promise<never> => {
    for (;;) {
      const batch = next++;
      const outcomes = await store.append(crashBatch(batch));
      if (outcomes.every(({ status }) => status === "created")) process.stdout.write(`${batch}\n`);
    }
  };
  const rollUp = async (): Promise<never> => {
    for (;;) await store.rollUp();
  };
  return Promise.race([append(), append(), append(), rollUp()]);
}
