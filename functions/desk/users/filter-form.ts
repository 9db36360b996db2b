import { html, type Markup } from "#pages/html.ts";
import { type ChosenUsers, canBeSorted, orderOf } from "./parameters.ts";
import type { UsersView } from "./view.ts";

/** The filters of the list, as a form that works without a script. */
export function filterForm({ chosen, groups }: UsersView): Markup {
  // They have neither reasons nor a probability.
  const hasLapsed = chosen.state === "lapsed";
  return html`<form class="filters" method="get" action="/users">
${chosen.state === undefined ? "" : html`<input type="hidden" name="state" value="${chosen.state}">`}
${chosen.moved === undefined ? "" : html`<input type="hidden" name="moved" value="${chosen.moved}">`}
<label class="wide">User id begins with <input type="search" name="id" value="${chosen.id ?? ""}" maxlength="256"></label>
${hasLapsed && chosen.reason === undefined ? "" : html`<label>Reason ${choice("reason", chosen.reason ?? "", [["", "any"], ...groups.map((group) => [group, groupName(group)] as const)])}</label>`}
${hasLapsed && chosen.min_probability === undefined ? "" : html`<label>Risk at least ${choice("min_probability", text(chosen.min_probability), risks)}</label>`}
<label>Sort by ${choice(
    "sort",
    orderOf(chosen),
    sorts.filter(([sort]) => canBeSorted(chosen.state, sort)),
  )}</label>
<details${hasBounds(chosen) ? html` open` : ""}><summary>Value, silence, tenure</summary>
<div class="bounds">
${bounds("Value in a churn window", "value", "decimal", chosen.min_value, chosen.max_value)}
${bounds("Days silent", "silence", "numeric", chosen.min_silence, chosen.max_silence)}
${bounds("Days since first seen", "tenure", "numeric", chosen.min_tenure, chosen.max_tenure)}
</div></details>
<p class="act"><button type="submit">Show</button> <a href="/users${chosen.state === undefined ? "" : `?state=${chosen.state}`}">Clear filters</a></p>
</form>`;
}

/** What the fields are called where each stands alone. */
export const filterLabels: Readonly<Record<string, string>> = {
  id: "User id begins with",
  reason: "Reason",
  min_probability: "Risk at least",
  max_probability: "Risk at most",
  min_value: "Value in a churn window, at least",
  max_value: "Value in a churn window, at most",
  min_silence: "Days silent, at least",
  max_silence: "Days silent, at most",
  min_tenure: "Days since first seen, at least",
  max_tenure: "Days since first seen, at most",
};

const sorts = [
  ["probability", "probability of leaving"],
  ["value_at_risk", "value at risk"],
  ["value", "value"],
  ["silence", "days silent"],
  ["user_id", "user id"],
] as const;

const risks = [
  ["", "any"],
  ...[5, 10, 20, 30, 40, 50, 60, 70, 80, 90].map((percent) => [String(percent / 100), `${percent} %`] as const),
] as const;

/** `action login` as `what they do: “login”`. */
function groupName(group: string): string {
  return group.startsWith("action ") ? `action “${group.slice("action ".length)}”` : group;
}

function choice(name: string, current: string, options: readonly (readonly [value: string, label: string])[]): Markup {
  // What a tool's link asks for stays chosen, although the form does not offer it.
  const known = options.some(([value]) => value === current);
  const all = known ? options : [...options, [current, current] as const];
  return html`<select name="${name}">${all.map(
    ([value, label]) => html`<option value="${value}"${value === current ? html` selected` : ""}>${label}</option>`,
  )}</select>`;
}

function bounds(
  label: string,
  name: string,
  mode: "decimal" | "numeric",
  low: number | undefined,
  high: number | undefined,
): Markup {
  const field = (end: "min" | "max", value: number | undefined) =>
    html`<input name="${end}_${name}" inputmode="${mode}" size="7" value="${text(value)}" aria-label="${label}, ${end === "min" ? "at least" : "at most"}">`;
  return html`<fieldset><legend>${label}</legend>${field("min", low)} to ${field("max", high)}</fieldset>`;
}

function hasBounds(chosen: ChosenUsers): boolean {
  const { min_value, max_value, min_silence, max_silence, min_tenure, max_tenure } = chosen;
  return [min_value, max_value, min_silence, max_silence, min_tenure, max_tenure].some((bound) => bound !== undefined);
}

function text(value: number | undefined): string {
  return value === undefined ? "" : String(value);
}
