import { pause } from "./pause.ts";

/** How long work may hold up other requests at a time, in milliseconds. */
const longest = 10;

/**
 * For a loop over what a caller sent: each call returns a promise to wait for if the loop has run long enough for others to
 * have their turn, such as the probe that asks whether this process is alive; otherwise undefined, which costs nothing.
 */
export function breather(): () => Promise<void> | undefined {
  let steps = 0;
  let since = performance.now();
  return () => {
    steps += 1;
    // The clock itself takes as long as a small step.
    if (steps % 16 !== 0 || performance.now() - since < longest) return undefined;
    return pause().then(() => {
      since = performance.now();
    });
  };
}
