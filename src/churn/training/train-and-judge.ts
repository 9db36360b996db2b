import type { Day } from "../day.ts";
import type { ChurnDefinition } from "../definition.ts";
import type { Dataset } from "../features/dataset.ts";
import { selectRows } from "../features/select-rows.ts";
import type { ChampionRecord } from "../gate/champion-record.ts";
import { decide } from "../gate/decide.ts";
import type { Decision } from "../gate/decision.ts";
import { oddSnapshots } from "../gate/odd-snapshots.ts";
import type { Pulse } from "../gate/pulse.ts";
import { brokenLog } from "../gate/soundness.ts";
import { churnedAmong, evaluate, type Outcomes, requireBothOutcomes } from "../metrics/evaluate.ts";
import type { Evaluation, ModelManifest } from "../model/manifest.ts";
import { toOnnx } from "../model/onnx/to-onnx.ts";
import type { ModelParameters } from "../model/parameters.ts";
import { probabilitiesOf } from "../model/predict.ts";
import { referenceBins } from "../model/psi.ts";
import { quantile } from "../quantile.ts";
import { judgeSegments, type Segments } from "../segments/judge-segments.ts";
import { segmentationsOf } from "../segments/segmentation.ts";
import type { GrowTrees } from "./fit-family.ts";
import { type FitRows, fitRowsOf, selectFitRows } from "./fit-rows.ts";
import { importances } from "./importances.ts";
import { type Peers, peersOf } from "./peers.ts";
import type { Progress } from "./progress.ts";
import type { Split } from "./split.ts";
import { type BegunModel, beginFittedModel, beginModel, type FittedModel, type TrainedModel } from "./train-model.ts";

/** All that training needs once the log has been read. */
export interface TrainingTask {
  readonly churn: ChurnDefinition;
  readonly split: Split;
  /** The rows of every snapshot that either model learns from. */
  readonly training: Dataset;
  readonly test: Dataset;
  /** The users who are here at the end of the log, whose outcomes nobody knows yet: those that the model will score. */
  readonly present: Dataset;
  /** The version in service, whatever kind of churn it predicts; null if there is none. */
  readonly serving: string | null;
  /**
   * The same, if it predicts this kind of churn: the parameters that it was judged with, and the test rows as its own
   * features, which may be others, tell of them.
   */
  readonly champion:
    | { readonly record: ChampionRecord; readonly parameters: ModelParameters; readonly test: Dataset }
    | undefined;
  /** The volume of the log. */
  readonly pulse: Pulse;
}

/** The model that was judged: fitted to what was known before the first snapshot of the test. */
export interface Proof {
  readonly model: TrainedModel;
  /** The rows that it was fitted to, and how many of them churned. */
  readonly rows: number;
  readonly churned: number;
  readonly evaluation: Evaluation;
  /** How good simpler rules, fitted to the same rows, are on the same test. */
  readonly peers: { readonly [peer in keyof Peers]: Evaluation };
}

/** A new model with what its manifest says of it. */
export interface TrainingResult {
  readonly proof: Proof;
  /** The model to serve: of the same family and by the same rules, fitted to all outcomes that are known. */
  readonly model: FittedModel;
  /** The snapshots that it was fitted to, ascending, their rows, and how many of these churned. */
  readonly snapshots: readonly Day[];
  readonly rows: number;
  readonly churned: number;
  readonly decision: Decision;
  /** How good the proof is by segment of the test rows, beside the champion. */
  readonly segments: Segments;
  readonly thresholds: ModelManifest["thresholds"];
  readonly reference: ModelManifest["reference"];
  readonly importances: ModelManifest["importances"];
  /** The bytes of model.onnx. */
  readonly onnx: Uint8Array;
}

/** Judges several predictions of the same rows: here, or elsewhere meanwhile. */
export type Judge = (all: readonly Outcomes[]) => Promise<Evaluation[]>;

/** Where there is nobody else to do it. */
export const judgeHere: Judge = async (all) => all.map((outcomes) => evaluate(outcomes));

/**
 * Fits a model to what was known before the test and judges it on the test rows, beside the champion if there is one;
 * then fits the same kind of model to all that is known, which is the one to serve. Throws InvalidInput when rows hold
 * one outcome only. For 100,000 rows it takes many seconds: a thread of its own does it, others grow the trees, and another judges the
 * simpler rules, as the linear parts keep this one busy until the end.
 */
export async function trainAndJudge(
  task: TrainingTask,
  grow: GrowTrees,
  progress?: Progress,
  judge: Judge = judgeHere,
): Promise<TrainingResult> {
  const { churn, split, present } = task;
  const all = fitRowsOf(task.training);
  const proving = beginProof(all, task, grow, judge);
  const { linear } = proving.model;
  const serve = (snapshots: readonly Day[]) => {
    const rows = rowsAt(snapshots, all);
    return { snapshots, rows, fitted: beginFittedModel(rows, churn, grow, linear) };
  };
  // Before the proof is there: it hardly ever says that a snapshot must be left out.
  const begun = serve(split.training);
  const { proof, decision, probabilities: proved, ...others } = await prove(proving, task, progress);
  const odd = oddAmong(task, proof.model.parameters);
  const wanted = split.training.filter((day) => !odd.has(day));
  // What is left may hold one outcome only: then it teaches less than all of it does.
  const isEnough = odd.size > 0 && hasBothOutcomes(task.training, new Set(wanted));
  const { snapshots, rows, fitted } = isEnough ? serve(wanted) : begun;
  const model = await fitted.end(proof.model.choice.kind);
  const probabilities = probabilitiesOf(model.parameters, present);
  const thresholds = thresholdsOf(probabilities);
  return {
    proof,
    segments: judgeSegments({
      segmentations: segmentationsOf(task.training, churn, isAt(snapshots, task.training)),
      test: task.test,
      probabilities: proved,
      champion: others.championProbabilities,
      recency: others.recency,
      threshold: thresholds.high,
    }),
    model,
    snapshots,
    rows: rows.y.length,
    churned: churnedAmong(rows.y),
    decision,
    thresholds,
    reference: {
      features: present.names.map((_, j) => referenceBins(columnOf(present, j))),
      probability: referenceBins(probabilities),
    },
    importances: importances(model, present),
    onnx: toOnnx(model.parameters, present.names),
  };
}

