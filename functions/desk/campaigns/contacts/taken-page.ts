import { formatCounted } from "#pages/format.ts";
import { framed } from "#pages/frame.ts";
import { html } from "#pages/html.ts";
import type { LeftLine } from "./contact-lines.ts";
import { newContacts, newOptOuts, type TakenContacts } from "./take-contacts.ts";

/** What was taken of a file, and what was not. */
export interface TakenFile {
  readonly reader: string | undefined;
  readonly campaign: { readonly id: string; readonly name: string };
  readonly taken: TakenContacts;
  readonly left: readonly LeftLine[];
}

/** Lines that are named one by one. */
const mostNamed = 20;

/** The page that follows a file of which some lines were left out. */
export function renderTaken({ reader, campaign, taken, left }: TakenFile): string {
  const { created, duplicates, opted_out: optedOut } = taken;
  const recorded = optedOut > 0 ? newOptOuts(optedOut) : newContacts(created, duplicates);
  return framed(
    { title: "Say who was contacted", section: "/campaigns", reader },
    html`<p><a href="/campaigns/${campaign.id}">${campaign.name}</a></p>
<h1>${formatCounted(left.length, "line")} of the file ${left.length === 1 ? "was" : "were"} left out</h1>
<p>All others are recorded: ${recorded} Correct the lines below, and send them alone or with all others: a contact that is known already is not counted again if its line has a time.</p>
<ul>${left.slice(0, mostNamed).map(({ number, fault }) => html`<li>Line ${String(number)}: ${fault}</li>`)}${left.length > mostNamed ? html`<li>and ${formatCounted(left.length - mostNamed, "more line", "more lines")}</li>` : ""}</ul>
<p><a class="button" href="/campaigns/${campaign.id}">Back to the campaign</a></p>`,
  );
}
