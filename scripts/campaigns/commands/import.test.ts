import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Command } from "commander";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
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
