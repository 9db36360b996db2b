import { AsyncResource } from "node:async_hooks";

/** Runs something as if another caller did. */
export type AsCaller = <Result>(work: () => Result) => Result;

/** As who calls this: what `AsyncLocalStorage.snapshot` does, which takes 3 µs each time on Node 24, and 11 on Node 20, instead of 0.03. */
export function asCaller(): AsCaller {
  const caller = new AsyncResource("lapse.caller");
  return (work) => caller.runInAsyncScope(work);
}
