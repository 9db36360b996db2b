import { describe, expect, it } from "vitest";
import { auc } from "../metrics/auc.ts";
import { brier } from "../metrics/brier.ts";
import { evaluate } from "../metrics/evaluate.ts";
import { logLoss } from "../metrics/log-loss.ts";
import { randomFrom } from "../random.ts";
import type { ChampionRecord } from "./champion-record.ts";
import { type Case, decide } from "./decide.ts";
import type { Pulse } from "./pulse.ts";

const churn = { churnDays: 30, leadDays: 0, observeDays: 120 };
const random = randomFrom("gate");
const perSnapshot = 800;
const days = [940, 970];
const truth = Float64Array.from({ length: perSnapshot * days.length }, () => random());
const y = Uint8Array.from(truth, (p) => (random() < p ? 1 : 0));
const users = Array.from(truth, (_, row) => `user ${row % perSnapshot}`);
const snapshots = Int32Array.from(truth, (_, row) => days[Math.floor(row / perSnapshot)] ?? 0);
const plainRate = truth.map(() => 0.5);
/** Between the truth and a coin: knows something. */
const towards = (share: number) => truth.map((p) => 0.5 + share * (p - 0.5));
const recency = towards(0.5);
const nearly = truth.map((p, row) => Math.min(0.999, Math.max(0.001, p + (row % 2 === 0 ? 0.001 : -0.001))));
const wrong = truth.map((p) => 1 - p);
/** Whose outcomes at the newest snapshot are turned round. */
const broken = y.map((label, row) => (snapshots[row] === 970 ? 1 - label : label));

const week = { actions: 1000, users: 300, kinds: [900, 100] };
const steady: Pulse = { lastDay: 999, weeks: Array.from({ length: 40 }, () => week) };
const halved: Pulse = {
  ...steady,
  weeks: steady.weeks.map((beat, at) => (at === 1 ? { ...beat, actions: 500, kinds: [450, 50] } : beat)),
};
const renamed: Pulse = {
  ...steady,
  weeks: steady.weeks.map((beat, at) => (at === 2 ? { ...beat, kinds: [100, 900] } : beat)),
};

const record: ChampionRecord = { version: "v1", logLoss: 0.52, judgedOn: 940, isProved: true };

interface Options extends Partial<Case> {
  readonly model: Float64Array;
  readonly serves?: Float64Array;
  readonly outcomes?: Uint8Array;
}

function decided({ model, serves, outcomes = y, ...others }: Options) {
  const trial = { y: outcomes, users, snapshots, model, plainRate, recency, champion: serves };
  const { auc: ranking } = evaluate({ y: outcomes, p: model, users, snapshots: days }, { resamples: 100 });
  const champion = serves && record;
  return decide({ churn, trial, auc: ranking, pulse: steady, serving: champion?.version ?? null, champion, ...others });
}