interface BegunProof extends Pick<Proof, "rows" | "churned"> {
  readonly model: BegunModel;
  readonly peers: Peers;
  readonly ofPeers: Promise<Proof["peers"]>;
}

function beginProof(all: FitRows, { churn, split, test }: TrainingTask, grow: GrowTrees, judge: Judge): BegunProof {
  // Before the fit, which takes long.
  requireBothOutcomes(test.y);
  const rows = rowsAt(split.proof, all);
  const model = beginModel(rows, churn, grow);
  const peers = peersOf(all.data, test, churn, isAt(split.proof, all.data));
  const ofPeers = judgePeers(peers, test, judge);
  // Its failure is thrown where it is awaited, unless fitting fails before.
  ofPeers.catch(() => undefined);
  return { model, rows: rows.y.length, churned: churnedAmong(rows.y), peers, ofPeers };
}

async function judgePeers(peers: Peers, test: Dataset, judge: Judge): Promise<Proof["peers"]> {
  const [recency, plainRate] = await judge([outcomesOf(test, peers.recency), outcomesOf(test, peers.plainRate)]);
  if (recency === undefined || plainRate === undefined) throw new TypeError("A rule was not judged");
  return { recency, plainRate };
}

function outcomesOf({ y, users, snapshots }: Dataset, p: Float64Array): Outcomes {
  return { y, p, users, snapshots };
}

interface Proved {
  readonly proof: Proof;
  readonly decision: Decision;
  /** What the proof and the champion predict of the test rows. */
  readonly probabilities: Float64Array;
  readonly championProbabilities: Float64Array | undefined;
  /** What the days since the last action alone say of them. */
  readonly recency: Float64Array;
}

async function prove(
  { model: begun, rows, churned, peers, ofPeers }: BegunProof,
  task: TrainingTask,
  progress: Progress | undefined,
): Promise<Proved> {
  const { churn, test, champion } = task;
  const championProbabilities = champion && probabilitiesOf(champion.parameters, champion.test);
  const model = await begun.end(progress);
  const probabilities = probabilitiesOf(model.parameters, test);
  const evaluation = evaluate(outcomesOf(test, probabilities));
  return {
    probabilities,
    championProbabilities,
    recency: peers.recency,
    proof: { model, rows, churned, evaluation, peers: await ofPeers },
    decision: decide({
      churn,
      trial: {
        ...{ y: test.y, users: test.users, snapshots: test.snapshots, model: probabilities, ...peers },
        champion: championProbabilities,
      },
      auc: evaluation.auc,
      pulse: task.pulse,
      serving: task.serving,
      champion: champion?.record,
    }),
  };
}

/**
 * Those of the snapshots to learn from, later than the proof's, whose outcomes the proof foretells far worse than others, or in whose
 * churn window volume or mix of actions were off, as after a month in which the log was broken. The model that serves must not
 * learn from them: no test could tell what it had learned.
 */
function oddAmong({ split, training, churn, pulse }: TrainingTask, proof: ModelParameters): ReadonlySet<Day> {
  const days = new Set(split.training.filter((day) => !split.proof.includes(day)));
  const later = selectRows(training, (row) => days.has(training.snapshots[row] ?? Number.NaN));
  const foretold = { y: later.y, snapshots: later.snapshots, p: probabilitiesOf(proof, later) };
  return oddSnapshots(foretold, (snapshot) => brokenLog(snapshot, churn, pulse).length > 0);
}

function hasBothOutcomes({ y, snapshots }: Dataset, days: ReadonlySet<Day>): boolean {
  const found = new Set(y.filter((_, row) => days.has(snapshots[row] ?? Number.NaN)));
  return found.size === 2;
}

function rowsAt(snapshots: readonly Day[], all: FitRows): FitRows {
  return selectFitRows(all, isAt(snapshots, all.data));
}

/** Tells of the index of a row whether it is of one of the snapshots. */
function isAt(snapshots: readonly Day[], data: Dataset): (row: number) => boolean {
  const wanted = new Set(snapshots);
  return (row) => wanted.has(data.snapshots[row] ?? Number.NaN);
}

/** High is what the riskiest tenth of the users reach, medium the riskiest third. */
function thresholdsOf(probabilities: Float64Array): ModelManifest["thresholds"] {
  const sorted = probabilities.toSorted();
  return { medium: quantile(sorted, 2 / 3), high: quantile(sorted, 0.9) };
}

function columnOf({ x, rows, names }: Dataset, j: number): Float64Array {
  return Float64Array.from({ length: rows }, (_, row) => x[row * names.length + j] ?? 0);
}
