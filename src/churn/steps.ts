/**
 * A computation that is cut into steps of some milliseconds: whoever runs it may do something else between two of them,
 * such as answering a request. Its result does not depend on when it is gone on with.
 */
export type Steps<T> = Generator<undefined, T, undefined>;

/** Waits until it is time to go on with the next step. */
export type Pause = () => Promise<void>;

/** Runs all steps at once. */
export function finish<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** Runs all steps, with a pause between any two. */
export async function finishWith<T>(steps: Steps<T>, pause: Pause): Promise<T> {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    await pause();
  }
}
