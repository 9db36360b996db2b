import { expect, it } from "vitest";
import { changedByVariables } from "./changed-by-variables.ts";

const saved = { churnDays: 30, leadDays: 7, action: "stop", passive: ["email_*"] };

it("tells of each variable that changes what is remembered", () => {
  const set = {
    CHURN_DAYS: "14",
    LEAD_DAYS: "7",
    CHURN_ACTION: "none",
    PASSIVE_ACTIONS: "email_*,push_*",
    OBSERVE_DAYS: "",
  };
  expect(changedByVariables({}, set, saved)).toEqual([
    "CHURN_DAYS is set and changes what is remembered: 14 instead of 30.",
    "CHURN_ACTION is set and changes what is remembered: none instead of stop.",
    "PASSIVE_ACTIONS is set and changes what is remembered: email_*,push_* instead of email_*.",
  ]);
});

it("tells nothing of a variable in whose place an option is given, and before anything is remembered", () => {
  expect(changedByVariables({ churnDays: "21" }, { CHURN_DAYS: "14" }, saved)).toEqual([]);
  expect(changedByVariables({}, { CHURN_DAYS: "14" }, undefined)).toEqual([]);
  expect(changedByVariables({}, {}, saved)).toEqual([]);
});
