import type { Balance } from "#churn/campaign/balance.ts";
import { type ArmSizes, closesAtOnce, endOf, isOwn } from "#churn/campaign/campaign.ts";
import { dayOf, formatDay } from "#churn/day.ts";
import { formatCount, formatCounted, formatPercent } from "#pages/format.ts";
import { framed } from "#pages/frame.ts";
import { html, type Markup } from "#pages/html.ts";
import { listTable } from "#pages/list-table.ts";
import { mostContacts } from "../contacts/contact-items.ts";
import { endedAtCapacity } from "../ended-at-capacity.ts";
import { stateOf } from "../list/view.ts";
import { campaignStyle } from "../style.ts";
import { formatMoney, formatMoneyRange } from "./amounts.ts";
import { isAsItCameOut, sizesUnchecked } from "./as-it-came-out.ts";
import { costOf } from "./cost.ts";
import { outcomeSection } from "./outcome-section.ts";
import type { CampaignView } from "./view.ts";

/** Who looks at the page. */
interface Reading {
  /** Undefined where no one has to say who they are. */
  readonly reader: string | undefined;
  /** Whether the reader may send the list and record contacts. */
  readonly mayOperate: boolean;
  /** Whether the webhook has an address to send the list to. */
  readonly hasReceiver: boolean;
  /** How many users were sent to it just now; undefined where none were. */
  readonly sent?: number | undefined;
}

/** The page of one campaign: its sizes, the list to contact, contacts so far, and the result. */
export function renderCampaign(view: CampaignView, reading: Reading): string {
  const { campaign, now } = view;
  const { name, audience, sizes, startsAt, windowDays, controlShare, createdBy } = campaign;
  const capped = endedAtCapacity(campaign);
  return framed(
    { title: name, section: "/campaigns", reader: reading.reader, style: campaignStyle },
    html`<p><a href="/campaigns">All campaigns</a></p>
<h1>${name}</h1>
${warnings(view)}
<dl class="facts">
<div><dt>State</dt><dd>${stateOf(campaign, now)}</dd></div>
<div><dt>To contact (treatment)</dt><dd>${formatCount(sizes.treatment)}</dd></div>
<div><dt>Not to contact (control)</dt><dd>${formatCount(sizes.control)}</dd></div>
<div><dt>From, until</dt><dd>${formatDay(dayOf(startsAt))} – ${formatDay(dayOf(endOf(campaign)))}</dd></div>
<div><dt>Created by</dt><dd>${createdBy}</dd></div>
<div><dt>Who</dt><dd>${audience}</dd></div>
</dl>
<p>${formatPercent(controlShare)} of the list ${isOwn(campaign) ? `are not contacted; each user has ${formatCounted(windowDays, "day")} to stay or leave` : "are not contacted"}.${leftOut(view)}${capped === undefined ? "" : ` ${capped}`}</p>
${inOrder(view, reading)}`,
  );
}

/** While it is under way, whom to contact comes first; once it has ended, what came of it. */
function inOrder(view: CampaignView, reading: Reading): Markup[] {
  const { campaign, result } = view;
  const contact = isOwn(campaign) ? [contactSection(view, reading)] : [];
  const told = [
    progress(view),
    ...result.outcomes.map((outcome, i) => outcomeSection(outcome, result, i)),
    costSection(view),
    balanceSection(result.balance),
  ];
  return result.isFinal ? [...told, ...contact] : [...contact, ...told];
}

function inArms({ treatment, control }: ArmSizes): string {
  return `${formatCounted(treatment, "user")} of the treatment and ${formatCount(control)} of the control group`;
}

function leftOut({ campaign: { leftOut = {}, restDays } }: CampaignView): string {
  const texts = {
    "opted out": (users: number) => (users === 1 ? "wants no contact" : "want no contact"),
    "contacted lately": () => `had been contacted within ${formatCounted(restDays ?? 0, "day")}`,
    "in another campaign": (users: number) => `${users === 1 ? "is" : "are"} in another campaign that is under way`,
  };
  const parts = (["opted out", "contacted lately", "in another campaign"] as const).flatMap((reason) => {
    const users = leftOut[reason];
    return users === undefined ? [] : [`${formatCounted(users, "user")} who ${texts[reason](users)}`];
  });
  return parts.length === 0 ? "" : ` Left out of it: ${parts.join(", ")}.`;
}

function contactSection(
  { campaign: { id }, contacts, result: { isFinal } }: CampaignView,
  { mayOperate, hasReceiver, sent }: Reading,
): Markup {
  const send = html`
<form method="post" action="/campaigns/${id}/send"><button class="second">Send it to the webhook</button></form>`;
  return html`<section>
<h2>${isFinal ? "The list, and who was contacted" : "Contact them"}</h2>
<div class="actions"><a class="button${isFinal ? " second" : ""}" href="/v1/campaigns/${id}/audience?format=csv" download="${id}.csv">Download the list to contact (CSV)</a>${mayOperate && hasReceiver && !isFinal ? send : ""}</div>
${sent === undefined ? "" : html`<p class="notice" role="status">${formatCounted(sent, "user")} ${sent === 1 ? "is" : "are"} on the way to the webhook. What it does not take is sent again; what it never takes is on the page <a href="/operations">Operations</a>.</p>`}
<p class="hint">It holds the treatment only. ${mayOperate && !hasReceiver && !isFinal ? "It can be sent to a webhook too, once WEBHOOK_URL is set. " : ""}${isFinal ? "" : "Do not contact the control group: it shows what happens without you."}</p>
<p>Contacts so far: ${formatCount(contacts.treatment)} of the treatment${contacts.control > 0 ? `, ${formatCount(contacts.control)} of the control group` : ""}${contacts.others > 0 ? `, ${formatCount(contacts.others)} of users who are not in the campaign` : ""}.</p>
${mayOperate ? contactsForm(id) : ""}
</section>`;
}