describe("a first model", () => {
  it("serves when it beats the plain rate and recency alone", () => {
    const decision = decided({ model: truth });
    expect(decision).toMatchObject({ promoted: true, champion: null, championLogLoss: null, frozen: [] });
    expect(decision.checks?.map(({ check, passed }) => [check, passed])).toEqual([
      ["plain rate", true],
      ["recency alone", true],
    ]);
    expect(decision.reason).toMatch(
      /^first model: better than the plain rate \(log loss -0\.\d{4}, .*; better than recency alone \(/,
    );
  });

  it("serves when it is better than recency alone but not surely so, and says that it is not proved", () => {
    const decision = decided({ model: recency.map((p, row) => (row % 40 === 0 ? (truth[row] ?? p) : p)) });
    expect(decision.promoted).toBe(true);
    expect(decision.checks?.[1]).toMatchObject({ check: "recency alone", passed: false });
    expect(decision.reason).toContain("not proved better than recency alone");
  });

  it("does not serve when it is worse than recency alone, or no better than the plain rate", () => {
    expect(decided({ model: towards(0.3) })).toMatchObject({
      promoted: false,
      reason: expect.stringMatching(/^no better than recency/),
    });
    expect(decided({ model: Float64Array.from(truth, () => random()) })).toMatchObject({
      promoted: false,
      reason: expect.stringMatching(/^not proved better than the plain rate/),
    });
  });

  it("serves on data that look broken, as there is none to stay in its place, and says so", () => {
    const decision = decided({ model: truth, pulse: halved });
    expect(decision).toMatchObject({ promoted: true, frozen: [] });
    expect(decision.reason).toContain("50 % of the usual actions");
  });

  it("of another churn definition waits for sound data, as the former goes on serving", () => {
    const decision = decided({ model: truth, pulse: halved, serving: "v0" });
    expect(decision).toMatchObject({ promoted: false, champion: "v0", frozen: [{ cause: "volume" }] });
    expect(decided({ model: truth, serving: "v0" }).reason).toMatch(
      /^first model of a new churn definition, in place of v0/,
    );
  });
});

describe("a first model of another churn definition", () => {
  const hardly = recency.map((p, row) => (row % 40 === 0 ? (truth[row] ?? p) : p));

  it("does not serve while it is not proved better than recency alone, as the former goes on serving", () => {
    const decision = decided({ model: hardly, serving: "v0" });
    expect(decision).toMatchObject({ promoted: false, champion: "v0", frozen: [] });
    expect(decision.reason).toMatch(/^not proved better than recency alone/);
    expect(decided({ model: hardly }).promoted).toBe(true);
  });
});

describe("a challenger", () => {
  it("takes over when its log loss on the same users is surely lower", () => {
    const decision = decided({ model: truth, serves: towards(0.7) });
    expect(decision).toMatchObject({
      promoted: true,
      champion: "v1",
      frozen: [],
      standing: { stands: true, reexamined: false },
    });
    expect(decision.championLogLoss).toBeGreaterThan(0.5);
    expect(decision.reason).toMatch(/^better than champion v1 on the same users \(log loss -0\.\d{4}/);
  });

  it("does not when it is worse, equal, or better by no more than luck explains", () => {
    for (const model of [towards(0.7), truth, nearly]) expect(decided({ model, serves: truth }).promoted).toBe(false);
    expect(decided({ model: truth, serves: truth }).reason).toBe("predicts the same as champion v1, which stays");
    expect(decided({ model: towards(0.7), serves: truth }).reason).toMatch(
      /^not proved better than champion v1 .*\+0\.\d{4}/,
    );
  });

  it("does not when it beats a champion that is worse than recency alone, but not recency itself", () => {
    const decision = decided({ model: towards(0.45), serves: towards(0.2) });
    expect(decision.checks?.map(({ passed }) => passed)).toEqual([true, false, true]);
    expect(decision).toMatchObject({
      promoted: false,
      reason: expect.stringContaining("no better than recency alone"),
    });
  });
});

describe("while the newest data look broken", () => {
  const better = { model: truth, serves: towards(0.7) };

  it.each([
    ["volume", { ...better, pulse: halved }, /in the week from 1972-09-13 there were 50 % of the usual actions/],
    [
      "mix",
      { ...better, pulse: renamed },
      /in the week from 1972-09-06 the mix of actions was another \(PSI \d\.\d\d\)/,
    ],
    [
      "champion_loss",
      { model: wrong, serves: truth, outcomes: broken },
      /the champion's log loss is \d\.\d{4} on 1972-08-28, far above its 0\.5200/,
    ],
  ])("nothing is promoted, by %s", (cause, options, verdict) => {
    const decision = decided(options);
    expect(decision).toMatchObject({ promoted: false, frozen: [{ cause }] });
    expect(decision.reason).toMatch(verdict);
    expect(decision.reason).toContain("If they are right, overrule this: put the version into service");
  });

  it("an older snapshot that looks broken only counts for nothing", () => {
    const old = y.map((label, row) => (snapshots[row] === 940 ? 1 - label : label));
    const decision = decided({
      model: truth.map((p, row) => (snapshots[row] === 940 ? 1 - p : p)),
      serves: truth,
      outcomes: old,
    });
    // On the newest snapshot alone both predict the same.
    expect(decision).toMatchObject({
      promoted: false,
      frozen: [],
      reason: "predicts the same as champion v1, which stays",
    });
  });
});

describe("a snapshot that looks broken", () => {
  const old = y.map((label, row) => (snapshots[row] === 940 ? 1 - label : label));
  const sound = [...snapshots.keys()].filter((row) => snapshots[row] === 970);
  const at = (values: Float64Array) => sound.map((row) => values[row] ?? Number.NaN);

  it("counts in none of the numbers: not in the AUC either, nor in the champion's", () => {
    const serves = towards(0.7);
    // Its interval on all rows is below one half, as the older snapshot is turned round.
    const decision = decided({ model: truth, serves, outcomes: old, auc: { value: 0.5, low: 0.48, high: 0.52 } });
    const outcomes = sound.map((row) => y[row] ?? 0);
    expect(decision.checks?.[0]).toMatchObject({ check: "plain rate", passed: true });
    expect(decision).toMatchObject({
      frozen: [],
      championAuc: auc(outcomes, at(serves)),
      championLogLoss: logLoss(outcomes, at(serves)),
      championBrier: brier(outcomes, at(serves)),
      judged: {
        snapshots: ["1972-08-28"],
        rows: perSnapshot,
        auc: auc(outcomes, at(truth)),
        logLoss: logLoss(outcomes, at(truth)),
      },
    });
    const difference = decision.checks?.[2]?.difference.value ?? Number.NaN;
    expect(difference).toBeCloseTo((decision.judged?.logLoss ?? 0) - (decision.championLogLoss ?? 0), 10);
  });

  it("is not told of where there is none", () => {
    expect(decided({ model: truth, serves: towards(0.7) }).judged).toBeUndefined();
  });
});

describe("a champion whose proof is old", () => {
  const old = { ...record, judgedOn: 970 - 181 };

  it("is judged again, and stands if it still beats the plain rate and recency alone", () => {
    const { standing, promoted } = decided({ model: nearly, serves: truth, champion: old });
    expect(standing).toMatchObject({ stands: true, reexamined: true });
    expect(standing?.verdict).toContain("more than 6 churn windows old");
    // Better, but not surely: a champion that stands stays.
    expect(promoted).toBe(false);
    expect(
      decided({ model: truth, serves: towards(0.9), champion: { ...old, judgedOn: 970 - 180 } }).standing?.reexamined,
    ).toBe(false);
  });

  it("that does not stand gives way to a model that is better by a 95 % interval, instead of three standard errors", () => {
    const weak = towards(0.5);
    const byErrors = (share: number) => {
      const hardly = truth.map((p, row) => (row % 40 === 0 ? p : 0.5 + share * (p - 0.5)));
      const decision = decided({ model: hardly, serves: weak, champion: old });
      const { value = 0, low = 0, high = 0 } = decision.checks?.[2]?.difference ?? {};
      return { errors: (-6 * value) / (high - low), decision };
    };
    const found = Array.from({ length: 10 }, (_, at) => byErrors(0.5 + at / 200));
    const between = found.filter(
      ({ errors, decision }) => errors > 2.05 && errors < 2.95 && decision.checks?.[1]?.passed,
    );
    expect(between.length).toBeGreaterThan(0);
    for (const { decision } of between) expect(decision).toMatchObject({ promoted: true, standing: { stands: false } });
    for (const { decision, errors } of found) if (errors < 1.95) expect(decision.promoted).toBe(false);
  });

  it("is no yardstick: the newest snapshot is compared with those before it", () => {
    const known = { ...old, logLoss: 0.1 };
    expect(decided({ model: truth, serves: towards(0.9), champion: known }).frozen).toEqual([]);
    expect(decided({ model: truth, serves: towards(0.9), champion: { ...known, judgedOn: 900 } }).frozen).toMatchObject(
      [{ cause: "champion_loss" }],
    );
    expect(decided({ model: wrong, serves: truth, outcomes: broken, champion: known }).frozen).toMatchObject([
      { cause: "champion_loss" },
    ]);
  });

  it("is judged again as well if it was not proved in the first place", () => {
    const { standing } = decided({ model: truth, serves: towards(0.5), champion: { ...record, isProved: false } });
    expect(standing).toMatchObject({
      stands: false,
      verdict: expect.stringMatching(/^the champion was not proved; judged again/),
    });
  });
});
