import { setTimeout as sleep } from "node:timers/promises";

/** Whether a request, or an operation, that was answered so may succeed later: the server is full or restarting. */
export function canRecover(status: number): boolean {
  return status === 429 || status === 502 || status === 503 || status === 504;
}

/** Pauses between attempts until a deadline: each about twice as long as the one before, up to five seconds. */
export class Retries {
  readonly #deadline: number;
  readonly #random: () => number;
  #next = firstPause;

  /** `random` draws from [0, 1): pauses differ, so that callers who were refused together do not come back together. */
  constructor(milliseconds: number, random: () => number = Math.random) {
    this.#deadline = performance.now() + milliseconds;
    this.#random = random;
  }

  /** Waits before the next attempt; answers false, at once, where that would be after the deadline. */
  async pause(): Promise<boolean> {
    const pause = this.#next * (0.5 + this.#random() / 2);
    if (performance.now() + pause > this.#deadline) return false;
    this.#next = Math.min(longestPause, this.#next * 2);
    await sleep(pause);
    return true;
  }
}

/** Milliseconds. */
const firstPause = 100;
const longestPause = 5_000;
