/**
 * A set-up of all tests that says itself why it fails: where Vitest (4.1.12) has its code from the cache, it ends with an error of its
 * own instead, without a word of the first. Without the stack, by which it comes to that.
 */
export function tellingFailure<Args extends unknown[], Result>(
  setup: (...args: Args) => Promise<Result> | Result,
): (...args: Args) => Promise<Result> {
  return async (...args) => {
    try {
      return await setup(...args);
    } catch (error) {
      console.error(String(error));
      throw error;
    }
  };
}
