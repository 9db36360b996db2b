import type { Command } from "commander";
import * as z from "zod";

/** Adds the options that choose users; `sorts` says what --sort takes. */
export function addFilterOptions(
  command: Command,
  sorts = "probability, or value-at-risk: probability × value",
): Command {
  return command
    .optionsGroup("Which users, of those who are here:")
    .option("--state <state>", "at-risk, slipping (of medium risk), or here for all", "at-risk")
    .option("--min-probability <p>", "of leaving, such as 0.3")
    .option("--max-probability <p>", "leaves out those who are as good as gone")
    .option("--min-value <amount>", "what they were worth in a churn window, on average lately")
    .option("--max-value <amount>")
    .option("--min-silence <days>", "since the last action")
    .option("--max-silence <days>")
    .option("--min-tenure <days>", "since the first action")
    .option("--max-tenure <days>")
    .option("--reason <group>", "has a reason of this group: rhythm, activity, value, tenure, actions …")
    .option("--sort <by>", sorts, "probability")
    .option("--top <n>", "the first n of them");
}

export const amount = z
  .string()
  .regex(/^\d+(\.\d+)?$/, "takes a number such as 12.50")
  .transform(Number);

export const share = amount.refine((value) => value <= 1, "takes a share from 0 to 1, such as 0.2");

export const wholeDays = z
  .string()
  .regex(/^\d{1,5}$/, "takes a whole number of days")
  .transform(Number);

export const count = z
  .string()
  .regex(/^[1-9]\d{0,8}$/, "takes a whole number")
  .transform(Number);

export const filterOptions = {
  state: z.enum(["at-risk", "slipping", "here"], "is at-risk, slipping or here"),
  minProbability: share.optional(),
  maxProbability: share.optional(),
  minValue: amount.optional(),
  maxValue: amount.optional(),
  minSilence: wholeDays.optional(),
  maxSilence: wholeDays.optional(),
  minTenure: wholeDays.optional(),
  maxTenure: wholeDays.optional(),
  reason: z.string().min(1).optional(),
  sort: z.enum(["probability", "value-at-risk"], "is probability or value-at-risk"),
  top: count.optional(),
};
