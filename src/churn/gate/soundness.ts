import { type Day, formatDay } from "../day.ts";
import type { ChurnDefinition } from "../definition.ts";
import { percent } from "../number-words.ts";
import type { Frozen } from "./decision.ts";
import { farOff } from "./far-off.ts";
import { mixOff } from "./mix.ts";
import { daysOfWeek, type Pulse } from "./pulse.ts";
import { snapshotsOf, type Trial, trialAt } from "./trial.ts";
import { volumeOff } from "./volume.ts";

/** What looks broken about each snapshot of a trial; nothing where all is well. */
export type Soundness = ReadonlyMap<Day, readonly Frozen[]>;

export interface SoundnessOptions {
  readonly churn: ChurnDefinition;
  readonly pulse: Pulse;
  /** The log loss that the champion is known for; undefined without a champion. */
  readonly usualLoss: number | undefined;
}

/**
 * Looks at each snapshot of a trial: whether the champion is far off its usual loss on it, and whether volume and mix of
 * actions are as usual in the days that its outcomes were read from.
 */
export function soundnessOf(trial: Trial, { churn, pulse, usualLoss }: SoundnessOptions): Soundness {
  return new Map(
    snapshotsOf(trial).map((snapshot) => {
      return [snapshot, [...brokenLoss(trial, snapshot, usualLoss), ...brokenLog(snapshot, churn, pulse)]];
    }),
  );
}

/** What is off about volume and mix of actions in the days that the outcomes of a snapshot are read from. */
export function brokenLog(snapshot: Day, { leadDays, churnDays }: ChurnDefinition, pulse: Pulse): readonly Frozen[] {
  return brokenWeeks(pulse, snapshot, snapshot + leadDays + churnDays);
}

function brokenLoss(trial: Trial, snapshot: Day, usualLoss: number | undefined): Frozen[] {
  if (usualLoss === undefined) return [];
  const rows = trialAt(trial, [snapshot]);
  const off = rows.champion && farOff(rows.y, rows.champion, usualLoss);
  if (off === undefined) return [];
  const verdict = `the champion's log loss is ${off.toFixed(4)} on ${formatDay(snapshot)}, far above its ${usualLoss.toFixed(4)}`;
  return [{ cause: "champion_loss", verdict }];
}

/** The first thing of each kind that is off in the weeks that touch the days from `from` to `before`, newest first. */
function brokenWeeks(pulse: Pulse, from: Day, before: Day): Frozen[] {
  const found = new Map<Frozen["cause"], Frozen>();
  for (const week of pulse.weeks.keys()) {
    const days = daysOfWeek(pulse, week);
    if (days.before <= from || days.from >= before) continue;
    for (const broken of brokenWeek(pulse, week)) if (!found.has(broken.cause)) found.set(broken.cause, broken);
  }
  return [...found.values()];
}

function brokenWeek(pulse: Pulse, week: number): Frozen[] {
  const from = `in the week from ${formatDay(daysOfWeek(pulse, week).from)}`;
  const volume = volumeOff(pulse, week);
  const psi = mixOff(pulse, week);
  const measure = volume?.measure === "users" ? "users a day" : "actions";
  return [
    ...(volume
      ? [{ cause: "volume" as const, verdict: `${from} there were ${percent(volume.ratio)} of the usual ${measure}` }]
      : []),
    ...(psi
      ? [{ cause: "mix" as const, verdict: `${from} the mix of actions was another (PSI ${psi.toFixed(2)})` }]
      : []),
  ];
}
