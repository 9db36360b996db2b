import type { Reply } from "./requests.ts";

/** The outcome of requests that were sent without pause. */
export interface Load {
  readonly answered: number;
  /** Responses other than 200, and requests without one. */
  readonly failures: readonly string[];
}

/** Has `callers` call `ask` concurrently, over and over, until `work` is done. */
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

/** Sends until the response is 200, as a sender should. Throws with the last response after three minutes. */
export async function untilTaken(send: () => Promise<Reply>): Promise<Reply> {
  const end = Date.now() + 180_000;
  for (;;) {
    const reply = await send().catch((error: unknown) => ({ status: 0, body: String(error) }));
    if (reply.status === 200) return reply;
    if (Date.now() > end) throw new Error(`Not accepted: ${reply.status} ${JSON.stringify(reply.body)}`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
