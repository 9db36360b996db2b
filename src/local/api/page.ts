import { framed } from "#pages/frame.ts";
import { html, type Markup } from "#pages/html.ts";
import type { Content, OpenApi, Operation, Parameter } from "#runtime/openapi/document.ts";
import { schemaMarkup } from "./schema.ts";

/** The page at /api: every route with who may call it, what it takes and what it gives. */
export function apiPage({ info, tags, paths }: OpenApi): string {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );
  return framed(
    { title: "API", style: apiStyle },
    html`<h1>${info.title} ${info.version}: API</h1>
<p>The same for programs: <a href="/openapi.json">/openapi.json</a>, OpenAPI 3.1. Lines to paste: <a href="/try">/try</a>.</p>
<nav><ul>${operations.map(
      ({ path, method, operation }) =>
        html`<li><a href="#${operation.operationId}"><code>${method} ${path}</code></a> ${operation.summary}</li>`,
    )}</ul></nav>
${tags.map(({ name }) => {
  const its = operations.filter(({ operation }) => operation.tags.includes(name));
  // A function that takes events alone has none.
  return its.length === 0
    ? ""
    : html`<h2>${name}</h2>
${its.map(operationMarkup)}`;
})}`,
  );
}

function operationMarkup({ path, method, operation }: { path: string; method: string; operation: Operation }): Markup {
  const { operationId, summary, description, parameters = [], requestBody, responses, security } = operation;
  const roles = security.flatMap((one) => Object.values(one).flat());
  return html`<section id="${operationId}">
<h3><code>${method} ${path}</code></h3>
<p>${summary}.${description === undefined ? "" : html` ${description}`} <span class="role">${roles.length === 0 ? "open to all" : `role ${roles.join(", ")}`}</span></p>
${parameters.length === 0 ? "" : html`<h4>Parameters</h4><ul>${parameters.map(parameterMarkup)}</ul>`}
${requestBody === undefined ? "" : html`<details><summary>Body</summary>${contentMarkup(requestBody.content)}</details>`}
<details><summary>Responses</summary><dl class="responses">
${Object.entries(responses).map(
  ([status, response]) =>
    html`<dt>${status}</dt><dd>${response.description}${response.content === undefined || isError(response.content) ? "" : contentMarkup(response.content)}</dd>`,
)}
</dl></details>
</section>
`;
}

function parameterMarkup({ name, in: place, required, description, schema }: Parameter): Markup {
  return html`<li><code>${name}</code> in the ${place}${required ? "" : ", optional"}: ${schemaMarkup(schema)}${description === undefined ? "" : html` – ${description}`}</li>`;
}

function contentMarkup(content: Content): Markup {
  return html`${Object.entries(content).map(
    ([type, { schema }]) => html`<p><code>${type}</code></p>${schemaMarkup(schema)}`,
  )}`;
}

/** All errors are alike, and told once by their texts. */
function isError(content: Content): boolean {
  return "application/problem+json" in content;
}

const apiStyle = html`
h3 code { font-size: 1.05rem; } h4 { margin: .75rem 0 0; font-size: .95rem; }
nav ul { columns: 2 24rem; column-gap: 2.5rem; padding-left: 1.25rem; font-size: .95rem; } code { overflow-wrap: anywhere; } ul { margin: .25rem 0; padding-left: 1.25rem; }
section { border-top: 1px solid var(--line); padding-top: .5rem; margin-top: 1rem; }
summary { cursor: pointer; } details { margin: .35rem 0; } details > :not(summary) { margin-left: 1rem; }
.role { border: 1px solid var(--line); border-radius: .75rem; padding: 0 .5rem; font-size: .85rem; white-space: nowrap; }
dl.responses { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; } dl.responses dd { font-weight: normal; min-width: 0; }
.note { color: var(--soft); }
`;
