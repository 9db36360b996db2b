import { type TrainingResult, type TrainingTask, trainAndJudge } from "#churn/training/train-and-judge.ts";
import { workInThread } from "#runtime/thread/work-in-thread.ts";

workInThread<TrainingTask, TrainingResult>(trainAndJudge);
