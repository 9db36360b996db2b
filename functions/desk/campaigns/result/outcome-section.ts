import type { ArmSizes } from "#churn/campaign/campaign.ts";
import type { CampaignResult, OutcomeResult } from "#churn/campaign/result.ts";
import { stillNeeded } from "#churn/campaign/still-needed.ts";
import { formatCount, formatCounted, formatPercent } from "#pages/format.ts";
import { html, type Markup } from "#pages/html.ts";
import { listTable } from "#pages/list-table.ts";
import { amountText, formatMoney, formatMoneyRange, formatUsers, gainedOther, signedAmount } from "./amounts.ts";
import { differencePlot } from "./difference-plot.ts";

/** One outcome: what became of each arm, the difference, and what that says. */
export function outcomeSection(outcome: OutcomeResult, { closed, isFinal }: CampaignResult, position: number): Markup {
  const { name, kind, sizes, treatment, control } = outcome;
  if (sizes.treatment + sizes.control === 0)
    return html`<section><h2>${heading(outcome)}</h2><p>Nothing is known${isFinal ? "" : " yet"}.</p></section>`;
  const level = (mean: number) => (kind === "share" ? formatPercent(mean) : formatMoney(mean));
  const row = (arm: "treatment" | "control", mean: number) => [
    arm === "treatment" ? "Treatment (to be contacted)" : "Control group (not to be contacted)",
    formatCount(sizes[arm]),
    kind === "share"
      ? formatCount(Math.round(mean * sizes[arm]))
      : formatMoney(Math.round(100 * mean * sizes[arm]) / 100),
    sizes[arm] === 0 ? "–" : level(mean),
  ];
  const missing = (["treatment", "control"] as const).filter((arm) => sizes[arm] < closed[arm]);
  return html`<section>
<h2>${heading(outcome)}</h2>
<p class="headline">${verdictText(outcome, isFinal)}</p>
${listTable(
  heading(outcome),
  [
    ["Arm"],
    ["Users", "number"],
    [kind === "share" ? capitalised(name) : "In all", "number"],
    [kind === "share" ? "Share" : "Per user", "number"],
  ],
  [row("treatment", treatment), row("control", control)],
)}
<div class="plots">${differencePlot(outcome, position) ?? ""}</div>
${estimates(outcome)}
${missing.length === 0 ? "" : html`<p class="notice">The outcome of ${missing.map((arm) => `${formatCounted(closed[arm] - sizes[arm], "user")} of the ${arm}`).join(" and ")} is not known. They are left out, which may mislead.</p>`}
</section>`;
}

function capitalised(name: string): string {
  return name.slice(0, 1).toUpperCase() + name.slice(1);
}

function heading({ name, kind }: OutcomeResult): string {
  if (name === "left") return "Who left";
  if (name === "value" && kind === "amount") return "What users were worth";
  return name;
}

/** The verdict in a sentence. */
function verdictText(outcome: OutcomeResult, isFinal: boolean): string {
  const { verdict, gained, kind, more, saveRate, sizes } = outcome;
  const other = gainedOther(outcome);
  const gain =
    gained === undefined
      ? ""
      : kind === "share"
        ? ` Users ${other === undefined ? "kept" : `${other} because of it`}: ${formatUsers(gained)}.`
        : ` Gained over the whole treatment: ${formatMoneyRange(gained)}.`;
  switch (verdict) {
    case "too few":
      return isFinal ? tooFewText(sizes) : "Too few to tell yet: fewer than 30 users in an arm are known.";
    case "open":
      return `Cannot be told apart yet${more === undefined ? "" : `: ${neededText(sizes, more)}`}.${gain}`;
    case "better":
    case "worse": {
      const kept =
        verdict === "better" && saveRate !== undefined && other === undefined
          ? ` Of those who would have left, ${formatPercent(saveRate.value)} stayed (${formatPercent(saveRate.low)} to ${formatPercent(saveRate.high)}).`
          : "";
      return `Contacting them was ${verdict} than not.${gain}${kept}`;
    }
  }
}

/** More than this many times as many users, and no campaign will ever have them. */
const mostTimes = 100;

function neededText(sizes: ArmSizes, more: ArmSizes): string {
  if (more.treatment + more.control > mostTimes * (sizes.treatment + sizes.control))
    return `if the difference is as it looks, it is too small for campaigns: more than ${mostTimes} times as many users are needed`;
  return `if the difference is as it looks, ${formatCount(more.treatment)} more in the treatment and ${formatCount(more.control)} more in the control group are needed`;
}

function tooFewText(sizes: ArmSizes): string {
  const { treatment, control } = stillNeeded(sizes);
  return `Too few to tell: ${formatCount(treatment)} more in the treatment and ${formatCount(control)} more in the control group would have been needed, for 30 in each.`;
}

function estimates({ kind, difference, adjusted, detectable }: OutcomeResult): Markup {
  const rows = [
    ["as they are", difference],
    ["adjusted for the score and what else was known before", adjusted],
  ] as const;
  const told = rows.flatMap(([label, estimate]) =>
    estimate === undefined
      ? []
      : [
          html`<li>Treatment minus control, ${label}: ${signedAmount(estimate.value, kind)} (95 % interval ${signedAmount(estimate.low, kind)} to ${signedAmount(estimate.high, kind)})</li>`,
        ],
  );
  if (told.length === 0) return html``;
  return html`<ul>${told}
${detectable === undefined ? "" : html`<li>With arms of this size, a true difference of ${amountText(detectable, kind)} is found in 80 of 100 campaigns.</li>`}</ul>`;
}
