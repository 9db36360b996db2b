import * as z from "zod";
import type { Failure } from "#churn/failure.ts";
import { statusOf } from "#runtime/error-response.ts";
import { formOf } from "#runtime/form-route.ts";
import type { HttpRequest, HttpResponse } from "#runtime/http.ts";
import { text } from "#runtime/route-description.ts";
import { framed, type Section } from "./frame.ts";
import { html, type Markup } from "./html.ts";
import { pageResponse } from "./page-response.ts";

/** A form, as the page that asks for corrections shows it. */
export interface CorrectedForm {
  readonly title: string;
  readonly section: Section;
  /** Of an upload no form is shown again: a page cannot choose a file for a person. */
  readonly method: "get" | "post" | "upload";
  /** What each field is called; those without a label are sent along as they were. */
  readonly labels: Readonly<Record<string, string>>;
  /** The text of the button. */
  readonly submit: string;
  /** Where the form stands. */
  readonly back: (request: HttpRequest) => string;
}

/**
 * The page for a form that cannot be taken: it says why, names the fields that are wrong, and keeps what was typed, to be corrected and
 * sent again, unless it is longer than 1 MB.
 */
export function correctionPage(form: CorrectedForm): (error: Failure, request: HttpRequest) => HttpResponse {
  // A caller chooses the names of fields: toString is none of ours.
  const labels = new Map(Object.entries(form.labels));
  return (error, request) => {
    const { title, section, method, submit, back } = form;
    const faults = faultsIn(error);
    const formAgain = () => {
      if (method === "upload")
        return html`<p><a class="button" href="${back(request)}">Go back and choose another file</a></p>`;
      const typed = method === "get" ? new URLSearchParams(request.query ?? "") : fieldsIn(request);
      return html`<form method="${method}" action="${request.path}" class="correction">
${[...typed].map(([name, value]) => fieldOf(name, value, labels.get(name), faults.get(name)))}
${missingFields(labels, typed, faults)}
<p><button>${submit}</button> <a href="${back(request)}">Leave it</a></p>
</form>`;
    };
    const body = framed(
      { title: `${title}: not taken`, section, reader: request.caller?.name, style },
      html`<h1>${title}</h1>
<div class="alarm" role="alert"><p>${faults.size === 0 ? error.publicMessage : `Some fields cannot be taken as they are.${method === "get" ? "" : " Nothing was changed."}`}</p>
${faults.size === 0 ? "" : html`<ul>${[...faults].map(([name, fault]) => html`<li><a href="#${name}">${labels.get(name) ?? name}</a>: ${fault}</li>`)}</ul>`}</div>
${method !== "upload" && request.body.length > mostKept ? html`<p>What you sent is too long to be shown once more. <a href="${back(request)}">Go back</a></p>` : formAgain()}`,
    );
    return pageResponse(body, { status: statusOf(error.kind) });
  };
}

const style = html`
.correction label { display: block; margin: .8rem 0; } .correction input, .correction textarea { display: block; width: min(100%, 30rem); box-sizing: border-box; margin-top: .2rem; }
.correction textarea { min-height: 8rem; } .fault { color: #b3261e; } @media (prefers-color-scheme: dark) { .fault { color: #ffb4ab; } }
`;

/** The most bytes of a form that are shown once more: to escape 16 MB takes seconds. */
const mostKept = 1024 * 1024;

function fieldsIn(request: HttpRequest): URLSearchParams {
  const fields = new URLSearchParams();
  for (const [name, value] of Object.entries(formOf(request)))
    for (const one of typeof value === "string" ? [value] : value) fields.append(name, one);
  return fields;
}

/** What is wrong with each field, by its name. */
function faultsIn({ cause }: Failure): ReadonlyMap<string, string> {
  if (!(cause instanceof z.ZodError)) return new Map();
  return new Map(cause.issues.map(({ path, message }) => [String(path[0] ?? ""), message]));
}

/** Fields that were not sent at all although they must be. */
function missingFields(
  labels: ReadonlyMap<string, string>,
  typed: URLSearchParams,
  faults: ReadonlyMap<string, string>,
): Markup[] {
  return [...faults]
    .filter(([name]) => !typed.has(name) && labels.has(name))
    .map(([name, fault]) => fieldOf(name, "", labels.get(name), fault));
}

function fieldOf(name: string, value: string, label: string | undefined, fault: string | undefined): Markup {
  if (label === undefined && fault === undefined) return html`<input type="hidden" name="${name}" value="${value}">`;
  const about = fault === undefined ? html`` : html` aria-invalid="true" aria-describedby="${name}-fault"`;
  const control = /[\r\n]/.test(value)
    ? html`<textarea id="${name}" name="${name}"${about}>${value}</textarea>`
    : html`<input id="${name}" name="${name}" value="${value}"${about}>`;
  return html`<label for="${name}">${label ?? name}${control}${fault === undefined ? "" : html`<span class="fault" id="${name}-fault">${fault}</span>`}</label>
`;
}

/** Responses of a route that has such a page, for its description. */
export const correctionResponses = {
  400: text("text/html", "The form once more, with what is wrong with it."),
  404: text("text/html", "The form once more: what it is about is not there."),
  409: text("text/html", "The form once more: what it asks for is there already, or has changed."),
};
