import { dayOf, formatDay } from "#churn/day.ts";
import { roughly } from "#churn/features/telling.ts";
import { type ListedUser, valueAtRisk } from "#churn/list/listed-user.ts";
import { days } from "#churn/number-words.ts";
import { describeFeature } from "#churn/reasons/describe-feature.ts";
import type { Outlook, WhatIf } from "#churn/what-if.ts";
import { formatOdds, formatValue } from "#pages/format.ts";
import { framed } from "#pages/frame.ts";
import { html, type Markup } from "#pages/html.ts";
import { listTable } from "#pages/list-table.ts";
import { shownId } from "#pages/user-link.ts";
import { standing } from "../row.ts";
import { usersStyle } from "../style.ts";
import { activeDays } from "./active-days.ts";
import { probabilityPlot } from "./probability-plot.ts";
import type { UnderWay, UserView } from "./view.ts";

/** The page of one user. */
export function renderUser(view: UserView, reader: string | undefined): string {
  const { userId, listed, history } = view;
  return framed(
    { title: userId, section: "/users", reader, style: usersStyle },
    html`<p><a href="/users">Users</a></p>
<h1 class="user-id">${shownId(userId)}</h1>
${listed === undefined ? html`<p class="notice">Not on the list yet: the next scoring adds the user.</p>` : facts(listed)}
${listed === undefined ? "" : reasons(listed)}
${view.outlooks === undefined ? "" : outlooks(view.outlooks)}
${overTime(view)}
${history === undefined ? "" : activeDays(history, listed?.snapshot)}
${contacts(view)}`,
  );
}

function facts(user: ListedUser): Markup {
  const worth = valueAtRisk(user);
  const each: readonly (readonly [name: string, value: string | Markup | undefined])[] = [
    [user.state === "here" ? "Leaves with probability" : "State", standing(user)],
    ["Value in a churn window", user.value === undefined ? undefined : formatValue(user.value)],
    ["Value at risk", worth === undefined ? undefined : formatValue(worth)],
    ["Last action", user.silence === undefined ? undefined : `${days(Math.round(user.silence))} ago`],
    ["Own usual gap", user.usualGap === undefined ? undefined : days(roughly(user.usualGap))],
    ["Typical gap of others", user.typicalGap === undefined ? undefined : days(roughly(user.typicalGap))],
    ["First seen", user.tenure === undefined ? undefined : `${days(Math.round(user.tenure))} ago`],
    ["As of", formatDay(user.snapshot)],
    ["Model", html`<a href="/models/${user.modelVersion}">${user.modelVersion}</a>`],
  ];
  return html`<dl class="facts">${each.flatMap(([name, value]) =>
    value === undefined ? [] : [html`<div><dt>${name}</dt><dd>${value}</dd></div>`],
  )}</dl>`;
}

function reasons({ reasons: told, state }: ListedUser): Markup {
  if (state === "lapsed") return html``;
  if (told.length === 0) return html`<h2>Why</h2><p>Nothing about this user speaks for leaving.</p>`;
  return html`<h2>Why</h2>
<p class="yardsticks">“Typically” compares with the median of all users that the model learned from; “usual gap” is this user’s own. The last column is what the reason does to the odds of leaving.</p>
${listTable(
  "Reasons",
  [["Reason"], ["Of this user", "number"], ["Typically", "number"], ["Odds of leaving", "number"]],
  told.map(({ feature, sentence, value, typical, contribution }) => [
    html`${sentence}<br><span class="since">${describeFeature(feature)}</span>`,
    formatValue(value),
    formatValue(typical),
    formatOdds(contribution),
  ]),
)}`;
}

function outlooks({ now, visit, action, silence }: WhatIf): Markup {
  return html`<h2>What if</h2>
<dl class="outlooks">
<div><dt>As things are</dt><dd>${outlook(now)}</dd></div>
<div><dt>One more visit today (“${action}”)</dt><dd>${outlook(visit)} ${change(now, visit)}</dd></div>
<div><dt>Another week of silence</dt><dd>${outlook(silence)} ${change(now, silence)}</dd></div>
</dl>
<p class="yardsticks">What the model would predict of the user; not what a contact would do to them.</p>`;
}

function outlook(one: Outlook): string {
  return "lapsed" in one ? "lapsed" : `${Math.round(100 * one.probability)} %`;
}

function change(from: Outlook, to: Outlook): Markup {
  if ("lapsed" in from || "lapsed" in to) return html``;
  // Of the percentages that are shown, so that they add up.
  const points = Math.round(100 * to.probability) - Math.round(100 * from.probability);
  return html`<span class="change">${points === 0 ? "no change" : `${points > 0 ? "+" : "−"}${Math.abs(points)} points`}</span>`;
}

function overTime({ shown }: UserView): Markup {
  if (shown.length === 0) return html``;
  return html`<h2>Probability over time</h2>
<div class="over-time">${probabilityPlot(shown)}</div>`;
}

/** Who contacts a control spoils the comparison, so it is said where somebody may think of it. */
function campaign({ campaignId, name, arm, closesAt }: UnderWay): Markup {
  const link = html`<a href="/campaigns/${encodeURIComponent(campaignId)}">${name}</a>`;
  const until = formatDay(dayOf(closesAt));
  return arm === "control"
    ? html`<p class="notice">In the control group of ${link} until ${until}: do not contact this user.</p>`
    : html`<p>In the treatment of ${link}, which is under way until ${until}.</p>`;
}

function contacts({ contacts: sent, isOptedOut, underWay }: UserView): Markup {
  const wish = [
    ...(isOptedOut ? [html`<p class="notice">This user wants no contact.</p>`] : []),
    ...underWay.map(campaign),
  ];
  if (sent.length === 0) return html`<h2>Contacts</h2>${wish}<p>Not contacted so far, as far as lapse was told.</p>`;
  return html`<h2>Contacts</h2>${wish}
${listTable(
  "Contacts",
  [["Day", "moment"], ["Campaign"], ["Channel"]],
  sent
    .toReversed()
    .map(({ time, campaignId, channel }) => [
      new Date(time).toISOString().slice(0, 10),
      campaignId === undefined
        ? "none"
        : html`<a href="/campaigns/${encodeURIComponent(campaignId)}">${campaignId}</a>`,
      channel ?? "",
    ]),
)}`;
}
