import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Assignment } from "#churn/campaign/campaign.ts";
import { InvalidInput } from "#churn/failure.ts";
import { Scratch } from "../../log/scratch.ts";
import { type Experiment, type ExperimentOptions, readExperiment } from "./read-experiment.ts";

const now = Date.UTC(2026, 5, 1);
let folder: string;
let scratch: Scratch;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapse-experiment-"));
  scratch = await Scratch.open();
});

afterEach(async () => {
  await scratch.dispose();
  await rm(folder, { recursive: true });
});

async function read(
  lines: readonly string[],
  options: Partial<ExperimentOptions> = {},
  encoding: BufferEncoding = "utf8",
): Promise<Experiment> {
  const file = join(folder, "experiment.csv");
  await writeFile(file, `${lines.join("\n")}\n`, encoding);
  return readExperiment(file, { file: {}, good: new Map(), assignedAt: undefined, ...options }, now, scratch);
}

async function assignmentsOf(experiment: Experiment): Promise<Assignment[]> {
  const found: Assignment[] = [];
  for await (const one of experiment.assignments()) found.push(one);
  return found;
}

describe("readExperiment", () => {
  it("reads users, arms, times and outcomes by their names", async () => {
    const experiment = await read([
      "customer_id,group,assigned_at,churned,spend",
      "ann,treatment,2026-03-01,yes,12.50",
      "ben,control,2026-03-02T10:00:00Z,no,0",
      "cy,Treatment,2026-03-03,,7",
    ]);
    expect(experiment.outcomes).toEqual([
      { name: "churned", kind: "share", good: "less" },
      { name: "spend", kind: "amount", good: "more" },
    ]);
    expect(experiment.sizes).toEqual({ treatment: 2, control: 1 });
    expect([experiment.startsAt, experiment.lastAssignedAt]).toEqual([Date.UTC(2026, 2, 1), Date.UTC(2026, 2, 3)]);
    const common = { probability: undefined, value: undefined, covariates: [] };
    expect(await assignmentsOf(experiment)).toEqual([
      { ...common, userId: "ann", arm: "treatment", assignedAt: Date.UTC(2026, 2, 1), outcomes: [1, 12.5] },
      { ...common, userId: "ben", arm: "control", assignedAt: Date.UTC(2026, 2, 2, 10), outcomes: [0, 0] },
      { ...common, userId: "cy", arm: "treatment", assignedAt: Date.UTC(2026, 2, 3), outcomes: [null, 7] },
    ]);
  });

  it("leaves out users whom another encoding than UTF-8 has mangled, and those with control characters", async () => {
    const lines = ["user,arm,churned", "José,treatment,1", "ann,treatment,0", "b\u0007n,control,0", "cy,control,1"];
    const experiment = await read(lines, {}, "latin1");
    expect((await assignmentsOf(experiment)).map(({ userId }) => userId)).toEqual(["ann", "cy"]);
    expect(experiment.notes).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^Left out: 1 row of which the user is not UTF-8 text: .*--encoding.* \(row 1\)\.$/),
        "Left out: 1 row with a user that holds control characters (row 3).",
      ]),
    );
    const told = await read(lines, { file: { encoding: "latin-1" } }, "latin1");
    expect((await assignmentsOf(told))[0]?.userId).toBe("José");
  });

  it.each([
    [["1", "0"], ["0"]],
    [["yes", "no"], ["no"]],
    [["True", "False"], ["False"]],
    [["mail", "holdout"], ["holdout"]],
    [["Mens E-Mail", "No E-Mail"], ["No E-Mail"]],
    [["test", "ctrl"], ["ctrl"]],
    [["1.0", "0.0"], ["0.0"]],
  ])("takes %j for arms of which %j is the control group", async (texts, controls) => {
    const experiment = await read(["user,arm,retained", ...texts.map((text, i) => `user-${i},${text},1`)]);
    const arms = (await assignmentsOf(experiment)).map(({ arm }) => arm);
    expect(arms).toEqual(texts.map((text) => (controls.includes(text) ? "control" : "treatment")));
  });

  it("takes a column that says who is in the control group at its word", async () => {
    const experiment = await read(["user,is_control,retained", "ann,1,1", "ben,0,1"]);
    expect((await assignmentsOf(experiment)).map(({ arm }) => arm)).toEqual(["control", "treatment"]);
  });

  it("asks which arm is the control group where the texts do not tell", async () => {
    const lines = ["user,variant,converted", "ann,A,1", "ben,B,0", "cy,B,1"];
    await expect(read(lines)).rejects.toThrow(/which arm is the control group.*"B" \(2 rows\), "A" \(1 row\)/);
  });

  it("takes the arms that options name, and leaves out others", async () => {
    const lines = ["user,variant,converted", "ann,A,1", "ben,B,0", "cy,C,1"];
    const experiment = await read(lines, { control: ["a"], treatment: ["B"] });
    expect(experiment.sizes).toEqual({ treatment: 1, control: 1 });
    expect(experiment.notes.join("\n")).toContain('Left out: 1 row with "C".');
    await expect(read(lines, { control: ["D"] })).rejects.toThrow("--control D: no row has that");
  });

  it("takes each row for a user where no column names them, and now for the time where none says", async () => {
    const experiment = await read(["segment,visit", "No E-Mail,0", "Mens E-Mail,1", "Womens E-Mail,1"]);
    expect((await assignmentsOf(experiment)).map(({ userId, assignedAt }) => [userId, assignedAt])).toEqual([
      ["row 1", now],
      ["row 2", now],
      ["row 3", now],
    ]);
    expect(experiment.notes.join("\n")).toContain("Several texts together are the treatment");
  });

  it("takes no column for users or times only because of its name", async () => {
    const rows = Array.from({ length: 40 }, (_, i) => `${i % 2},${i % 5},${i % 3 === 0 ? "control" : "treatment"},1`);
    const experiment = await read(["member,day,group,visit", ...rows]);
    expect(experiment.sizes.treatment + experiment.sizes.control).toBe(40);
    expect(experiment.notes[0]).toBe("each row → a user; group → arm; visit → outcome. Not read: member, day.");
  });

  it("accounts for rows that are no users", async () => {
    const experiment = await read([
      "user,arm,time,kept",
      "ann,treatment,2026-03-01,1",
      "ann,treatment,2026-02-01,0",
      "ben,control,2026-03-01,1",
      "cy,control,2026-03-01,1",
      "cy,treatment,2026-03-01,1",
      ",control,2026-03-01,1",
      "dee,,2026-03-01,1",
      "eve,control,2026-13-45,1",
    ]);
    expect((await assignmentsOf(experiment)).map(({ userId, outcomes }) => [userId, ...outcomes])).toEqual([
      // The first assignment in time counts.
      ["ann", 0],
      ["ben", 1],
      ["eve", 1],
    ]);
    const notes = experiment.notes.join("\n");
    for (const part of [
      "1 row without a user (row 6)",
      "1 row of no arm (row 7)",
      '1 time of time cannot be read, "2026-13-45" in row 8: this user counts as assigned with the last.',
      "2 rows of users who are in both arms (the first is row 4)",
      "1 row of a user who stands in the file more than once: the first assignment counts (row 1)",
    ])
      expect(notes).toContain(part);
  });

  it("tells of lines that have a field too few or too many", async () => {
    const rows = Array.from({ length: 30 }, (_, i) => `user-${i},${i % 2},1`);
    const experiment = await read(["user,arm,kept", ...rows, "ann,1", "ben,0,1,and more", "cy,1,1"]);
    expect(experiment.sizes).toEqual({ treatment: 16, control: 15 });
    const notes = experiment.notes.join("\n");
    expect(notes).toContain("1 row that has 2 fields and not 3 (row 31)");
    expect(notes).toContain("1 row that has 4 fields and not 3 (row 32)");
  });

  it("keeps users without a time where outcomes came with the file, as controls often have none", async () => {
    const lines = ["user,arm,exposed_at,kept", "ann,1,2026-03-01,1", "ben,0,,1", "cy,1,2026-03-05,0", "dee,0,,0"];
    const experiment = await read(lines);
    expect(experiment.sizes).toEqual({ treatment: 2, control: 2 });
    expect((await assignmentsOf(experiment))[1]?.assignedAt).toBe(Date.UTC(2026, 2, 5));
    expect(experiment.notes.join("\n")).toContain("2 rows have no time: their users count as assigned with the last.");
  });

  it("tells times that cannot be read from empty ones, with the first of them", async () => {
    const times = ["2026-03-01", "", "soon", "2026-03-05", "later", ...Array.from({ length: 20 }, () => "2026-03-05")];
    const rows = times.map((time, i) => `user-${i},${i % 2},${time},1`);
    const experiment = await read(["user,arm,exposed_at,kept", ...rows]);
    expect(experiment.sizes).toEqual({ treatment: 12, control: 13 });
    expect(experiment.notes).toContain("1 row has no time: its user counts as assigned with the last.");
    expect(experiment.notes).toContain(
      '2 times of exposed_at cannot be read, such as "soon" in row 3: these users count as assigned with the last.',
    );
  });

  it("leaves out users who stand in both arms, however many they are", async () => {
    const rows = Array.from({ length: 60 }, (_, i) => `user-${i % 25},${i < 30 ? 0 : 1},1`);
    await expect(read(["user,arm,kept", ...rows])).rejects.toThrow(/60 rows of users who are in both arms/);
  });

  it("takes covariates, numbers and kinds, and a score", async () => {
    const rows = Array.from(
      { length: 9 },
      (_, i) => `user-${i},${i % 2},0.${i},${i === 4 ? "" : i * 1.5},${"abb"[i % 3]},1`,
    );
    const experiment = await read(["user,treatment,p,age,city,retained", ...rows], {
      score: "p",
      covariate: ["age", "city"],
    });
    expect(experiment.covariates).toEqual(["age", "city a"]);
    const [, second, , , fifth] = await assignmentsOf(experiment);
    expect(second).toMatchObject({ probability: 0.1, covariates: [1.5, 0] });
    expect(fifth!.covariates).toEqual([Number.NaN, 0]);
  });

  it("asks which way is good, and refuses a column that is not an outcome", async () => {
    const lines = ["user,arm,complaints,note", "ann,control,2,hello", "ben,treatment,3,well"];
    await expect(read(lines, { outcome: ["complaints"] })).rejects.toThrow("--outcome 'complaints:less'");
    const experiment = await read(lines, { outcome: ["complaints"], good: new Map([["complaints", "less"]]) }).catch(
      (error: unknown) => error,
    );
    expect(experiment).toMatchObject({ outcomes: [{ name: "complaints", kind: "amount", good: "less" }] });
  });

  it("refuses text as an outcome", async () => {
    const lines = ["user,arm,note", "ann,control,hello", "ben,treatment,well"];
    await expect(read(lines, { outcome: ["note"], goodOfAll: "more" })).rejects.toThrow(
      /note is no outcome: 2 of 2.*such as "hello" in row 1/,
    );
  });

  it("reads amounts in any usual writing", async () => {
    const experiment = await read([
      "user;arm;revenue",
      "ann;control;1.234,50",
      "ben;treatment;7,25",
      "cy;treatment;0,5",
    ]);
    expect((await assignmentsOf(experiment)).map(({ outcomes }) => outcomes[0])).toEqual([1234.5, 7.25, 0.5]);
  });

  it("needs the time of assignment where outcomes come from the actions", async () => {
    const lines = ["user,arm,visits", "ann,control,3", "ben,treatment,4"];
    await expect(read(lines, { fromLog: true })).rejects.toThrow("--assigned-at");
  });

  it("takes a day for all where outcomes come from the actions", async () => {
    const lines = ["user,arm,visits", "ann,control,3", "ben,treatment,4"];
    const experiment = await read(lines, { fromLog: true, assignedAt: Date.UTC(2026, 1, 1) });
    expect(experiment.outcomes).toEqual([]);
    expect(experiment.startsAt).toBe(Date.UTC(2026, 1, 1));
  });

  it.each([
    ["treatment_flg", "0", "1", "conversion_30d"],
    ["test group", "psa", "ad", "converted"],
    ["Promotion", "No", "Yes", "day7_retained"],
    ["treatment_group", "control", "treatment", "is_churned"],
  ])("knows a column %s, and %s in it for the control group", async (arm, control, treatment, outcome) => {
    const rows = [0, 1, 2, 3].map((i) => `u${i},${i % 2 === 0 ? control : treatment},${i % 2},young,9`);
    const experiment = await read([`user,${arm},${outcome},age_group,visits_before`, ...rows]);
    expect((await assignmentsOf(experiment)).map(({ arm }) => arm === "control")).toEqual([true, false, true, false]);
    expect(experiment.outcomes.map(({ name }) => name)).toEqual([outcome]);
  });

  it("asks for the outcome where no name tells it", async () => {
    await expect(read(["user,arm,response_att", "ann,control,1", "ben,test,0"])).rejects.toThrow("--outcome COLUMN");
  });

  it("says which columns there are where none holds the arm, or an option names none", async () => {
    await expect(read(["user,colour", "ann,red", "ben,blue"])).rejects.toThrow(InvalidInput);
  });
});
