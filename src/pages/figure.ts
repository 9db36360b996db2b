import { html, type Markup } from "./html.ts";

/** A plot under its heading, with one sentence on how to read it. */
export function figure(heading: string, content: Markup, howToRead: string): Markup {
  return html`<figure>
<h3>${heading}</h3>
${content}
<figcaption>${howToRead}</figcaption>
</figure>`;
}
