/**
 * A line of CSV (RFC 4180). A text that a spreadsheet would take for a formula gets an apostrophe before it, as OWASP
 * advises for CSV injection; numbers stay as they are.
 */
export function csvLine(cells: readonly (string | number | undefined)[]): string {
  return `${cells.map((cell) => (typeof cell === "string" ? quoted(safe(cell)) : (cell ?? ""))).join(",")}\n`;
}

/** The text that `csvLine` has written, without the apostrophe that made it safe. */
export function fromSafe(text: string): string {
  return text.startsWith("'") && isUnsafe(text.slice(1)) ? text.slice(1) : text;
}

/** An apostrophe at the beginning gets one too, so that it is not lost on the way back. */
function safe(text: string): string {
  return isUnsafe(text) ? `'${text}` : text;
}

/** Signs that begin a formula, also in the full width of East Asian keyboards, after whatever spreadsheets pass over. */
function isUnsafe(text: string): boolean {
  return /^([\s\p{C}]*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]|[\t\r\n'])/u.test(text);
}

function quoted(text: string): string {
  return /[",\n\r]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
