import { formatDay } from "../day.ts";
import type { ChurnDefinition } from "../definition.ts";
import { auc } from "../metrics/auc.ts";
import { aucEstimate } from "../metrics/auc-estimate.ts";
import { brier } from "../metrics/brier.ts";
import { calibrationError } from "../metrics/calibration-error.ts";
import { logLoss } from "../metrics/log-loss.ts";
import type { Estimate } from "../model/estimate.ts";
import type { ChampionRecord } from "./champion-record.ts";
import { beatsChampion, beatsPlainRate, beatsRecencyAlone } from "./checks.ts";
import type { Check, Decision, Frozen, Standing } from "./decision.ts";
import type { Pulse } from "./pulse.ts";
import { type Soundness, soundnessOf } from "./soundness.ts";
import { isOldProof, standingOf, usualLossOf } from "./standing.ts";
import { type Trial, trialAt } from "./trial.ts";

/** All that is known about a model that asks to be put into service. */
export interface Case {
  readonly churn: ChurnDefinition;
  readonly trial: Trial;
  /** Of the model on the trial. */
  readonly auc: Estimate;
  /** The log by its weeks. */
  readonly pulse: Pulse;
  /** The version in service, whatever kind of churn it predicts; null if there is none. */
  readonly serving: string | null;
  /** The same, if it predicts this kind of churn. */
  readonly champion: ChampionRecord | undefined;
}

/** Whether a model is put into service, and why (docs/decisions/gate.md). */
export function decide(asked: Case): Decision {
  const { champion, trial } = asked;
  return champion === undefined || trial.champion === undefined
    ? decideAlone(asked)
    : decideContest(asked, champion, trial.champion);
}

/**
 * A model without a champion to beat must beat the plain rate, and have a lower loss than recency alone. Where no model serves
 * at all, that this is not proved with an interval, and that the newest data look broken, is said but keeps it out of service no
 * longer: a small log may take years to prove it. Where a model of another definition serves, that one stays meanwhile.
 */
function decideAlone({ trial, auc: ranking, serving, churn, pulse }: Case): Decision {
  const checks = [beatsPlainRate(trial, ranking), beatsRecencyAlone(trial)];
  const broken = newestOf(soundnessOf(trial, { churn, pulse, usualLoss: undefined }));
  const frozen = serving === null ? [] : broken;
  const promoted =
    frozen.length === 0 &&
    checks.every(
      ({ check, passed, difference }) =>
        passed || (serving === null && check === "recency alone" && difference.value < 0),
    );
  const kind = serving === null ? "first model" : `first model of a new churn definition, in place of ${serving}`;
  const verdicts = [...verdictsOf(checks), ...broken.map(({ verdict }) => verdict)];
  const reason =
    frozen.length > 0 ? frozenInWords(frozen) : promoted ? `${kind}: ${verdicts.join("; ")}` : verdicts.join("; ");
  return {
    promoted,
    reason,
    champion: serving,
    ...{ championAuc: null, championLogLoss: null, championBrier: null, championEce: null },
    checks,
    frozen: [...frozen],
  };
}

/**
 * A challenger takes the champion's place if it surely beats the plain rate, recency alone and the champion, by the paired
 * difference of log losses on snapshots that look sound. While the newest one does not, nothing is promoted. An old
 * champion that no longer stands is followed more easily (see succeedsFallen).
 */
function decideContest(asked: Case, record: ChampionRecord, champion: Float64Array): Decision {
  const { trial, churn, pulse } = asked;
  const usualLoss = usualLossOf(record, trial, champion, churn);
  const soundness = soundnessOf(trial, { churn, pulse, usualLoss });
  const frozen = newestOf(soundness);
  const sound = soundOf(soundness);
  const isWhole = frozen.length > 0 || sound.length === soundness.size;
  const rows = isWhole ? trial : trialAt(trial, sound);
  const opponent = rows.champion ?? champion;
  const ranking = isWhole ? asked.auc : aucEstimate(rows.y, rows.model, rows.users);
  const checks = [
    beatsPlainRate(rows, ranking),
    beatsRecencyAlone(rows),
    beatsChampion(rows, opponent, record.version),
  ];
  const standing = standingOf(record, rows, opponent, churn);
  const isFallen = !standing.stands && isOldProof(record, rows, churn);
  const failed = checks.filter(({ passed }) => !passed);
  const promoted = frozen.length === 0 && (failed.length === 0 || (isFallen && succeedsFallen(checks)));
  return {
    promoted,
    reason: frozen.length > 0 ? frozenInWords(frozen) : contestInWords(promoted ? checks : failed, standing),
    champion: record.version,
    championAuc: unlessNaN(auc(rows.y, opponent)),
    championLogLoss: logLoss(rows.y, opponent),
    championBrier: brier(rows.y, opponent),
    championEce: calibrationError(rows.y, opponent),
    checks,
    frozen: [...frozen],
    standing,
    ...(!isWhole && {
      judged: {
        snapshots: sound.map(formatDay),
        rows: rows.y.length,
        auc: unlessNaN(ranking.value),
        logLoss: logLoss(rows.y, rows.model),
      },
    }),
  };
}

/** Null for what is undefined, as an AUC is where all users did the same. */
function unlessNaN(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}

/**
 * Whether a model may follow a champion whose proof is old and that no longer stands: by a 95 % interval against it instead
 * of three standard errors. A lower loss alone would let a lucky night decide, between models that are as good.
 */
function succeedsFallen(checks: readonly Check[]): boolean {
  return checks.every(({ check, passed, difference: { value, low, high } }) =>
    check === "champion" ? value + (2 * (high - low)) / 6 < 0 : passed,
  );
}

function newestOf(soundness: Soundness): readonly Frozen[] {
  const newest = Math.max(...soundness.keys());
  return soundness.get(newest) ?? [];
}

function soundOf(soundness: Soundness): number[] {
  return [...soundness].flatMap(([snapshot, broken]) => (broken.length === 0 ? [snapshot] : []));
}

/** What failed first, as that decides; all where nothing did. */
function verdictsOf(checks: readonly Check[]): string[] {
  const failed = checks.filter(({ passed }) => !passed);
  return [...failed, ...checks.filter(({ passed }) => passed)].map(({ verdict }) => verdict);
}

/** What decided: the champion first. */
function contestInWords(told: readonly Check[], standing: Standing): string {
  const verdicts = [...told].reverse().map(({ verdict }) => verdict);
  return [...verdicts, ...(standing.reexamined ? [standing.verdict] : [])].join("; ");
}

function frozenInWords(frozen: readonly Frozen[]): string {
  const verdicts = frozen.map(({ verdict }) => verdict).join("; ");
  return `nothing is promoted while the newest data look broken: ${verdicts}. If they are right, overrule this: put the version into service by its name, with a reason`;
}
