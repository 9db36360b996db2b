import { parseArgs } from "node:util";
import * as z from "zod";
import { dayOf, parseDay } from "#churn/day.ts";
import { daysIn, generateActions } from "./generate/generate-actions.ts";
import { writeLog } from "./generate/write-log.ts";
import { runCommand } from "./terminal/command.ts";
import { beginStep } from "./terminal/progress.ts";

const help = `npm run generate -- --out FILE [options]

Writes a synthetic log of a subscription product. The same options write the same log.

  --out FILE            .csv, or .ndjson or .jsonl for one JSON object to a line; with .gz compressed
  --users N             everyone who ever appears (default 4000, some 120 actions each)
  --months N            how long the log is (default 9)
  --end DATE            its last day (default yesterday, UTC)
  --seed S              another number or word, another log (default 1)`;

const wholeNumber = (most: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, "takes a whole number")
    .transform(Number)
    .pipe(z.int().min(1, "must be at least 1").max(most, `must be at most ${most}`));

const flagsSchema = z.object({
  out: z.string("names the file to write").min(1, "names the file to write"),
  users: wholeNumber(10_000_000).default(4_000),
  months: wholeNumber(600).default(9),
  end: z
    .string()
    .transform(parseDay)
    .refine((day) => day !== undefined, "takes a date such as 2024-06-30")
    .optional(),
  seed: z.string().min(1).default("1"),
});

await runCommand(help, async () => {
  const { values } = parseArgs({
    options: {
      out: { type: "string" },
      users: { type: "string" },
      months: { type: "string" },
      end: { type: "string" },
      seed: { type: "string" },
    },
  });
  const { out, users, months, end, seed } = flagsSchema.parse(values);
  const options = { users, months, seed, endDay: end ?? dayOf(Date.now()) - 1 };
  const step = beginStep("generate");
  let day = 0;
  const count = await writeLog(generateActions(options), out, (actions) => {
    day += 1;
    step.update(day, daysIn(options), `${actions.toLocaleString("en")} actions`);
  });
  step.end(`${count.toLocaleString("en")} actions written to ${out}`);
});
