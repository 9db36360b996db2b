import { setTimeout as pause } from "node:timers/promises";
import type { Reply } from "./requests.ts";

/** The outcome of requests that were sent one after another. */
export interface Load {
  readonly answered: number;
  /** Responses other than 200, and requests without one. */
  readonly failures: readonly string[];
}

/**
 * Has `callers` call `ask` concurrently, over and over, until `work` is done. By default each waits 25 milliseconds before it calls again:
 * what fails for a moment is still seen, as several call, and pods that start meanwhile have processors to start with.
 */
export async function underLoad(
  callers: number,
  ask: () => Promise<Reply>,
  work: () => Promise<void>,
  pauseMilliseconds = 25,
): Promise<Load> {
  const failures: string[] = [];
  let answered = 0;
  let isOver = false;
  const call = async () => {
    while (!isOver) {
      try {
        const { status, body } = await ask();
        if (status === 200) answered++;
        else failures.push(`${status} ${JSON.stringify(body)}`);
      } catch (error) {
        failures.push(String(error));
      }
      if (pauseMilliseconds > 0) await pause(pauseMilliseconds);
    }
  };
  const calling = Array.from({ length: callers }, call);
  try {
    await work();
  } finally {
    isOver = true;
    await Promise.all(calling);
  }
  return { answered, failures };
}

/** Sends until the response is 200, as a sender should. Throws with the last response after three minutes. */
export async function untilTaken(send: () => Promise<Reply>): Promise<Reply> {
  const end = Date.now() + 180_000;
  for (;;) {
    const reply = await send().catch((error: unknown) => ({ status: 0, body: String(error) }));
    if (reply.status === 200) return reply;
    if (Date.now() > end) throw new Error(`Not accepted: ${reply.status} ${JSON.stringify(reply.body)}`);
    await pause(500);
  }
}
