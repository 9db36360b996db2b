import { deskStyle } from "./desk-style.ts";
import { html, type Markup } from "./html.ts";
import { keptTogether } from "./kept-together.ts";
import { style } from "./style.ts";

/** The parts of the desk, in the order of its navigation. */
export const sections = [
  { path: "/", name: "Today" },
  { path: "/users", name: "Users" },
  { path: "/campaigns", name: "Campaigns" },
  { path: "/model", name: "Model" },
  { path: "/operations", name: "Operations" },
] as const;

export type Section = (typeof sections)[number]["path"];

export interface Frame {
  /** What the page shows, in a few words: the browser's title and, unless `body` has its own, the first thing read. */
  readonly title: string;
  /** The part of the desk that the page belongs to; undefined for a page that stands beside it, such as the form to sign in. */
  readonly section?: Section | undefined;
  /** What the page has of styles beyond those of the desk. */
  readonly style?: Markup | undefined;
  /** Who reads it; undefined where no one has to say who they are. */
  readonly reader?: string | undefined;
}

/** A whole page of the desk around `body`: one HTML document, with its style in it. */
export function framed({ title, section, style: own = html``, reader }: Frame, body: Markup): string {
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · lapse</title>
<link rel="icon" href="data:,">
<style>${style}${deskStyle}${own}</style>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header class="top"><a class="name" href="/">lapse</a>
${section === undefined ? "" : navigation(section, reader)}</header>
<main id="content">
${body}
</main>
</body>
</html>
`;
  return keptTogether(page.markup);
}

function navigation(current: Section, reader: string | undefined): Markup {
  return html`<nav aria-label="Desk">${sections.map(({ path, name }) => html`<a href="${path}"${path === current ? html` aria-current="page"` : ""}>${name}</a>`)}</nav>
${reader === undefined ? "" : html`<p class="reader">${reader} · <a href="/session">Sign out</a></p>`}`;
}
