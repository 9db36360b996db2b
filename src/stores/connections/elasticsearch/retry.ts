import { setTimeout as sleep } from "node:timers/promises";

/** Whether a request, or an operation, that was answered so may succeed later: the server is full or restarting. */
export function canRecover(status: number): boolean {
  return status === 429 || status === 502 || status === 503 || status === 504;
}

/** What pauses depend on. */
export interface Pacing {
  /** Draws from [0, 1): pauses differ, so that callers who were refused together do not come back together. */
  random(): number;
  /** Milliseconds since some moment. */
  now(): number;
  sleep(milliseconds: number): Promise<unknown>;
}

export interface RetryOptions {
  /** How long to try again. */
  readonly retryMilliseconds: number;
  /** Told of each further attempt, just before it is made. */
  readonly onRetry?: (() => void) | undefined;
}

/** Pauses between attempts until a deadline: each about twice as long as the one before, up to five seconds. */
export class Retries {
  readonly #deadline: number;
  readonly #onRetry: (() => void) | undefined;
  readonly #pacing: Pacing;
  #next = firstPause;

  constructor({ retryMilliseconds, onRetry }: RetryOptions, pacing: Pacing = realPacing) {
    this.#deadline = pacing.now() + retryMilliseconds;
    this.#onRetry = onRetry;
    this.#pacing = pacing;
  }

  /** Waits before the next attempt; answers false, at once, where that would be after the deadline. */
  async pause(): Promise<boolean> {
    const { random, now, sleep } = this.#pacing;
    const pause = this.#next * (0.5 + random() / 2);
    if (now() + pause > this.#deadline) return false;
    this.#next = Math.min(longestPause, this.#next * 2);
    await sleep(pause);
    this.#onRetry?.();
    return true;
  }
}

const realPacing: Pacing = { random: Math.random, now: () => performance.now(), sleep };

/** Milliseconds. */
const firstPause = 100;
const longestPause = 5_000;
