import { endOf } from "#churn/campaign/campaign.ts";
import { keptBy, type OverAll } from "#churn/campaign/over-all.ts";
import { dayOf, formatDay } from "#churn/day.ts";
import { formatCount, formatCounted, formatPercent } from "#pages/format.ts";
import { framed } from "#pages/frame.ts";
import { html, type Markup, type Part } from "#pages/html.ts";
import { listTable } from "#pages/list-table.ts";
import type { StoredCampaign } from "#stores/campaigns/campaign-store.ts";
import { formatMoneyRange, formatUsers } from "../result/amounts.ts";
import { campaignStyle } from "../style.ts";
import { monthsPlot } from "./months-plot.ts";
import { type CampaignsView, stateOf } from "./view.ts";

/** The page of all campaigns: what they kept together, and each with where it stands. */
export function renderCampaigns({ reader, campaigns, together, now }: CampaignsView): string {
  return framed(
    { title: "Campaigns", section: "/campaigns", reader, style: campaignStyle },
    html`<h1>Campaigns</h1>
${campaigns.length === 0 ? introduction : ""}
<p><a class="button" href="/campaigns/new">Plan a campaign</a></p>
${campaigns.length === 0 ? "" : [togetherSection(together), listSection(campaigns, now)]}`,
  );
}

const introduction = html`<p class="headline">Contact users who are about to leave, and know whether it helped.</p>
<p>A campaign is a list of users, frozen with their scores and divided by chance: most are contacted, some are not. When the time
is up, comparing the two shows how many users stayed because of it.</p>`;

function togetherSection({ months, kept, value, saveRate, tooFew, imported }: OverAll): Markup {
  const apart =
    imported === 0
      ? ""
      : html`<p>${imported === 1 ? "One experiment" : `${formatCount(imported)} experiments`} whose outcomes came with a file ${imported === 1 ? "does" : "do"} not count here: what they measured is on their own pages.</p>`;
  const few =
    tooFew === 0
      ? ""
      : html`<p>${tooFew === 1 ? "One campaign" : `${formatCount(tooFew)} campaigns`} with too few users to tell anything ${tooFew === 1 ? "does" : "do"} not count here.</p>`;
  const notCounted = html`${few}${apart}`;
  if (months.length === 0 && tooFew > 0)
    return html`<p class="headline">No campaign tells anything yet.</p>${notCounted}`;
  if (months.length === 0)
    return html`<p class="headline">No campaign has ended yet.</p><p>A result is recorded in the second night after the last window of a campaign has closed.</p>${notCounted}`;
  const [treated, ended] = months.reduce((sum, one) => [sum[0] + one.treated, sum[1] + one.campaigns], [0, 0]);
  return html`<p class="headline">${formatCount(ended)} ${ended === 1 ? "campaign has" : "campaigns have"} ended; of ${formatCounted(treated, "user")} who ${treated === 1 ? "was" : "were"} to be contacted, ${formatUsers(kept)} stayed because of it.</p>
${value === undefined ? "" : html`<p>Value gained within the windows: ${formatMoneyRange(value)}.</p>`}
${saveRate === undefined ? "" : html`<p>Of those who would have left, a contact kept ${formatPercent(saveRate.value)} (95 % interval ${formatPercent(saveRate.low)} to ${formatPercent(saveRate.high)}). The next plan reckons with that.</p>`}
${notCounted}
<div class="plots">${monthsPlot(months)}</div>
${listTable(
  "Users kept, by month",
  [
    ["Month", "moment"],
    ["Campaigns", "number"],
    ["To be contacted", "number"],
    ["Users kept", "number"],
    ["Value gained", "number"],
  ],
  months
    .toReversed()
    .map((one) => [
      one.month,
      formatCount(one.campaigns),
      formatCount(one.treated),
      formatUsers(one.kept),
      one.value === undefined ? "–" : formatMoneyRange(one.value),
    ]),
)}`;
}

function listSection(campaigns: readonly StoredCampaign[], now: number): Markup {
  return html`<section>
<h2>All campaigns</h2>
${listTable(
  "All campaigns",
  [
    ["Campaign"],
    ["State"],
    ["Treatment", "number"],
    ["Control", "number"],
    ["Users kept", "number"],
    ["From", "moment"],
    ["Until", "moment"],
  ],
  campaigns.map((campaign) => row(campaign, now)),
)}
</section>`;
}

function row(campaign: StoredCampaign, now: number): Part[] {
  const { id, name, sizes, startsAt } = campaign;
  const gained = keptBy(campaign);
  return [
    html`<a href="/campaigns/${id}">${name}</a>`,
    stateOf(campaign, now),
    formatCount(sizes.treatment),
    formatCount(sizes.control),
    gained === undefined ? "–" : formatUsers(gained),
    formatDay(dayOf(startsAt)),
    formatDay(dayOf(endOf(campaign))),
  ];
}
