import { Command } from "commander";
import { describe, expect, it, vi } from "vitest";
import type { Environment } from "#runtime/config.ts";
import { addStartOptions, startFlags } from "./flags.ts";
import { churnOf } from "./settings.ts";

const read = (...args: string[]) => readIn({}, ...args);
const readIn = (environment: Environment, ...args: string[]) =>
  startFlags(
    addStartOptions(new Command().exitOverride())
      .configureOutput({ writeErr: () => undefined })
      .parse(args, { from: "user" })
      .opts(),
    environment,
  );

describe("startFlags", () => {
  it("leaves everything to be chosen by default", () => {
    expect(read()).toEqual({
      choice: { files: undefined, git: undefined },
      options: {},
      add: false,
      data: undefined,
      churn: {},
    });
  });

  it("reads which log, where to, and the churn definition", () => {
    const args = "--log shop.csv --add --data there --churn-days 14 --lead-days 0 --observe-days 60".split(" ");
    expect(read(...args)).toMatchObject({
      choice: { files: ["shop.csv"] },
      add: true,
      data: "there",
      churn: { churnDays: 14, leadDays: 0, observeDays: 60 },
    });
  });

  it("takes the variables of the functions where no option is given, unless they are blank", () => {
    const set = { CHURN_DAYS: "21", LEAD_DAYS: " ", CHURN_ACTION: "unregister", PASSIVE_ACTIONS: "email_*" };
    expect(readIn(set, "--churn-days", "14").churn).toEqual({
      ...{ churnDays: 14, action: "unregister", passive: ["email_*"] },
    });
    expect(() => readIn({ CHURN_DAYS: "soon" })).toThrow("--churn-days takes a whole number of days");
  });

  it("takes them from the caller alone, whatever this process has", () => {
    vi.stubEnv("CHURN_DAYS", "21");
    try {
      expect(readIn({ LEAD_DAYS: "3" }).churn).toEqual({ leadDays: 3 });
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it("reads which actions leaving, returning and passive ones are, and that none is", () => {
    const args = "--churn-action stop --return-action start --passive-actions push_*,email_*".split(" ");
    expect(read(...args).churn).toEqual({ action: "stop", returnAction: "start", passive: ["email_*", "push_*"] });
    const none = "--churn-action none --passive-actions none".split(" ");
    expect(read(...none).churn).toEqual({ action: null, passive: null });
  });

  it("refuses options that are blank, in whose place no variable stands, and reads none with blanks around it", () => {
    const set = { CHURN_ACTION: "stop", PASSIVE_ACTIONS: " none " };
    for (const flag of ["--churn-action", "--return-action", "--passive-actions", "--churn-days"])
      for (const blank of ["", " "]) expect(() => readIn(set, flag, blank)).toThrow(`${flag} takes `);
    expect(readIn(set).churn).toEqual({ action: "stop", passive: null });
  });

  it("refuses days that are none, and options that do not exist", () => {
    for (const wrong of ["0", "-1", "1.5", "soon"])
      expect(() => read(`--churn-days=${wrong}`)).toThrow(/whole number|at least 1/);
    expect(() => read("--chrun-days", "14")).toThrow(/--chrun-days.*\n.*--churn-days/);
  });
});

describe("churnOf", () => {
  const saved = { churnDays: 30, leadDays: 7, observeDays: 90 };

  it("takes what is asked for before what is remembered, and that before what is suggested", () => {
    expect(churnOf({}, undefined, 21)).toEqual({ churnDays: 21, leadDays: 0 });
    expect(churnOf({}, saved, 21)).toEqual(saved);
    expect(churnOf({ leadDays: 0, observeDays: 60 }, saved, 21)).toEqual({
      churnDays: 30,
      leadDays: 0,
      observeDays: 60,
    });
  });

  it("remembers actions until others are asked for, or none", () => {
    const actions = { action: "stop", returnAction: "start", passive: ["email_*"] };
    const kept = { ...saved, ...actions };
    expect(churnOf({}, kept, 21)).toEqual(kept);
    expect(churnOf({ action: "quit", passive: ["sms_*"] }, kept, 21)).toEqual({
      ...kept,
      action: "quit",
      passive: ["sms_*"],
    });
    expect(churnOf({ action: null, passive: null }, kept, 21)).toEqual(saved);
    expect(churnOf({ returnAction: null }, kept, 21)).toEqual({ ...kept, returnAction: undefined });
  });

  it("forgets what features looked back on with another churn window", () => {
    expect(churnOf({ churnDays: 10 }, saved, 21)).toEqual({ churnDays: 10, leadDays: 7 });
  });
});
