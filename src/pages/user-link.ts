import { html, type Markup } from "./html.ts";

/** A link to the page of a user, by their id. */
export function userLink(userId: string): Markup {
  return html`<a href="${userPath(userId)}">${shownId(userId)}</a>`;
}

/** An id as text: apart from the direction of the text around it, and in quotation marks where nothing of it could be seen. */
export function shownId(userId: string): Markup {
  const isBlank = /^[\s\p{C}]*$/u.test(userId);
  return html`<bdi>${isBlank ? `“${userId}”` : userId}</bdi>`;
}

/** `.` and `..` cannot be part of a path: browsers take them for folders, however they are encoded. */
export function userPath(userId: string): string {
  if (userId === "." || userId === "..") return `/user?id=${userId}`;
  return `/users/${encodeURIComponent(userId)}`;
}
