import { endOf } from "#churn/campaign/campaign.ts";
import { keptBy, type OverAll } from "#churn/campaign/over-all.ts";
import type { Verdict } from "#churn/campaign/result.ts";
import { dayOf, formatDay } from "#churn/day.ts";
import type { Estimate } from "#churn/statistics/estimate.ts";
import type { StoredCampaign } from "#stores/campaigns/campaign-store.ts";
import { textTable } from "../terminal/text-table.ts";

/** A line for each campaign, with what is told of those that have ended; `lapse` is how the program is called. */
export function describeCampaigns(campaigns: readonly StoredCampaign[], now: number, lapse: string): string {
  if (campaigns.length === 0) return `There are no campaigns yet. How to begin: ${lapse} campaigns create --help`;
  return textTable(
    ["campaign", "name", "from", "until", "treatment", "control", "users gained", "state"],
    campaigns.map((campaign) => [
      campaign.id,
      campaign.name,
      formatDay(dayOf(campaign.startsAt)),
      formatDay(dayOf(endOf(campaign))),
      count(campaign.sizes.treatment),
      count(campaign.sizes.control),
      gainedIn(campaign),
      stateOf(campaign, now),
    ]),
    ["left", "left", "left", "left", "right", "right", "right", "left"],
  );
}

function stateOf({ isFrozen, result, ...campaign }: StoredCampaign, now: number): string {
  if (!isFrozen) return "interrupted: remove it";
  if (result !== undefined) {
    const [first] = result.outcomes;
    if (first === undefined) return "ended";
    return `ended: ${verdicts[first.verdict]}`;
  }
  return endOf(campaign) > now ? "under way" : "ended: see lapse campaigns show";
}

const verdicts: Record<Verdict, string> = {
  better: "better",
  worse: "worse",
  open: "cannot be told apart",
  "too few": "too few to tell",
};

function gainedIn(campaign: StoredCampaign): string {
  const gained = keptBy(campaign);
  return gained === undefined ? "" : range(gained);
}

/** What all campaigns did together, by month. */
export function describeOverAll({ months, kept, value, saveRate, tooFew, imported }: OverAll): string {
  const apart =
    imported === 0
      ? ""
      : `${imported === 1 ? "One experiment" : `${count(imported)} experiments`} whose outcomes came with a file ${imported === 1 ? "does" : "do"} not count here.`;
  const few =
    tooFew === 0
      ? ""
      : `${tooFew === 1 ? "One campaign" : `${count(tooFew)} campaigns`} with too few users to tell anything ${tooFew === 1 ? "does" : "do"} not count here.`;
  const notCounted = [few, apart].filter((part) => part !== "").join("\n");
  if (months.length === 0) return notCounted === "" ? "No campaign has ended yet." : notCounted;
  const table = textTable(
    ["month", "campaigns", "treated", "users kept", "95 % interval", "value gained", "95 % interval"],
    [
      ...months.map((one) => [
        one.month,
        count(one.campaigns),
        count(one.treated),
        ...cells(one.kept),
        ...cells(one.value),
      ]),
      [
        "in all",
        count(months.reduce((sum, one) => sum + one.campaigns, 0)),
        count(months.reduce((sum, one) => sum + one.treated, 0)),
        ...cells(kept),
        ...cells(value),
      ],
    ],
  );
  const percent = (value: number) => `${(100 * value).toFixed(1)} %`;
  const rate =
    saveRate === undefined
      ? ""
      : `Of those who would have left, a contact kept ${percent(saveRate.value)} (${percent(saveRate.low)} to ${percent(saveRate.high)}): what lapse campaigns plan reckons with.`;
  return [table, notCounted, rate].filter((part) => part !== "").join("\n\n");
}

function cells(estimate: Estimate | undefined): [value: string, interval: string] {
  if (estimate === undefined) return ["", ""];
  const { value, low, high } = estimate;
  return [count(Math.round(value)), `${count(Math.round(low))} to ${count(Math.round(high))}`];
}

function range({ value, low, high }: Estimate): string {
  return `${count(Math.round(value))} (${count(Math.round(low))} to ${count(Math.round(high))})`;
}

function count(value: number): string {
  return value.toLocaleString("en");
}
