import { type TrainingResult, type TrainingTask, trainAndJudge } from "#churn/training/train-and-judge.ts";
import { workInThread } from "#runtime/thread/work-in-thread.ts";
import { judgeAside } from "../judging/judge-aside.ts";
import { withGrower } from "../trees/with-grower.ts";

workInThread<TrainingTask, TrainingResult>((task, progress) =>
  withGrower((grow) => trainAndJudge(task, grow, progress, judgeAside)),
);
