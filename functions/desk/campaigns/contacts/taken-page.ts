import { formatCounted } from "#pages/format.ts";
import { framed } from "#pages/frame.ts";
import { html, type Markup } from "#pages/html.ts";
import type { ReadLines } from "./contact-lines.ts";
import { newContacts, newOptOuts, type TakenContacts } from "./take-contacts.ts";

/** What was taken of a file, and what was not. */
export interface TakenFile extends Pick<ReadLines, "left" | "users" | "user"> {
  readonly reader: string | undefined;
  readonly campaign: { readonly id: string; readonly name: string };
  readonly taken: TakenContacts;
}

/** Lines that are named one by one. */
const mostNamed = 20;

/** The page that follows a file of which some lines were left out, or several columns of which may hold the user. */
export function renderTaken({ reader, campaign, taken, left, users, user }: TakenFile): string {
  const { created, duplicates, opted_out: optedOut } = taken;
  const recorded = optedOut > 0 ? newOptOuts(optedOut) : newContacts(created, duplicates);
  return framed(
    { title: "Say who was contacted", section: "/campaigns", reader },
    html`<p><a href="/campaigns/${campaign.id}">${campaign.name}</a></p>
<h1>${left.length === 0 ? "The file is recorded" : `${formatCounted(left.length, "line")} of the file ${left.length === 1 ? "was" : "were"} left out`}</h1>
${left.length === 0 ? html`<p>${recorded}</p>` : leftOut(left, recorded)}
${user === undefined ? "" : html`<p>Users were read from the column ${user}.${others(users, user)}</p>`}
<p><a class="button" href="/campaigns/${campaign.id}">Back to the campaign</a></p>`,
  );
}

function leftOut(left: ReadLines["left"], recorded: string): Markup {
  return html`<p>All others are recorded: ${recorded} Correct the lines below, and send them alone or with all others: a contact that is known already is not counted again if its line has a time.</p>
<ul>${left.slice(0, mostNamed).map(({ number, fault }) => html`<li>Line ${String(number)}: ${fault}</li>`)}${left.length > mostNamed ? html`<li>and ${formatCounted(left.length - mostNamed, "more line", "more lines")}</li>` : ""}</ul>`;
}

/** What else may hold the user, and what to do then. */
function others(users: readonly string[], user: string): string {
  const rest = users.filter((name) => name !== user);
  if (rest.length === 0) return "";
  return ` If they are in ${rest.join(" or ")}, name that column user and the other otherwise.`;
}
