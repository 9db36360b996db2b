import type { LapseEvent } from "#runtime/events.ts";

/** Events on their way to the Broker at a time. */
const mostUnderWay = 16;

/** Sends events, some at a time. Rejects with the first failure, once what is under way has ended; what comes after it is not sent. */
export async function sendAll(
  events: readonly LapseEvent[],
  publish: (event: LapseEvent) => Promise<void>,
): Promise<void> {
  const waiting = events.values();
  let failure: { readonly error: unknown } | undefined;
  const sender = async () => {
    for (const event of waiting) {
      if (failure !== undefined) return;
      await publish(event).catch((error: unknown) => {
        failure ??= { error };
      });
    }
  };
  await Promise.all(Array.from({ length: mostUnderWay }, sender));
  if (failure !== undefined) throw failure.error;
}
