import { formatCount, formatMinute } from "#pages/format.ts";
import { framed } from "#pages/frame.ts";
import { html, type Markup, type Part } from "#pages/html.ts";
import { listTable } from "#pages/list-table.ts";
import { unreadableEntries } from "#stores/audit/unreadable-entries.ts";
import { type KeptDeadLetter, serviceOf } from "#stores/dead-letters/dead-letters.ts";
import { actionInWords, detailInWords, nameInWords } from "./audit-words.ts";
import { historySection } from "./history-section.ts";
import { messageOf } from "./letter-words.ts";
import type { OperationsView, ShownAudit } from "./view.ts";

/** The page at /operations: what ran, what runs next, what needs a person, and who did what. */
export function renderOperations(view: OperationsView): string {
  return framed(
    { title: "Operations", section: "/operations", reader: view.reader, style },
    html`<h1>Operations</h1>
${lettersSection(view)}
${runs(view)}
${historySection(view.history)}
${audit(view.audit)}`,
  );
}

function lettersSection({ letters, letterCount, mayOperate }: OperationsView): Markup {
  if (letterCount === 0) return html`<section><h2>Events that no function took</h2><p>None.</p></section>`;
  return html`<section>
<h2>Events that no function took: ${formatCount(letterCount)}</h2>
<p>Each was tried several times and refused. Send one again once its cause is gone; drop one that is of no use.${letters.length < letterCount ? ` The newest ${letters.length} are shown.` : ""}</p>
${listTable(
  "Dead letters",
  [["When", "moment"], ["Event"], ["What happened"], ...(mayOperate ? [["Do"] as const] : [])],
  letters.map((letter) => letterRow(letter, mayOperate)),
)}
</section>`;
}

function letterRow(
  { id, recordedAt, event, destination, status, answer }: KeptDeadLetter,
  mayOperate: boolean,
): Part[] {
  const what = `${serviceOf(destination) ?? "its destination"} answered ${status ?? "with a failure"}${answer ? `: ${messageOf(answer)}` : ""}`;
  const buttons = html`<form method="post" action="/operations/dead-letters"><input type="hidden" name="id" value="${id}"><button name="act" value="replay">Send again</button> <button class="second" name="act" value="drop">Drop</button></form>`;
  return [
    formatMinute(recordedAt),
    `${event.type}${event.subject === undefined ? "" : ` of ${event.subject}`}`,
    what,
    ...(mayOperate ? [buttons] : []),
  ];
}

function runs({ last, next }: OperationsView): Markup {
  return html`<section>
<h2>The night</h2>
${listTable(
  "Last results",
  [["Step"], ["Last result"]],
  last.map(({ step, result }) => [step, result === "" ? "nothing yet" : result]),
)}
<p>${next === undefined ? html`When each step runs next is in the cluster: <code>kubectl get pingsources</code>.` : html`Next: ${next.map(({ name, at }) => `${name} at ${formatMinute(at)} UTC`).join("; ")}. Scoring follows by itself.`}</p>
<p>Users whose histories could not be read are counted as <code>lapse_users_skipped_total</code>, rows that could not as <code>lapse_documents_unreadable_total</code>; the log names the first.</p>
</section>`;
}

function audit(shown: ShownAudit | undefined): Markup {
  if (shown === undefined) return html``;
  const { entries, unreadable } = shown;
  const missing = unreadable && html`<p>${unreadableEntries(unreadable)}</p>`;
  if (entries.length === 0)
    return html`<section><h2>Who did what</h2>${missing ?? html`<p>Nothing yet.</p>`}</section>`;
  return html`<section>
<h2>Who did what</h2>
${missing ?? ""}${listTable(
  "Audit",
  [["When", "moment"], ["Who"], ["What"], ["To"], ["Why, and how much"]],
  entries.map(({ at, who, from, action, count = 1, target = "", reason = "", details = {} }) => [
    formatMinute(at),
    html`${who} <small>${from}</small>`,
    `${actionInWords(action)}${count === 1 ? "" : ` × ${count}`}`,
    target,
    [reason, ...Object.entries(details).map(([name, value]) => `${nameInWords(name)} ${detailInWords(value)}`)]
      .filter((part) => part !== "")
      .join("; "),
  ]),
)}
</section>`;
}

const style = html`.list form { display: flex; gap: .4rem; } small { color: var(--soft); } @media (min-width: 40.01rem) { .list small { display: block; white-space: nowrap; } }`;
