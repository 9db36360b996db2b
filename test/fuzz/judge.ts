import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import type { Content, OpenApi } from "#runtime/openapi/document.ts";
import type { JsonSchema } from "#runtime/openapi/json-schema.ts";
import type { Outcome } from "./connection.ts";
import type { WireRequest } from "./wire-request.ts";

/** Says what is wrong with what came of a request; undefined if nothing is. */
export type Judge = (request: WireRequest, outcome: Outcome) => string | undefined;

/** What no response may hold: where something is in this machine or in the code, or which library it is from. */
const internal =
  /node_modules|\bat [^ ]+ \([^)]*:\d+|[a-z]\.[tj]s:\d+|\/(tmp|home|root|app)\/|ECONN|EPIPE|ENOENT|duckdb|\bzod\b|fastify/i;

/**
 * Holds responses to a description: no status of 500 or above, described or not, as every store is there and a model in service;
 * errors in JSON with `error`, or problem details, or in another form that is described, and everything of the schema that it
 * should be of.
 */
export function judgeBy(api: OpenApi): Judge {
  const ajv = new Ajv2020({ strict: false, allErrors: false });
  formats.default(ajv);
  ajv.addFormat("base64", /^[A-Za-z0-9+/]*=*$/);
  ajv.addSchema({ $id: "api", components: api.components });
  const validators = new Map<JsonSchema, ValidateFunction>();
  const validatorOf = (schema: JsonSchema): ValidateFunction => {
    const known = validators.get(schema);
    if (known !== undefined) return known;
    const made = ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/components', '"api#/components')));
    validators.set(schema, made);
    return made;
  };
  const errors = {
    "application/json": { schema: { $ref: "#/components/schemas/Error" } },
    "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } },
  };

  // Where a method or a path was changed, the request may be one of another route, with errors in a form of its own.
  const elsewhere = new Map<string, Content[string]>();
  for (const operation of Object.values(api.paths).flatMap((methods) => Object.values(methods)))
    for (const [status, { content = {} }] of Object.entries(operation.responses))
      for (const [type, one] of Object.entries(content))
        if (!type.endsWith("json")) elsewhere.set(`${status} ${type}`, one);

  return (request, outcome) => {
    switch (outcome.kind) {
      case "hung-up":
        return undefined;
      case "hang":
        return "no response came in time";
      case "closed":
        return `the connection was closed without a response, after ${JSON.stringify(outcome.received)}`;
      case "response":
        break;
    }
    const { status, headers, body } = outcome;
    const [, path = ""] = request.route.split(" ");
    const operation = api.paths[path]?.[request.method.toLowerCase()];
    const responses = request.isOnRoute ? operation?.responses : undefined;
    const described = responses?.[String(status)];
    if (Number.isNaN(status)) return "the response is no HTTP";
    if (status >= 500 && !isRefusedDelivery(status, headers)) return `the status is ${status}`;
    if (request.method === "HEAD" || status === 204) return undefined;
    const text = body.toString();
    if (status >= 400 && internal.test(text)) return "the response tells of the inside";
    const isError = status >= 400;
    // Of another route errors alone can be told.
    if (!isError && responses === undefined) return undefined;
    if (!isError && described === undefined) return `the status ${status} is not described`;
    if (status === 405 && !headers.has("allow")) return "the methods that are allowed are not told";
    if (status === 401 && !headers.has("www-authenticate")) return "what to show is not told";
    if (text === "") return isError ? "an error without a reason" : undefined;
    const type = (headers.get("content-type") ?? "").split(";")[0] ?? "";
    const content =
      described?.content?.[type] ??
      (isError ? new Map(Object.entries(errors)).get(type) : undefined) ??
      (request.isOnRoute ? undefined : elsewhere.get(`${status} ${type}`));
    if (content === undefined) return `the type ${type} is not described`;
    if (!type.endsWith("json")) return undefined;
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      return "the response is no JSON";
    }
    const validate = validatorOf(content.schema);
    return validate(value) ? undefined : `the response is not as described: ${ajv.errorsText(validate.errors)}`;
  };
}

/** Whether an event was not let in: a broker must not take that for the last word (docs/decisions/dead-letters.md). */
function isRefusedDelivery(status: number, headers: ReadonlyMap<string, string>): boolean {
  return status === 503 && headers.has("www-authenticate");
}
