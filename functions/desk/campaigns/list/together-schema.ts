import * as z from "zod";
import type { OverAll } from "#churn/campaign/over-all.ts";
import { estimate } from "../api-schema.ts";

const sums = {
  kept: estimate.describe("Users who stayed because of the campaigns, with a 95 % interval of the sum, for one look."),
  value: estimate
    .optional()
    .describe("What users were worth more within the windows, with a 95 % interval of the sum, for one look."),
};

/** What all campaigns that have ended did together, as the API shows it. */
export const shownTogether = z.object({
  months: z
    .array(z.object({ month: z.string(), campaigns: z.int(), treated: z.int(), ...sums }))
    .describe("By the UTC month in which campaigns ended, such as 2026-03, in ascending order."),
  ...sums,
  save_rate: estimate.optional().describe("Of leaving, the share that contacts prevented, with its 95 % interval."),
  too_few: z.int().describe("Campaigns that have ended with too few users to tell anything: they do not count here."),
  imported: z
    .int()
    .describe("Experiments whose outcomes came with a file, and may be of anything: they do not count here."),
});

export function togetherShown({
  months,
  kept,
  value,
  saveRate,
  tooFew,
  imported,
}: OverAll): z.input<typeof shownTogether> {
  return {
    months: months.map((one) => ({
      ...{ month: one.month, campaigns: one.campaigns, treated: one.treated, kept: one.kept, value: one.value },
    })),
    ...{ kept, value, save_rate: saveRate, too_few: tooFew, imported },
  };
}
