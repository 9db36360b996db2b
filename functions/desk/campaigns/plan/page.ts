import type { Prospect } from "#churn/campaign/how-many.ts";
import { formatCount, formatCounted, formatPercent } from "#pages/format.ts";
import { framed } from "#pages/frame.ts";
import { html, type Markup } from "#pages/html.ts";
import { describeSuppressed } from "../free-to-contact.ts";
import { formatMoney } from "../result/amounts.ts";
import { campaignStyle } from "../style.ts";
import { createForm } from "./create-form.ts";
import { fieldsOf, type ShownField } from "./fields.ts";
import type { PlanForm } from "./form.ts";
import type { Plan } from "./plan.ts";
import { profitPlot } from "./profit-plot.ts";
import type { PlanView } from "./view.ts";
import { whyNone } from "./why-none.ts";

/** The page that leads from a choice of users, by how many of them to contact, to a campaign. */
export function renderPlan(view: PlanView): string {
  const { reader, form, fault, plan, oldList } = view;
  const { who, money } = fieldsOf(form);
  return framed(
    { title: "Plan a campaign", section: "/campaigns", reader, style: campaignStyle },
    html`<h1>Plan a campaign</h1>
<form method="get" action="/campaigns/new">
<fieldset><legend>1. Whom could you contact?</legend><div class="fields">${who.map(field)}</div></fieldset>
<fieldset><legend>2. What does a contact cost, and what does it bring?</legend><div class="fields">${money.map(field)}</div></fieldset>
<p><button class="second">Work it out</button></p>
</form>
<h2>3. How many to contact</h2>
${fault === undefined ? "" : html`<p class="notice" role="status">${fault}</p>`}
${plan === undefined || oldList === undefined ? "" : html`<p class="notice">${oldList}</p>`}
${plan === undefined ? "" : howMany(view, plan)}`,
  );
}

function howMany({ form, known, churnDays, mayOperate }: PlanView, plan: NonNullable<PlanView["plan"]>): Markup {
  const { optimum, unlimited, range, last, users, suppressed } = plan;
  const { rate, source } = known;
  return html`<p class="headline">${
    optimum.contacts === 0
      ? whyNone(known)
      : `Contact ${formatCount(optimum.contacts)} of ${formatCounted(users, "user")}: a profit of ${formatMoney(optimum.profit)} (${formatMoney(optimum.low)} to ${formatMoney(optimum.high)}).`
  }</p>
<div class="plots">${profitPlot(plan, form.capacity)}<div>
<ul>
${last === undefined ? "" : html`<li>${endInWords(form, plan, last)}</li>`}
${unlimited.contacts > optimum.contacts ? html`<li>Without the limit of your capacity, ${formatCount(unlimited.contacts)} would be best, with ${formatMoney(unlimited.profit)}.</li>` : ""}
${range[0] === range[1] ? "" : html`<li>If the save rate is at either end of its interval, ${formatCount(range[0])} or ${formatCount(range[1])} would be best.</li>`}
${suppressed.size === 0 ? "" : html`<li>Left out, as by default when the list is frozen: ${describeSuppressed(suppressed)}.</li>`}
<li>Save rate: ${formatPercent(rate.value)} (${formatPercent(rate.low)} to ${formatPercent(rate.high)}), ${source}.</li>
</ul>
<p class="hint">A contact brings the save rate × the probability of leaving × what the user is worth, less the incentive, which those who would have stayed take too, and less its cost.</p>
</div></div>
${optimum.contacts > 0 && mayOperate ? createForm(form, optimum.contacts, churnDays) : ""}`;
}

/** Where the list ends, and why there. */
function endInWords({ cost = 0, incentive = 0 }: PlanForm, { optimum, unlimited }: Plan, last: Prospect): string {
  const isCapped = unlimited.contacts > optimum.contacts;
  if (cost === 0 && incentive === 0 && !isCapped)
    return "It pays to contact everyone who is worth anything, as no cost is given. Say what a contact costs, to see where the list should end.";
  const why = isCapped ? "there your capacity ends" : "from there on, a contact costs more than it brings";
  return `The list ends at a user who leaves with a probability of ${formatPercent(last.probability)} and is worth ${formatMoney(last.value)}: ${why}.`;
}

function field({ name, label, value, hint, options, mode }: ShownField): Markup {
  const control =
    options === undefined
      ? html`<input name="${name}" id="${name}" value="${value}" inputmode="${mode}" autocomplete="off">`
      : html`<select name="${name}" id="${name}">${options.map(([key, text]) => html`<option value="${key}"${key === value ? html` selected` : ""}>${text}</option>`)}</select>`;
  return html`<label for="${name}">${label}${control}${hint === undefined ? "" : html`<span class="hint">${hint}</span>`}</label>
`;
}
