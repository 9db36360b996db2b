import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Command } from "commander";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { enrolmentOf, rowWeight } from "#churn/campaign/protect.ts";
import { dayOf } from "#churn/day.ts";
import { measureCampaign } from "#stores/campaigns/measure-campaign.ts";
import { setUpStores } from "#stores/open-stores.ts";
import type { Call } from "../../call/call.ts";
import { Inputs } from "../../call/inputs.ts";
import { ownCall } from "../../call/own-call.ts";
import { campaigns } from "../../campaigns.ts";

const folder = fileURLToPath(new URL("../../../test/experiments/", import.meta.url));
const estimate = z.object({ value: z.number(), low: z.number(), high: z.number() });
const reference = z
  .object({
    experiments: z.array(
      z.object({
        file: z.string(),
        outcome: z.string(),
        kind: z.enum(["share", "amount"]),
        covariates: z.array(z.string()),
        sizes: z.object({ treatment: z.number(), control: z.number() }),
        treatment: z.number(),
        control: z.number(),
        difference: estimate,
        adjusted: estimate.extend({ error: z.number() }),
      }),
    ),
  })
  .parse(JSON.parse(await readFile(join(folder, "reference.json"), "utf8")));
let dataDir: string;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "lapse-import-"));
});

afterEach(() => rm(dataDir, { recursive: true }));

/** Runs a command. Returns what it printed. */
async function lapse(...args: string[]): Promise<string> {
  const printed: string[] = [];
  const call: Call = {
    ...ownCall(process, new Inputs(process.stdin), Date.now),
    environment: { DATA_DIR: dataDir },
    print: (line) => void printed.push(line),
  };
  const program = new Command();
  campaigns(program.command("campaigns"), call);
  await program.parseAsync(args, { from: "user" });
  return printed.join("\n");
}

async function resultOf(id: string) {
  const stores = await setUpStores({ dataDir }, Date.now);
  try {
    const campaign = (await stores.campaigns.campaigns()).find((one) => one.id === id);
    return (await measureCampaign(campaign!, { ...stores, now: Date.now })).outcomes[0]!;
  } finally {
    await stores.close();
  }
}

describe("a public randomised experiment, imported", () => {
  it.each(reference.experiments)(
    "has the effect of $file that statsmodels finds, as it is and adjusted",
    async (known) => {
      const outcome = `${known.outcome}:more`;
      const options = ["--arm", "treatment", "--outcome", outcome, "--covariate", ...known.covariates];
      const printed = await lapse("campaigns", "import", join(folder, known.file), "--id", "known", ...options);
      expect(printed).toContain("as they are");
      const result = await resultOf("known");
      expect(result).toMatchObject({ name: known.outcome, kind: known.kind, sizes: known.sizes });
      const scale = known.kind === "share" ? 1 : known.control;
      const close = (value: number) => expect.closeTo(value / scale, 9);
      const scaled = ({ value, low, high }: z.infer<typeof estimate>) => ({
        ...{ value: value / scale, low: low / scale, high: high / scale },
      });
      const expected = ({ value, low, high }: z.infer<typeof estimate>) => ({
        ...{ value: close(value), low: close(low), high: close(high) },
      });
      expect(result.treatment).toBeCloseTo(known.treatment, 6);
      expect(result.control).toBeCloseTo(known.control, 6);
      expect(scaled(result.difference!)).toEqual(expected(known.difference));
      expect(scaled(result.adjusted!)).toEqual(expected(known.adjusted));
      expect(result.adjusted!.error / scale).toBeCloseTo(known.adjusted.error / scale, 9);
      expect(result.verdict).toBe("better");
    },
  );
});

describe("training, after an experiment that brings its outcomes", () => {
  const rows = Array.from(
    { length: 80 },
    (_, i) => `user-${i},${i % 2 === 0 ? "A" : "B"},2026-03-01,${i % 3 === 0 ? 1 : 0}`,
  );
  const churn = { churnDays: 30, leadDays: 0 };

  async function enrolmentsOf(...users: string[]) {
    const stores = await setUpStores({ dataDir }, Date.now);
    try {
      const found = await stores.campaigns.assignmentsOf(users);
      return users.map((user) => (found.get(user) ?? []).map((one) => enrolmentOf(one, 0.5)));
    } finally {
      await stores.close();
    }
  }

  it("leaves out those treated from the day of the assignment to the end of the window, where it is known when that was", async () => {
    const file = join(dataDir, "timed.csv");
    await writeFile(file, ["user_id,arm,time,learned", ...rows].join("\n"));
    const options = ["--id", "timed", "--control", "A", "--outcome", "learned:more"];
    const printed = await lapse("campaigns", "import", file, ...options, "--window", "20");
    expect(printed).toContain("For 20 days after their assignment, training leaves out those treated");
    expect(printed).toContain("as they are");
    const [control = [], treated = []] = await enrolmentsOf("user-0", "user-1");
    const march1 = dayOf(Date.parse("2026-03-01"));
    for (const [day, weight] of [
      [-31, 1],
      [-29, 0],
      [0, 0],
      [19, 0],
      [20, 1],
    ] as const)
      expect([day, rowWeight(treated, march1 + day, churn)]).toEqual([day, weight]);
    expect(rowWeight(control, march1, churn)).toBe(2);
    await lapse("campaigns", "import", file, "--id", "usual", "--control", "A", "--outcome", "learned:more");
    const [[, usual] = []] = await enrolmentsOf("user-1");
    expect(usual!.before - usual!.from).toBe(30);
  });

  it("is not protected where it is not known, which is said", async () => {
    const file = join(dataDir, "untimed.csv");
    await writeFile(file, ["user_id,arm,learned", ...rows.map((row) => row.replace(",2026-03-01", ""))].join("\n"));
    const printed = await lapse(
      "campaigns",
      "import",
      file,
      "--id",
      "untimed",
      "--control",
      "A",
      "--outcome",
      "learned:more",
    );
    expect(printed).toContain("Training is not protected from this experiment");
    expect(printed).toContain("the sizes of the arms are not checked");
  });
});
