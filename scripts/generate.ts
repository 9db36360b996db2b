import type { Command } from "commander";
import * as z from "zod";
import { dayOf, parseDay } from "#churn/day.ts";
import { formatCounted } from "#pages/format.ts";
import { daysIn, generateActions } from "./generate/generate-actions.ts";
import { writeLog } from "./generate/write-log.ts";
import { parseOptions } from "./terminal/options.ts";
import { beginStep } from "./terminal/progress.ts";

export function generate(command: Command): void {
  command
    .summary("writes a synthetic log")
    .description("Writes a synthetic log of a subscription product. The same options write the same log.")
    .requiredOption(
      "--out <file>",
      "ends in .csv, or in .ndjson or .jsonl for one JSON object per line; .gz compresses it",
    )
    .option("--users <n>", "everyone who ever appears, with some 120 actions each", "4000")
    .option("--months <n>", "how long the log is", "9")
    .option("--end <date>", "its last day (default: yesterday, UTC)")
    .option("--seed <word>", "another word makes another log", "1")
    .action(run);
}

const wholeNumber = (most: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, "takes a whole number")
    .transform(Number)
    .pipe(z.int().min(1, "must be at least 1").max(most, `must be at most ${most}`));

const optionsSchema = z.object({
  out: z.string().min(1, "names the file to write"),
  users: wholeNumber(10_000_000),
  months: wholeNumber(600),
  end: z
    .string()
    .transform(parseDay)
    .refine((day) => day !== undefined, "takes a date such as 2024-06-30")
    .optional(),
  seed: z.string().min(1, "must not be empty"),
});

async function run(options: unknown): Promise<void> {
  const { out, users, months, end, seed } = parseOptions(optionsSchema, options);
  const log = { users, months, seed, endDay: end ?? dayOf(Date.now()) - 1 };
  const step = beginStep("generate");
  let day = 0;
  const count = await writeLog(generateActions(log), out, (actions) => {
    day += 1;
    step.update(day, daysIn(log), formatCounted(actions, "action"));
  });
  step.end(`${formatCounted(count, "action")} written to ${out}`);
}
