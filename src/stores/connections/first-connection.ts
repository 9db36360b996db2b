import { Retries } from "./elasticsearch/retry.ts";

/**
 * How long a refused connection is tried again before the first response: where network policies are enforced, a server
 * refuses a pod until the network knows it, for up to two seconds after its process starts.
 */
const patienceMilliseconds = 3_000;

/** Makes requests to one server, patiently until it has responded once or was waited for in vain. */
export class FirstConnection {
  #isOver = false;
  readonly #random: () => number;
  readonly #onRetry: (() => void) | undefined;

  constructor(random: () => number, onRetry?: () => void) {
    this.#random = random;
    this.#onRetry = onRetry;
  }

  /** `isRefused` tells an error of a connection that was refused, so that the server has seen nothing of the request. */
  async run<T>(request: () => Promise<T>, isRefused: (error: unknown) => boolean): Promise<T> {
    let retries: Retries | undefined;
    for (;;) {
      try {
        const answer = await request();
        this.#isOver = true;
        return answer;
      } catch (error) {
        this.#isOver ||= !isRefused(error);
        if (this.#isOver) throw error;
        retries ??= new Retries({
          retryMilliseconds: patienceMilliseconds,
          random: this.#random,
          onRetry: this.#onRetry,
        });
        if (await retries.wait()) continue;
        this.#isOver = true;
        throw error;
      }
    }
  }
}
