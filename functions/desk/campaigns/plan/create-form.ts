import { html, type Markup } from "#pages/html.ts";
import { listLength, usualControlShare, usualRest } from "./by-profit.ts";
import { fieldsOf } from "./fields.ts";
import type { PlanForm } from "./form.ts";

/** The form that freezes the list: how many, the control group, the window, and how long users are left in peace. */
export function createForm(form: PlanForm, contacts: number, churnDays: number): Markup {
  const { who, money } = fieldsOf(form);
  const top = listLength(contacts);
  return html`<h2>4. Freeze the list</h2>
<form method="post" action="/campaigns">
${[...who, ...money].map(({ name, value }) => html`<input type="hidden" name="${name}" value="${value}">`)}
<div class="fields">
<label for="name">${createLabels.name}<input id="name" name="name" required maxlength="200" autocomplete="off"><span class="hint">such as Spring mails</span></label>
<label for="top">${createLabels.top}<input id="top" name="top" value="${String(top)}" required inputmode="numeric" autocomplete="off"><span class="hint">the control group included, the most worthwhile first</span></label>
<label for="control">${createLabels.control}<input id="control" name="control" value="${String(100 * usualControlShare)}" required inputmode="decimal" autocomplete="off"><span class="hint">not contacted, for comparison; chosen by chance</span></label>
<label for="window">${createLabels.window}<input id="window" name="window" value="${String(churnDays)}" required inputmode="numeric" autocomplete="off"><span class="hint">in which users stay or leave</span></label>
<label for="rest">${createLabels.rest}<input id="rest" name="rest" value="${String(usualRest)}" required inputmode="numeric" autocomplete="off"><span class="hint">users contacted within these days are left out</span></label>
</div>
<p>Left out are users who want no contact, who were contacted within the days of rest, or who are in another campaign that is under way.</p>
<p><button>Create the campaign</button></p>
</form>`;
}

/** What its own fields are called. */
export const createLabels = {
  name: "Name",
  top: "Users on the list",
  control: "Control group (%)",
  window: "Window (days)",
  rest: "Rest after a contact (days)",
};
