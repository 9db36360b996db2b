import type { ChurnDefinition } from "../definition.ts";
import type { Dataset } from "../features/dataset.ts";
import { evaluate } from "../metrics/evaluate.ts";
import type { Evaluation, ModelManifest } from "../model/manifest.ts";
import { toOnnx } from "../model/onnx/to-onnx.ts";
import type { ModelParameters } from "../model/parameters.ts";
import { probabilitiesOf } from "../model/predict.ts";
import { referenceBins } from "../model/psi.ts";
import { quantile } from "../quantile.ts";
import { importances } from "./importances.ts";
import type { Progress } from "./progress.ts";
import { type Decision, decideAlone, decideContest } from "./promotion.ts";
import { type TrainedModel, trainModel } from "./train-model.ts";

/** All that training needs once the log has been read. */
export interface TrainingTask {
  readonly churn: ChurnDefinition;
  readonly training: Dataset;
  readonly test: Dataset;
  /** The version in service, whatever kind of churn it predicts; null if there is none. */
  readonly serving: string | null;
  /** The same, if it predicts this kind of churn, with the test rows as its own features, which may be others, tell of them. */
  readonly champion:
    | { readonly version: string; readonly parameters: ModelParameters; readonly test: Dataset }
    | undefined;
}

/** A new model with what its manifest says of it. */
export interface TrainingResult {
  readonly model: TrainedModel;
  /** The training rows, and how many of them churned. */
  readonly rows: number;
  readonly churned: number;
  readonly evaluation: Evaluation;
  readonly decision: Decision;
  readonly thresholds: ModelManifest["thresholds"];
  readonly reference: ModelManifest["reference"];
  readonly importances: ModelManifest["importances"];
  /** The bytes of model.onnx. */
  readonly onnx: Uint8Array;
}

/**
 * Fits a model to the training rows and judges it on the test rows, beside the champion if there is one. Throws
 * InvalidInput when either holds one outcome only. For 100,000 rows it takes many seconds: a thread of its own does it.
 */
export function trainAndJudge(task: TrainingTask, progress?: Progress): TrainingResult {
  const { churn, training, test } = task;
  const model = trainModel(training, churn, progress);
  const probabilities = probabilitiesOf(model.parameters, test);
  const evaluation = evaluate({ y: test.y, p: probabilities, users: test.users, snapshots: test.snapshots });
  return {
    model,
    rows: training.rows,
    churned: training.y.reduce((sum, label) => sum + label, 0),
    evaluation,
    decision: decide(task, probabilities, evaluation),
    thresholds: thresholdsOf(probabilities),
    reference: {
      features: test.names.map((_, j) => referenceBins(columnOf(test, j))),
      probability: referenceBins(probabilities),
    },
    importances: importances(model, test),
    onnx: toOnnx(model.parameters, training.names),
  };
}

function decide(
  { champion, serving, test }: TrainingTask,
  probabilities: Float64Array,
  evaluation: Evaluation,
): Decision {
  if (champion === undefined) return decideAlone(evaluation, serving);
  return decideContest({
    champion: champion.version,
    y: test.y,
    users: test.users,
    challengerProbabilities: probabilities,
    championProbabilities: probabilitiesOf(champion.parameters, champion.test),
  });
}

/** High is what the riskiest tenth of the test users reach, medium the riskiest third. */
function thresholdsOf(probabilities: Float64Array): ModelManifest["thresholds"] {
  const sorted = probabilities.toSorted();
  return { medium: quantile(sorted, 2 / 3), high: quantile(sorted, 0.9) };
}

function columnOf({ x, rows, names }: Dataset, j: number): Float64Array {
  return Float64Array.from({ length: rows }, (_, row) => x[row * names.length + j] ?? 0);
}
