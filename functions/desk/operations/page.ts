import { formatCount, formatMinute } from "#pages/format.ts";
import { framed } from "#pages/frame.ts";
import { html, type Markup } from "#pages/html.ts";
import type { AuditEntry } from "#stores/audit/audit.ts";
import { type KeptDeadLetter, serviceOf } from "#stores/dead-letters/dead-letters.ts";
import { historySection } from "./history-section.ts";
import { messageOf } from "./letter-words.ts";
import type { OperationsView } from "./view.ts";

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
<div class="scroll" tabindex="0" role="region" aria-label="Dead letters"><table class="list">
<thead><tr><th scope="col">When</th><th scope="col">Event</th><th scope="col">What happened</th>${mayOperate ? html`<th scope="col">Do</th>` : ""}</tr></thead>
<tbody>${letters.map((letter) => letterRow(letter, mayOperate))}</tbody>
</table></div>
</section>`;
}

function letterRow(
  { id, recordedAt, event, destination, status, answer }: KeptDeadLetter,
  mayOperate: boolean,
): Markup {
  const what = `${serviceOf(destination) ?? "its destination"} answered ${status ?? "with a failure"}${answer ? `: ${messageOf(answer)}` : ""}`;
  const buttons = html`<td><form method="post" action="/operations/dead-letters"><input type="hidden" name="id" value="${id}"><button name="act" value="replay">Send again</button> <button name="act" value="drop">Drop</button></form></td>`;
  return html`<tr><td>${formatMinute(recordedAt)}</td><td>${event.type}${event.subject === undefined ? "" : ` of ${event.subject}`}</td><td>${what}</td>${mayOperate ? buttons : ""}</tr>
`;
}

function runs({ last, next }: OperationsView): Markup {
  return html`<section>
<h2>The night</h2>
<div class="scroll" tabindex="0" role="region" aria-label="Last results"><table class="list">
<thead><tr><th scope="col">Step</th><th scope="col">Last result</th></tr></thead>
<tbody>${last.map(({ step, result }) => html`<tr><th scope="row">${step}</th><td>${result === "" ? "nothing yet" : result}</td></tr>`)}</tbody>
</table></div>
<p>${next === undefined ? html`When each step runs next is in the cluster: <code>kubectl get pingsources</code>.` : html`Next: ${next.map(({ name, at }) => `${name} at ${formatMinute(at)} UTC`).join("; ")}. Scoring follows by itself.`}</p>
<p>Users whose histories could not be read are counted as <code>lapse_users_skipped_total</code>, which is on the dashboards and has an alert.</p>
</section>`;
}

function audit(entries: readonly AuditEntry[] | undefined): Markup {
  if (entries === undefined) return html``;
  if (entries.length === 0) return html`<section><h2>Who did what</h2><p>Nothing yet.</p></section>`;
  return html`<section>
<h2>Who did what</h2>
<div class="scroll" tabindex="0" role="region" aria-label="Audit"><table class="list">
<thead><tr><th scope="col">When</th><th scope="col">Who</th><th scope="col">What</th><th scope="col">To</th><th scope="col">Why</th></tr></thead>
<tbody>${entries.map(
    ({
      at,
      who,
      from,
      action,
      count = 1,
      target = "",
      reason = "",
      details = {},
    }) => html`<tr><td>${formatMinute(at)}</td><td>${who}<br><small>${from}</small></td><td>${action}${count === 1 ? "" : ` × ${count}`}</td><td>${target}</td><td>${[reason, ...Object.entries(details).map(([name, value]) => `${name} ${value}`)].filter((part) => part !== "").join("; ")}</td></tr>
`,
  )}</tbody>
</table></div>
</section>`;
}

const style = html`.list td { white-space: normal; } .list form { display: flex; gap: .4rem; } small { color: var(--soft); }`;
