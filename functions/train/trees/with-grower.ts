import { availableParallelism } from "node:os";
import type { TreesParameters } from "#churn/model/parameters.ts";
import { type GrowTrees, growHere } from "#churn/training/fit-family.ts";
import type { TreesProblem } from "#churn/training/fit-trees.ts";
import { type OpenThread, openThread } from "#runtime/thread/open-thread.ts";
import { program } from "./thread/program.ts";

/** Numbers of rows times columns up to which trees have grown before a thread has started. */
const mostHere = 500_000;

/**
 * Has large trees grown in a thread of their own while something else is done, such as fitting the linear parts, if there is a
 * second processor for it. The thread has ended when the work has.
 */
export async function withGrower<Result>(work: (grow: GrowTrees) => Promise<Result>): Promise<Result> {
  let thread: OpenThread<TreesProblem, TreesParameters> | undefined;
  try {
    return await work((problem) => {
      if (problem.data.bins.length <= mostHere || availableParallelism() === 1) return growHere(problem);
      thread ??= openThread(program, null);
      const grown = thread.ask(problem, buffersOf(problem));
      // Of a family without trees nobody waits for them: that the thread ends before they are grown is then no failure.
      grown.catch(() => undefined);
      return grown;
    });
  } finally {
    await thread?.close();
  }
}

/** The bins, by far the largest part, are taken over instead of copied. */
function buffersOf({ data: { bins } }: TreesProblem): ArrayBuffer[] {
  return bins.buffer instanceof ArrayBuffer ? [bins.buffer] : [];
}
