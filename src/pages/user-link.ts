import { html, type Markup } from "./html.ts";

/** A link to the page of a user, by their id. */
export function userLink(userId: string): Markup {
  return html`<a href="${userPath(userId)}">${shownId(userId)}</a>`;
}

/** An id as text: apart from the direction of the text around it, and in quotation marks where nothing of it could be seen. */
export function shownId(userId: string): Markup {
  const isBlank = blank.test(userId);
  return html`<bdi>${isBlank ? `“${userId}”` : userId}</bdi>`;
}

/** White space, what controls, and letters and marks that fonts show as nothing: Hangul fillers, the empty Braille pattern, selectors of variants. */
const blank = /^[\s\p{C}\p{Default_Ignorable_Code_Point}\u2800]*$/u;

/** `.` and `..` cannot be part of a path: browsers take them for folders, however they are encoded. */
export function userPath(userId: string): string {
  if (userId === "." || userId === "..") return `/user?id=${userId}`;
  return `/users/${encodeURIComponent(userId)}`;
}
