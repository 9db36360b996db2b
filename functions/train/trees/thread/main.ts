import type { TreesParameters } from "#churn/model/parameters.ts";
import { boosted } from "#churn/training/fit-family.ts";
import type { TreesProblem } from "#churn/training/fit-trees.ts";
import { answerInThread } from "#runtime/thread/answer-in-thread.ts";

answerInThread<null, TreesProblem, TreesParameters>(() => (problem) => [boosted(problem), []]);
