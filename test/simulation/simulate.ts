import { Command } from "commander";
import * as z from "zod";
import { formatDay } from "#churn/day.ts";
import type { Estimate } from "#churn/model/estimate.ts";
import { type PoisonName, poisons } from "./poison.ts";
import { cleanNights, improvableNights, type JudgedNight, poisonedNights, type Size } from "./scenarios.ts";

// npm run simulate: nights of training on logs that are sound, that go wrong, and that hold a better model, as in
// poisoned-nights.data-test.ts and sound-nights.data-test.ts, but larger. Prints each night, and what a gate without
// guards would have done.

const options = z
  .object({
    users: z.coerce.number().int().min(50),
    nights: z.coerce.number().int().min(1),
    seed: z.string(),
    only: z.string().optional(),
  })
  .parse(
    new Command()
      .option("--users <n>", "everyone who ever appears; about half are here at a time", "2000")
      .option("--nights <n>", "clean nights; a seventh as many with each poison", "90")
      .option("--seed <text>", "another one is another log", "1")
      .option("--only <scenario>", "clean, improvable or the name of a poison")
      .parse()
      .opts(),
  );

const size: Size = { users: options.users, others: 4000, seed: options.seed };
const names = Object.keys(poisons).filter((name): name is PoisonName => Object.hasOwn(poisons, name));
const poisoned = Math.max(1, Math.round(options.nights / 7));
const scenarios: Record<string, () => AsyncGenerator<JudgedNight>> = {
  ...Object.fromEntries(names.map((name) => [name, () => poisonedNights(size, name, poisoned)])),
  improvable: () => improvableNights(size, 30),
  clean: () => cleanNights(size, options.nights),
};
for (const [name, nights] of Object.entries(scenarios)) {
  if (options.only !== undefined && options.only !== name) continue;
  const totals = { nights: 0, promoted: 0, worse: 0, unguarded: 0, unguardedWorse: 0, frozen: 0 };
  console.log(`\n# ${name}`);
  for await (const night of nights()) {
    const truth = night.truth();
    console.log(line(night, truth));
    const { isPromoted, winsContest, version } = night;
    if (truth === undefined) continue;
    totals.nights += 1;
    totals.frozen += (version.decision.frozen ?? []).length > 0 ? 1 : 0;
    totals.promoted += isPromoted ? 1 : 0;
    totals.worse += isPromoted && truth.value > 0 ? 1 : 0;
    totals.unguarded += winsContest ? 1 : 0;
    totals.unguardedWorse += winsContest && truth.value > 0 ? 1 : 0;
    if (name === "improvable" && isPromoted) break;
  }
  console.log(`${name}: ${JSON.stringify(totals)}`);
}

function line({ morning, version, isPromoted, winsContest }: JudgedNight, truth: Estimate | undefined): string {
  const { checks = [], frozen = [], standing } = version.decision;
  const of = (estimate: { value: number; low: number; high: number }) =>
    [estimate.value, estimate.low, estimate.high].map((value) => value.toFixed(4)).join(" ");
  return [
    formatDay(morning),
    isPromoted ? "promoted" : winsContest ? "refused (wins)" : "refused",
    truth === undefined ? "" : `truth ${of(truth)}`,
    `loss ${version.test.logLoss.value.toFixed(4)}`,
    ...checks.map(({ check, difference }) => `${check} ${of(difference)}`),
    ...frozen.map(({ cause, verdict }) => `${cause}: ${verdict}`),
    standing?.reexamined ? (standing.stands ? "champion stands" : "champion does not stand") : "",
  ].join(" | ");
}
