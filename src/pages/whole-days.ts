import { html, type Markup } from "./html.ts";

/** A text whose days (`2026-11-26`) are not broken at their hyphens. */
export function wholeDays(text: string): Markup {
  const parts = text.split(/(\d{4}-\d\d-\d\d,?)/);
  return html`${parts.map((part, i) => (i % 2 === 0 ? part : html`<span class="day">${part}</span>`))}`;
}
