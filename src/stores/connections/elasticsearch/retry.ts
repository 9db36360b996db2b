import { setTimeout as sleep } from "node:timers/promises";

/** Whether a request that failed with this HTTP status may succeed later: the server is full or restarting. */
export function isPassing(status: number): boolean {
  return status === 429 || status === 502 || status === 503 || status === 504;
}

export interface RetryOptions {
  /** How long to repeat requests that the server cannot take now. */
  readonly retryMilliseconds: number;
  /** Draws from [0, 1), so that callers who were refused together do not return together. */
  readonly random: () => number;
  /** Called before each further attempt. */
  readonly onRetry?: (() => void) | undefined;
}

/** Measures and spends the time between attempts. */
export interface Timing {
  /** Milliseconds since some moment. */
  now(): number;
  sleep(milliseconds: number): Promise<unknown>;
}

/** Waits between attempts until a deadline, each time about twice as long as before, up to five seconds. */
export class Retries {
  readonly #deadline: number;
  readonly #options: RetryOptions;
  readonly #timing: Timing;
  #next = firstWait;

  constructor(options: RetryOptions, timing: Timing = realTiming) {
    this.#deadline = timing.now() + options.retryMilliseconds;
    this.#options = options;
    this.#timing = timing;
  }

  /** Waits before the next attempt. Returns false, at once, if that would be after the deadline. */
  async wait(): Promise<boolean> {
    const { random, onRetry } = this.#options;
    const wait = this.#next * (0.5 + random() / 2);
    if (this.#timing.now() + wait > this.#deadline) return false;
    this.#next = Math.min(longestWait, this.#next * 2);
    await this.#timing.sleep(wait);
    onRetry?.();
    return true;
  }
}

const realTiming: Timing = { now: () => performance.now(), sleep };

/** Milliseconds. */
const firstWait = 100;
const longestWait = 5_000;
