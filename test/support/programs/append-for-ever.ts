import type { ActionStore } from "#stores/actions/action-store.ts";
import { crashBatch } from "./crash-batch.ts";

/**
 * Appends batches from number `first` until the process is killed, during roll-ups: three calls of whole batches at a time,
 * and forty calls of single actions. Prints the number of each batch once it is reported as created, and of each single
 * action the batch and its place in it, as `7/12`.
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
  const appendSingly = async (): Promise<never> => {
    for (;;) {
      const batch = next++;
      const calls = crashBatch(batch).map(async (action, place) => {
        const [outcome] = await store.append([action]);
        if (outcome?.status === "created") process.stdout.write(`${batch}/${place}\n`);
      });
      await Promise.all(calls);
    }
  };
  const rollUp = async (): Promise<never> => {
    for (;;) await store.rollUp();
  };
  return Promise.race([append(), append(), append(), appendSingly(), rollUp()]);
}
