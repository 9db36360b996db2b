import type { Failure } from "#churn/failure.ts";
import { statusOf } from "#runtime/error-response.ts";
import type { HttpRequest, HttpResponse } from "#runtime/http.ts";
import { text } from "#runtime/route-description.ts";
import { framed, type Section } from "./frame.ts";
import { html } from "./html.ts";
import { pageResponse } from "./page-response.ts";

/** The page for an address of which there is nothing, such as a user who has been erased: it says so, and leads to the list. */
export function missingPage(
  section: Section,
  list: string,
): (error: Failure, request: Pick<HttpRequest, "caller">) => HttpResponse {
  return (error, { caller }) => {
    const body = framed(
      { title: "Not found", section, reader: caller?.name },
      html`<h1>Nothing is here</h1>
<p class="notice" role="alert">${error.publicMessage}</p>
<p><a href="${section}">${list}</a></p>`,
    );
    return pageResponse(body, { status: statusOf(error.kind) });
  };
}

/** Responses of a route that has such a page, for its description. */
export const missingResponses = {
  400: text("text/html", "A page that says what is wrong with the address."),
  404: text("text/html", "A page that says that there is nothing."),
};
