import { evaluate, type Outcomes } from "#churn/metrics/evaluate.ts";
import type { Evaluation } from "#churn/model/manifest.ts";
import { workInThread } from "#runtime/thread/work-in-thread.ts";

workInThread<readonly Outcomes[], Evaluation[]>((all) => all.map((outcomes) => evaluate(outcomes)));
