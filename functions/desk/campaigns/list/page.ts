import { endOf } from "#churn/campaign/campaign.ts";
import type { OverAll } from "#churn/campaign/over-all.ts";
import { dayOf, formatDay } from "#churn/day.ts";
import { formatCount, formatPercent } from "#pages/format.ts";
import { framed } from "#pages/frame.ts";
import { html, type Markup } from "#pages/html.ts";
import type { StoredCampaign } from "#stores/campaigns/campaign-store.ts";
import { formatUsers } from "../result/amounts.ts";
import { campaignStyle } from "../style.ts";
import { monthsPlot } from "./months-plot.ts";
import { type CampaignsView, stateOf } from "./view.ts";

/** The page of all campaigns: what they kept together, and each with where it stands. */
export function renderCampaigns({ reader, campaigns, together, now }: CampaignsView): string {
  return framed(
    { title: "Campaigns", section: "/campaigns", reader, style: campaignStyle },
    html`<h1>Campaigns</h1>
${campaigns.length === 0 ? introduction : togetherSection(together)}
<p><a class="button" href="/campaigns/new">Plan a campaign</a></p>
${campaigns.length === 0 ? "" : listSection(campaigns, now)}`,
  );
}

const introduction = html`<p class="headline">Contact users who are about to leave, and know whether it helped.</p>
<p>A campaign is a list of users, frozen with their scores and divided by chance: most are contacted, some are not. When the time
is up, comparing the two shows how many users stayed because of it.</p>`;

function togetherSection({ months, kept, saveRate }: OverAll): Markup {
  if (months.length === 0)
    return html`<p class="headline">No campaign has ended yet.</p><p>A result is recorded in the night after the last window of a campaign has closed.</p>`;
  const [treated, ended] = months.reduce((sum, one) => [sum[0] + one.treated, sum[1] + one.campaigns], [0, 0]);
  return html`<p class="headline">${formatCount(ended)} ${ended === 1 ? "campaign has" : "campaigns have"} ended; of ${formatCount(treated)} users contacted, ${formatUsers(kept)} stayed because of it.</p>
${saveRate === undefined ? "" : html`<p>Of those who would have left, a contact kept ${formatPercent(saveRate.value)} (95 % interval ${formatPercent(saveRate.low)} to ${formatPercent(saveRate.high)}). The next plan reckons with that.</p>`}
<div class="plots">${monthsPlot(months)}<div class="scroll" tabindex="0" role="region" aria-label="Users kept, by month"><table class="list">
<thead><tr><th scope="col">Month</th><th scope="col" class="number">Campaigns</th><th scope="col" class="number">Contacted</th><th scope="col" class="number">Users kept</th></tr></thead>
<tbody>${months.toReversed().map((one) => html`<tr><th scope="row">${one.month}</th><td class="number">${formatCount(one.campaigns)}</td><td class="number">${formatCount(one.treated)}</td><td class="number">${formatUsers(one.kept)}</td></tr>`)}</tbody>
</table></div></div>`;
}

function listSection(campaigns: readonly StoredCampaign[], now: number): Markup {
  return html`<section>
<h2>All campaigns</h2>
<div class="scroll" tabindex="0" role="region" aria-label="All campaigns"><table class="list">
<thead><tr><th scope="col">Campaign</th><th scope="col">State</th><th scope="col" class="number">Treatment</th><th scope="col" class="number">Control</th><th scope="col" class="number">Users kept</th><th scope="col">From</th><th scope="col">Until</th></tr></thead>
<tbody>${campaigns.map((campaign) => row(campaign, now))}</tbody>
</table></div>
</section>`;
}

function row(campaign: StoredCampaign, now: number): Markup {
  const { id, name, sizes, startsAt, result } = campaign;
  const gained = result?.outcomes.find(({ kind }) => kind === "share")?.gained;
  return html`<tr><th scope="row"><a href="/campaigns/${id}">${name}</a></th><td>${stateOf(campaign, now)}</td><td class="number">${formatCount(sizes.treatment)}</td><td class="number">${formatCount(sizes.control)}</td><td class="number">${gained === undefined ? "–" : formatUsers(gained)}</td><td class="day">${formatDay(dayOf(startsAt))}</td><td class="day">${formatDay(dayOf(endOf(campaign)))}</td></tr>
`;
}
