import type { Arm, ArmSizes, Campaign } from "#churn/campaign/campaign.ts";
import { closesAtOnce, endOf, isOwn } from "#churn/campaign/campaign.ts";
import type { CampaignResult, OutcomeResult } from "#churn/campaign/result.ts";
import { stillNeeded } from "#churn/campaign/still-needed.ts";
import { dayOf, formatDay } from "#churn/day.ts";
import { days } from "#churn/number-words.ts";
import type { Estimate } from "#churn/statistics/estimate.ts";
import type { ContactCounts } from "#functions/desk/campaigns/count-contacts.ts";
import { endedAtCapacity } from "#functions/desk/campaigns/ended-at-capacity.ts";
import { gainedOther } from "#functions/desk/campaigns/result/amounts.ts";
import { isAsItCameOut, sizesUnchecked } from "#functions/desk/campaigns/result/as-it-came-out.ts";
import { costOf } from "#functions/desk/campaigns/result/cost.ts";
import { formatCounted } from "#pages/format.ts";
import type { StoredCampaign } from "#stores/campaigns/campaign-store.ts";
import { textTable } from "../terminal/text-table.ts";

/** The result in tables and sentences for a terminal. */
export function describeResult(campaign: StoredCampaign, result: CampaignResult, contacts: ContactCounts): string {
  const sections = [
    heading(campaign, result),
    ...result.outcomes.map((outcome) => describeOutcome(outcome, result)),
    describeMoney(campaign, result, contacts),
    ...warnings(campaign, result, contacts),
  ];
  return sections.filter((section) => section !== "").join("\n\n");
}

function heading(campaign: StoredCampaign, { sizes, closed, isFinal }: CampaignResult): string {
  const total = sizes.treatment + sizes.control;
  const ended = closed.treatment + closed.control;
  const capped = endedAtCapacity(campaign);
  const known = `The windows of ${number(ended)} of ${formatCounted(total, "user")} have closed`;
  const open = closesAtOnce(campaign)
    ? `${known}: all close at once on ${day(endOf(campaign))}, and until then there is nothing to see.`
    : `${known}; the last closes on ${day(endOf(campaign))}. Until then the intervals are wider, so that those of each outcome hold at all looks together, however often you look.`;
  const windows = isFinal
    ? `The windows of all users have closed (${day(endOf(campaign))}). The interval of each outcome holds at all looks together, however often you have looked.`
    : open;
  return [
    `${campaign.name} (${campaign.id}): ${campaign.audience}`,
    `${formatCounted(total, "user")} from ${day(campaign.startsAt)} on, ${percent(campaign.controlShare)} of them not contacted${isOwn(campaign) ? `, ${days(campaign.windowDays)} each` : ""}.${capped === undefined ? "" : ` ${capped}`}`,
    !isOwn(campaign) && isFinal
      ? "The outcomes came with the file, all at once: the intervals are for a single look."
      : windows,
  ].join("\n");
}

function describeOutcome(outcome: OutcomeResult, { closed, isFinal }: CampaignResult): string {
  const { name, kind, sizes, treatment, control, difference, adjusted } = outcome;
  if (sizes.treatment + sizes.control === 0) return `${name}: nothing is known${isFinal ? "" : " yet"}.`;
  const level = (value: number) => (kind === "share" ? percent(value) : decimal(value));
  const arms = textTable(
    [name, "users", kind === "share" ? name : "in all", kind === "share" ? "share" : "mean"],
    (["treatment", "control"] as const).map((arm) => {
      const mean = arm === "treatment" ? treatment : control;
      return [
        `  ${arm}`,
        number(sizes[arm]),
        number(Math.round(mean * sizes[arm])),
        sizes[arm] === 0 ? "" : level(mean),
      ];
    }),
  );
  const rows = [
    ["  as they are", difference],
    ["  adjusted for what was known before", adjusted],
  ] as const;
  const shown = rows.flatMap(([label, estimate]) =>
    estimate === undefined
      ? []
      : [[label, signed(estimate.value, kind), `${signed(estimate.low, kind)} to ${signed(estimate.high, kind)}`]],
  );
  const differences = shown.length === 0 ? [] : [textTable(["treatment - control", "", "95 % interval"], shown)];
  const missing = (["treatment", "control"] as const).filter((arm) => sizes[arm] < closed[arm]);
  const unknown = missing.map((arm) => `${number(closed[arm] - sizes[arm])} of ${arm}`).join(" and ");
  return [
    arms,
    ...differences,
    verdict(outcome, isFinal),
    ...(unknown === "" ? [] : [`The outcome of ${unknown} is not known; they are left out, which may mislead.`]),
  ].join("\n");
}