function contactsForm(id: string): Markup {
  return html`<details><summary>Say who was contacted</summary>
<div class="ways">
<form method="post" action="/campaigns/${id}/contacts">
<label class="block" for="contacts">One user a line, or a table with a heading: user, time, channel<textarea id="contacts" name="contacts" required></textarea></label>
<p><label><input type="checkbox" name="opt_out" value="yes"> These users want no contact</label></p>
<p><button>Record</button></p>
</form>
<form method="post" action="/campaigns/${id}/contacts/file" enctype="multipart/form-data">
<label class="block" for="file">Or the same as a file: CSV or text, at most ${formatCount(mostContacts)} users<input id="file" name="file" type="file" accept=".csv,.tsv,.txt,text/csv,text/plain" required></label>
<p><label><input type="checkbox" name="opt_out" value="yes"> The users in the file want no contact</label></p>
<p><button>Record the file</button></p>
</form>
</div></details>`;
}

function progress({ campaign, result: { sizes, closed, isFinal } }: CampaignView): Markup {
  if (!isOwn(campaign) && isFinal)
    return html`<p>The outcomes came with the file, all at once: the 95 % intervals are for a single look.</p>`;
  const total = sizes.treatment + sizes.control;
  if (isFinal)
    return html`<p>The windows of all users have closed. The 95 % interval of each outcome holds at all looks together, however often someone has looked: it misses the true difference in about 5 of 100 campaigns or fewer.</p>`;
  const known = html`The windows of ${formatCount(closed.treatment + closed.control)} of ${formatCounted(total, "user")} have closed`;
  const end = formatDay(dayOf(endOf(campaign)));
  if (closesAtOnce(campaign))
    return html`<p class="notice">${known}: all close at once on ${end}, and until then there is nothing to see.</p>`;
  return html`<p class="notice">${known}; the last closes on ${end}. Look as often as you like: until then the intervals are wider, so that those of 95 % of each outcome hold at all looks together, the last one included.</p>`;
}

function costSection({ campaign, result, contacts }: CampaignView): Markup {
  const cost = costOf(campaign, result, contacts);
  if (cost === undefined) return html``;
  const { total, contacts: sent, isRecorded, incentives, net } = cost;
  return html`<section><h2>Cost and profit</h2>
<dl class="facts">
<div><dt>Cost</dt><dd>${formatMoney(total)}</dd></div>
<div><dt>Contacts, ${formatMoney(campaign.costPerContact)} each</dt><dd>${formatCount(sent)}</dd></div>
${incentives === 0 ? "" : html`<div><dt>Incentives, ${formatMoney(campaign.incentive)} each</dt><dd>at most ${formatCount(Math.round(incentives))}</dd></div>`}
${net === undefined ? "" : html`<div><dt>Value kept in the window, less cost</dt><dd>${formatMoneyRange(net)}</dd></div>`}
</dl>
${isRecorded ? "" : html`<p class="hint">As if each of the treatment was contacted once: no contacts are recorded.</p>`}
</section>`;
}

function balanceSection({ covariates }: Balance): Markup {
  if (covariates.length === 0) return html``;
  const off = covariates.filter(({ isOff }) => isOff);
  return html`<section><h2>Are the arms alike?</h2>
<p>${off.length === 0 ? "Yes, as far as chance allows." : `Not in ${off.map(({ name }) => name).join(", ")}, which is more than chance explains: go by the adjusted difference, and ask why.`}</p>
${listTable(
  "The arms before the campaign",
  [
    ["Before the campaign, on average"],
    ["Treatment", "number"],
    ["Control", "number"],
    ["Difference, in standard deviations", "number"],
  ],
  covariates.map(({ name, treatment, control, difference }) => [
    name === "score" ? "probability of leaving" : name,
    level(name, treatment),
    level(name, control),
    difference.toFixed(2).replace("-", "−"),
  ]),
)}</section>`;
}

function level(name: string, mean: number): string {
  return name === "score" ? formatPercent(mean) : formatMoney(mean);
}

function warnings({ campaign, result, contacts }: CampaignView): Markup[] {
  const { controlShare } = campaign;
  const { sizes, balance, beforeLog, unseen } = result;
  const total = sizes.treatment + sizes.control;
  return [
    ...(beforeLog === undefined
      ? []
      : [
          html`<p class="alarm" role="alert">The windows of ${inArms(beforeLog)} began before the actions that lapse has: nothing is known of them.</p>`,
        ]),
    ...(unseen === undefined
      ? []
      : [
          html`<p class="alarm" role="alert">There is no action at all of ${inArms(unseen)}, who count as having left: are their ids those of the actions?</p>`,
        ]),
    ...(balance.isMismatch
      ? [
          html`<p class="alarm" role="alert">Do not trust this result: ${formatPercent(sizes.control / total)} of the users are in the control group where ${formatPercent(controlShare)} should be, which chance does not explain. Users were lost or added after the arms were drawn.</p>`,
        ]
      : []),
    ...(isAsItCameOut(campaign) ? [html`<p class="notice">${sizesUnchecked}</p>`] : []),
    ...(contacts.contactedControls > 0
      ? [
          html`<p class="alarm" role="alert">${formatCounted(contacts.contactedControls, "user")} of the control group ${contacts.contactedControls === 1 ? "was" : "were"} contacted: the true effect is larger than what is shown.</p>`,
        ]
      : []),
  ];
}
