import { formatDay } from "#churn/day.ts";
import { roughly } from "#churn/features/telling.ts";
import { lineOfScores } from "#churn/list/former-scores.ts";
import { type ListedUser, valueAtRisk } from "#churn/list/listed-user.ts";
import { days } from "#churn/number-words.ts";
import { formatCounted, formatValue } from "#pages/format.ts";
import { html, type Markup } from "#pages/html.ts";
import { userLink } from "#pages/user-link.ts";
import { scoreLine } from "./score-line.ts";

/**
 * The columns of which some user of a page has something: of who lapsed before the first list, no score and no reason is known, and
 * where actions carry no values, no one is worth anything.
 */
export interface FilledColumns {
  readonly scores: boolean;
  readonly because: boolean;
  readonly worth: boolean;
}

export function filledColumns(users: readonly ListedUser[]): FilledColumns {
  return {
    scores: users.some((user) => lineOfScores(user).length > 0),
    because: users.some(({ state, reasons }) => state === "here" || reasons.length > 0),
    worth: users.some(({ value }) => value !== undefined && value !== 0),
  };
}

/** One user of the list; on a telephone a card, which begins with the reason. */
export function userRow(user: ListedUser, columns: FilledColumns): Markup {
  const { userId, reasons } = user;
  const scores = lineOfScores(user);
  const sentences = reasons.map(({ sentence }) => sentence);
  return html`<tr><th scope="row">${userLink(userId)}</th>
<td class="number risk">${standing(user)}</td>
${columns.scores ? html`<td class="line-of">${scores.length === 0 ? "" : scoreLine(userId, scores)}</td>` : ""}
${columns.because ? html`<td class="because">${because(sentences, user)}</td>` : ""}
${columns.worth ? html`<td class="number worth">${worth(user)}</td>` : ""}
<td class="rhythm">${rhythm(user)}</td></tr>
`;
}

/** How likely the user leaves, or since when they have lapsed. */
export function standing({ probability, risk, lapsedSince }: ListedUser): Markup {
  if (probability === undefined)
    return html`lapsed${lapsedSince === undefined ? "" : html` <span class="since">since ${formatDay(lapsedSince)}</span>`}`;
  return html`${Math.round(100 * probability)} % ${risk === undefined || risk === "low" ? "" : html`<span class="pill ${risk}">${risk}</span>`}`;
}

/** Value at risk, as the column says; of those who have lapsed nothing is at risk any more, so it is said what they were worth. */
function worth(user: ListedUser): Markup {
  const atRisk = valueAtRisk(user);
  if (atRisk !== undefined) return html`<span class="named of-column">value at risk</span> ${formatValue(atRisk)}`;
  return user.value === undefined ? html`` : html`<span class="named">value</span> ${formatValue(user.value)}`;
}

function because(sentences: readonly string[], { state }: ListedUser): Markup {
  const [first, ...others] = sentences;
  if (first === undefined)
    return state === "here" ? html`<span class="soft">nothing speaks for leaving</span>` : html``;
  return html`<strong>${first}</strong>${others.length === 0 ? "" : html`<span class="soft">; ${others.join("; ")}</span>`}`;
}

/** The user's own rhythm beside that of others, so that neither is taken for the other. */
function rhythm({ silence, usualGap, typicalGap }: ListedUser): Markup {
  const lines = [
    silence === undefined ? undefined : `silent ${formatCounted(Math.round(silence), "day")}`,
    usualGap === undefined ? undefined : `usual gap ${days(roughly(usualGap))}`,
    typicalGap === undefined || usualGap === undefined ? undefined : `typically ${days(roughly(typicalGap))}`,
  ];
  return html`${lines.flatMap((line) => (line === undefined ? [] : [html`<span>${line}</span> `]))}`;
}