function verdict(outcome: OutcomeResult, isFinal: boolean): string {
  const { kind, verdict, gained, more, detectable, saveRate, sizes } = outcome;
  const gain = gained === undefined ? "" : gainedText(gained, outcome);
  const smallest =
    detectable === undefined
      ? ""
      : ` These sizes tell a true difference of ${size(detectable, kind)} in 80 of 100 campaigns.`;
  switch (verdict) {
    case "too few":
      return isFinal
        ? `Too few to tell: ${sizesText(stillNeeded(sizes))} more would have been needed, for 30 in each.`
        : "Too few to tell yet: fewer than 30 users in an arm are known.";
    case "better":
    case "worse": {
      const rate =
        saveRate === undefined || verdict === "worse" || gainedOther(outcome) !== undefined
          ? ""
          : ` Of those who would have left, ${percent(saveRate.value)} stayed (${percent(saveRate.low)} to ${percent(saveRate.high)}).`;
      return `The treatment is ${verdict} than none. ${gain}${rate}`;
    }
    case "open":
      return `Cannot be told apart yet${more === undefined ? "" : `: if the difference is as it looks, ${sizesText(more)} more are needed for a power of 80 %`}. ${gain}${smallest}`;
  }
}

function gainedText({ value, low, high }: Estimate, outcome: OutcomeResult): string {
  const { kind, name } = outcome;
  if (kind === "amount")
    return `Gained over the treated: ${decimal(value)} of ${name} (${decimal(low)} to ${decimal(high)}).`;
  const other = gainedOther(outcome);
  const users = other === undefined ? "Users gained" : `Users ${other} because of it,`;
  return `${users} among the treated: ${number(Math.round(value))} (${number(Math.round(low))} to ${number(Math.round(high))}).`;
}

/** What it cost, against what it gained where that is money. */
function describeMoney(campaign: Campaign, result: CampaignResult, counts: ContactCounts): string {
  const cost = costOf(campaign, result, counts);
  if (cost === undefined) return "";
  const { total, contacts, isRecorded, incentives, net } = cost;
  const { costPerContact, incentive } = campaign;
  const parts = [
    `${formatCounted(contacts, "contact")} × ${decimal(costPerContact)}${isRecorded ? "" : " (as if each of the treatment was contacted once: no contacts are recorded)"}`,
    ...(incentive > 0 ? [`at most ${formatCounted(Math.round(incentives), "incentive")} × ${decimal(incentive)}`] : []),
  ];
  const left =
    net === undefined
      ? ""
      : ` Value kept within the window less cost: ${decimal(net.value)} (${decimal(net.low)} to ${decimal(net.high)}).`;
  return `Cost: ${decimal(total)} = ${parts.join(" + ")}.${left}`;
}

function warnings(campaign: StoredCampaign, result: CampaignResult, contacts: ContactCounts): string[] {
  const { controlShare } = campaign;
  const { sizes, balance, beforeLog, unseen } = result;
  const total = sizes.treatment + sizes.control;
  const off = balance.covariates.filter(({ isOff }) => isOff);
  return [
    ...(beforeLog === undefined
      ? []
      : [
          `The windows of these users began before the actions that lapse has: ${sizesText(beforeLog)}. Nothing is known of them.`,
        ]),
    ...(unseen === undefined
      ? []
      : [
          `Of these users there is no action at all, and they count as having left: ${sizesText(unseen)}. Are their ids those of the actions?`,
        ]),
    ...(balance.isMismatch
      ? [
          `Do not trust this result: ${percent(sizes.control / total)} of the users are controls where ${percent(controlShare)} should be, which chance does not explain (p = ${balance.sizes.toExponential(1)}). Users were lost or added after the arms were drawn.`,
        ]
      : []),
    ...(isAsItCameOut(campaign) ? [sizesUnchecked] : []),
    ...(off.length > 0
      ? [
          `The arms differ in ${off.map(({ name, difference }) => `${name} (${difference.toFixed(2)} standard deviations)`).join(", ")}: prefer the adjusted difference, and ask why.`,
        ]
      : []),
    ...(contacts.contactedControls > 0
      ? [
          `${formatCounted(contacts.contactedControls, "user")} of the control group ${contacts.contactedControls === 1 ? "was" : "were"} contacted: the true effect is larger than what is shown.`,
        ]
      : []),
    ...(contacts.others > 0 ? [`Contacts of users who are not in the campaign: ${number(contacts.others)}.`] : []),
  ];
}

function sizesText(more: ArmSizes): string {
  const arms: readonly Arm[] = ["treatment", "control"];
  return arms.map((arm) => `${number(more[arm])} in ${arm}`).join(" and ");
}

function signed(value: number, kind: OutcomeResult["kind"]): string {
  const text = kind === "share" ? `${(100 * value).toFixed(1)} points` : decimal(value);
  return value > 0 ? `+${text}` : text;
}

function size(value: number, kind: OutcomeResult["kind"]): string {
  return kind === "share" ? `${(100 * value).toFixed(1)} points` : decimal(value);
}

function percent(value: number): string {
  return `${(100 * value).toFixed(1)} %`;
}

function decimal(value: number): string {
  const digits = Math.abs(value) >= 1_000 ? 0 : Math.abs(value) >= 1 ? 2 : 4;
  return value.toLocaleString("en", { maximumFractionDigits: digits });
}

function number(value: number): string {
  return value.toLocaleString("en");
}

function day(time: number): string {
  return formatDay(dayOf(time));
}
