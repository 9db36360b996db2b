import { availableParallelism } from "node:os";
import { type Judge, judgeHere } from "#churn/training/train-and-judge.ts";
import { runThread } from "#runtime/thread/run-thread.ts";
import { program } from "./thread/program.ts";

/** Rows of all predictions together up to which they are judged before a thread has started. */
const mostHere = 5_000;

/** Judges predictions in a thread of its own while something else is done, if there are many and a second processor for it. */
export const judgeAside: Judge = (all) => {
  const rows = all.reduce((sum, { p }) => sum + p.length, 0);
  return rows <= mostHere || availableParallelism() === 1 ? judgeHere(all) : runThread(program, all);
};
