import { html, type Markup } from "#pages/html.ts";
import { nextSteps, stepsOf } from "../next-steps.ts";
import type { PageView } from "./view.ts";

/** The lines to paste next, with a user that is really there. */
export function tryIt({ host, isKeyNeeded, scores, action, extent, today }: PageView): Markup {
  const steps = nextSteps(`http://${host}`, stepsOf(scores[0]?.userId, action, extent, today), { isKeyNeeded });
  return html`<section>
<h2>Next</h2>
${steps.map(({ what, command }) => html`<h3>${what}</h3><pre>${command}</pre>`)}
<p>The whole API: <a href="/api">/api</a>. Metrics: <a href="/metrics">/metrics</a>.${isKeyNeeded ? html` <a href="/session">Sign out</a>` : ""}</p>
</section>`;
}
