/** Text that is safe to stand in an HTML page as it is; only `html` makes it. */
export interface Markup {
  readonly markup: string;
}

/** What may stand in a template: text (escaped), a coordinate (to two decimals), finished markup, or a list of them. */
export type Part = string | number | Markup | readonly Part[];

/** Tag of templates of HTML and SVG. What is inserted is escaped, unless it was made by `html` itself. */
export function html(literals: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  const markup = literals.map((literal, i) => literal + (i < parts.length ? rendered(parts[i] ?? "") : "")).join("");
  return { markup };
}

function rendered(part: Part): string {
  if (typeof part === "string") return escaped(part);
  if (typeof part === "number") return String(Math.round(part * 100) / 100);
  return "markup" in part ? part.markup : part.map(rendered).join("");
}

/** Characters that XML and HTML do not allow, such as the control characters in a hostile action name, are replaced. */
function escaped(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\u007e\u00a0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "\ufffd")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}
