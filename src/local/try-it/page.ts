import { framed } from "#pages/frame.ts";
import { html } from "#pages/html.ts";
import type { NextStep } from "../next-steps.ts";

/** The lines to paste next, with a user that is really there. */
export function renderTryIt(steps: readonly NextStep[]): string {
  return framed(
    { title: "Try it" },
    html`<h1>Try it</h1>
${steps.map(({ what, command }) => html`<h2>${what}</h2><pre tabindex="0" role="region" aria-label="${what}">${command}</pre>`)}
<p>The whole API: <a href="/api">/api</a>. Metrics: <a href="/metrics">/metrics</a>. The desk: <a href="/">/</a>.</p>`,
  );
}
