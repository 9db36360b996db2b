import { setTimeout as sleep } from "node:timers/promises";

/**
 * How long a refused connection is tried again before the first response, in milliseconds: where network policies are enforced, a
 * server refuses a pod until the network knows it, for up to two seconds after its process starts.
 */
export const firstConnectionMilliseconds = 3_000;

/** Short and the same each time: somebody waits for the response, and a refused connection costs nothing. */
const pauseMilliseconds = 100;

/** Makes requests to one server, patiently until it has responded once or was waited for in vain. */
export class FirstConnection {
  #isOver = false;
  #until: number | undefined;
  readonly #random: () => number;
  readonly #onRetry: (() => void) | undefined;

  constructor(random: () => number, onRetry?: () => void) {
    this.#random = random;
    this.#onRetry = onRetry;
  }

  /** `isRefused` tells an error of a connection that was refused, so that the server has seen nothing of the request. */
  async run<T>(request: () => Promise<T>, isRefused: (error: unknown) => boolean): Promise<T> {
    this.#until ??= performance.now() + firstConnectionMilliseconds;
    for (;;) {
      try {
        const answer = await request();
        this.#isOver = true;
        return answer;
      } catch (error) {
        this.#isOver ||= !isRefused(error) || performance.now() + pauseMilliseconds > this.#until;
        if (this.#isOver) throw error;
        await sleep(pauseMilliseconds * (0.5 + this.#random() / 2));
        this.#onRetry?.();
      }
    }
  }
}
