import { availableParallelism } from "node:os";
import type { TreesParameters } from "#churn/model/parameters.ts";
import { type GrowTrees, growHere } from "#churn/training/fit-family.ts";
import type { TreesProblem } from "#churn/training/fit-trees.ts";
import { type OpenThread, openThread } from "#runtime/thread/open-thread.ts";
import { program } from "./thread/program.ts";

/** Numbers of rows times columns up to which trees have grown before a thread has started. */
const mostHere = 500_000;
/** The trees of the model that is judged, and those of the one that serves, which are nearly all of the work. */
const mostThreads = 2;

interface Grower {
  readonly thread: OpenThread<TreesProblem, TreesParameters>;
  /** Numbers that it has been given, and not answered yet. */
  waiting: number;
}

/**
 * Has large trees grown in threads of their own while something else is done, such as fitting the linear parts, if there is a
 * second processor for it. The threads have ended when the work has.
 */
export async function withGrower<Result>(work: (grow: GrowTrees) => Promise<Result>): Promise<Result> {
  const growers: Grower[] = [];
  try {
    return await work((problem) => {
      const numbers = problem.data.bins.length;
      if (numbers <= mostHere || availableParallelism() === 1) return growHere(problem);
      const grower = leastBusy(growers);
      grower.waiting += numbers;
      const grown = grower.thread.ask(problem, buffersOf(problem)).finally(() => {
        grower.waiting -= numbers;
      });
      // Of a family without trees nobody waits for them: that the thread ends before they are grown is then no failure.
      grown.catch(() => undefined);
      return grown;
    });
  } finally {
    await Promise.all(growers.map(({ thread }) => thread.close()));
  }
}

/** One that has nothing to do, a new one as long as there may be more, or that with the least work before it. */
function leastBusy(growers: Grower[]): Grower {
  const [least] = growers.toSorted((a, b) => a.waiting - b.waiting);
  if (least !== undefined && (least.waiting === 0 || growers.length === mostThreads)) return least;
  const grower = { thread: openThread(program, null), waiting: 0 };
  growers.push(grower);
  return grower;
}

/** The bins, by far the largest part, are taken over instead of copied. */
function buffersOf({ data: { bins } }: TreesProblem): ArrayBuffer[] {
  return bins.buffer instanceof ArrayBuffer ? [bins.buffer] : [];
}
