import type { Reply } from "./requests.ts";

/** What became of requests that were sent without a pause. */
export interface Load {
  readonly answered: number;
  /** What went wrong: an answer other than 200, or none. */
  readonly failures: readonly string[];
}

/** Sends `ask` from `callers` at once, each anew after its answer, as long as `work` lasts. */
export async function underLoad(callers: number, ask: () => Promise<Reply>, work: () => Promise<void>): Promise<Load> {
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

/** As a sender that hands each item over until it is taken. Throws with the last answer after a minute of refusals. */
export async function untilTaken(send: () => Promise<Reply>): Promise<Reply> {
  const end = Date.now() + 90_000;
  for (;;) {
    const reply = await send().catch((error: unknown) => ({ status: 0, body: String(error) }));
    if (reply.status === 200) return reply;
    if (Date.now() > end) throw new Error(`Not taken: ${reply.status} ${JSON.stringify(reply.body)}`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
