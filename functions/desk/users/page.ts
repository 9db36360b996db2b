import { scoresInLine } from "#churn/list/former-scores.ts";
import { type ListState, listStates } from "#churn/list/listed-user.ts";
import { atRiskInWords, valueAtRiskIs } from "#pages/at-risk-in-words.ts";
import { formatCount, formatValue } from "#pages/format.ts";
import { framed } from "#pages/frame.ts";
import { html, type Markup } from "#pages/html.ts";
import { filterForm } from "./filter-form.ts";
import { type ChosenUsers, canBeSorted, queryWith } from "./parameters.ts";
import { planLink } from "./plan-link.ts";
import { filledColumns, userRow } from "./row.ts";
import { usersStyle } from "./style.ts";
import type { UsersView } from "./view.ts";

/** The page at /users: who is here, at risk or gone, and why. */
export function renderUsers(view: UsersView, reader: string | undefined): string {
  return framed(
    { title: "Users", section: "/users", reader, style: usersStyle },
    html`<h1>Users</h1>
${tabs(view)}
${filterForm(view)}
${view.users.length === 0 ? html`<p class="notice">${nobody(view)}</p>` : list(view)}`,
  );
}

/** What each state is called on a tab. */
export const stateNames: Readonly<Record<ListState, string>> = {
  here: "Here",
  slipping: "Slipping",
  at_risk: "At risk",
  lapsed: "Lapsed",
};

function tabs({ chosen, totals }: UsersView): Markup {
  const all = { name: "All", state: undefined, count: totals.here + totals.lapsed };
  const each = listStates.map((state) => ({ name: stateNames[state], state, count: totals[state] }));
  return html`<nav class="tabs" aria-label="States">${[...each, all].map(
    ({ name, state, count }) =>
      html`<a href="/users${queryWith(chosen, { state, moved: undefined, sort: sortFor(state, chosen.sort) })}"${state === chosen.state ? html` aria-current="page"` : ""}>${name} <span class="count-of">${formatCount(count)}</span></a>`,
  )}</nav>`;
}

/** The order that was chosen, where a tab can have it. */
function sortFor(state: ListState | undefined, sort: ChosenUsers["sort"]): ChosenUsers["sort"] {
  return sort !== undefined && canBeSorted(state, sort) ? sort : undefined;
}

function list(view: UsersView): Markup {
  const { chosen, users, next, isFurther } = view;
  const plan = planLink(chosen);
  const hasLapsed = chosen.state === "lapsed";
  const columns = filledColumns(users);
  return html`<p class="paging">${plan === undefined ? "" : html`<a href="${plan}">Plan a campaign for these</a>`}
<a href="/users.csv${queryWith(chosen)}" download="users.csv">All of these as CSV</a></p>
${hasLapsed ? "" : html`<p class="yardsticks">${yardsticks(view)}</p>`}
<table class="list users${hasLapsed ? " lapsed" : ""}">
<thead><tr><th scope="col">User</th><th scope="col" class="number">${hasLapsed ? "State" : "Leaves with"}</th>${columns.scores ? html`<th scope="col">Last ${scoresInLine} scores</th>` : ""}${columns.because ? html`<th scope="col">Because</th>` : ""}${columns.worth ? html`<th scope="col" class="number">${hasLapsed ? "Value" : "Value at risk"}</th>` : ""}<th scope="col">Rhythm</th></tr></thead>
<tbody>${users.map((user) => userRow(user, columns))}</tbody>
</table>
<p class="paging">${isFurther ? html`<a href="/users${queryWith(chosen)}">First page</a>` : ""}
${next === undefined ? "" : html`<a href="/users${queryWith(chosen, { cursor: next })}" rel="next">Next page</a>`}</p>`;
}

/** What the words and figures of the list are measured by. */
function yardsticks({ chosen, totals, risk }: UsersView): string {
  const isWorth = chosen.state === "at_risk" && totals.valueAtRisk !== 0;
  return [
    "“Typically” compares with the median of all users that the model learned from; “usual gap” is the user’s own.",
    ...(isWorth ? [`The value at risk of all of them is ${formatValue(totals.valueAtRisk)}: ${valueAtRiskIs}.`] : []),
    ...(risk === undefined ? [] : [atRiskInWords(risk)]),
  ].join(" ");
}

function nobody({ chosen: { state: _state, sort: _sort, ...filters }, totals, isFurther }: UsersView): string {
  if (isFurther) return "There are no further users.";
  if (Object.values(filters).some((filter) => filter !== undefined)) return "No user fits these filters.";
  return totals.here + totals.lapsed === 0
    ? "No user fits. The list is made whenever users are scored: each night, and after a model is put into service."
    : "No user fits.";
}
