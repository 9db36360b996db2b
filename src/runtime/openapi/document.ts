import * as z from "zod";
import type { Access } from "../access/access.ts";
import type { Route } from "../route.ts";
import type { DescribedResponse, RouteDescription } from "../route-description.ts";
import { type Served, shown } from "../targets.ts";
import { type JsonSchema, jsonSchemaOf } from "./json-schema.ts";

/** The parts of an OpenAPI 3.1 description that lapse writes (https://spec.openapis.org/oas/v3.1.1). */
export interface OpenApi {
  readonly openapi: "3.1.1";
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly tags: readonly { readonly name: string }[];
  /** By path, then by method in small letters. */
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, JsonSchema>>;
    readonly securitySchemes: Readonly<Record<string, Readonly<Record<string, string>>>>;
  };
}

export interface Operation {
  readonly operationId: string;
  /** The function that serves it. */
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description?: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly required: true; readonly content: Content };
  /** By status, or `default`. */
  readonly responses: Readonly<Record<string, OperationResponse>>;
  /** The role that is needed; nothing for an open operation. */
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
}

export interface Parameter {
  readonly name: string;
  readonly in: "path" | "query";
  readonly required: boolean;
  readonly description?: string;
  readonly schema: JsonSchema;
}

/** By media type. */
export type Content = Readonly<Record<string, { readonly schema: JsonSchema }>>;

export interface OperationResponse {
  readonly description: string;
  readonly content?: Content;
}

/** Describes every route, from the schemas that its requests are checked by. */
export function openApi(
  served: readonly Served[],
  info: { title: string; version: string; description: string },
): OpenApi {
  const paths: Record<string, Record<string, Operation>> = {};
  for (const { name, routes } of served) {
    for (const route of routes) {
      const path = templateOf(route.path);
      paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route, path, name) };
    }
  }
  return {
    openapi: "3.1.1",
    info,
    tags: [...new Set(served.map(({ name }) => name))].map((name) => ({ name })),
    paths,
    components: {
      schemas: { Error: jsonSchemaOf(errorSchema, "output"), Problem: jsonSchemaOf(problemSchema, "output") },
      securitySchemes: {
        bearer: {
          type: "http",
          scheme: "bearer",
          description: "An API key of lapse keys create, or a token of the issuer in OIDC_ISSUER.",
        },
      },
    },
  };
}

/** What every error is. */
const errorSchema = z.looseObject({ error: z.string().describe("What is wrong, in words.") });

/** RFC 9457. */
const problemSchema = errorSchema.extend({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  role: z.string().optional().describe("The role that is missing."),
});

function operationOf(route: Route, path: string, name: string): Operation {
  const { method, access, about } = route;
  const parameters = parametersOf(about, path);
  return {
    operationId: `${method} ${path.replace(/[{}]/g, "")}`.toLowerCase().replace(/[^a-z0-9]+/g, "-"),
    tags: [name],
    summary: about.summary,
    ...(about.description !== undefined && { description: about.description }),
    ...(parameters.length > 0 && { parameters }),
    ...(about.body !== undefined && { requestBody: { required: true, content: contentOf(about.body, "input") } }),
    responses: {
      ...Object.fromEntries(
        Object.entries(about.responses).map(([status, response]) => [status, responseOf(response)]),
      ),
      ...errorsOf(route, parameters),
    },
    security: isOpen(access) ? [] : [{ bearer: [access] }],
  };
}

function isOpen(access: Access): boolean {
  return access === "open" || access === "broker";
}

/** `/v2/models/:name` as `/v2/models/{name}`. */
function templateOf(path: string): string {
  return shown(path.replace(/(?<!:):([a-z]+)/g, "{$1}"));
}

function parametersOf({ parameters }: RouteDescription, path: string): readonly Parameter[] {
  if (parameters === undefined) return [];
  const { properties = {}, required = [] } = jsonSchemaOf(parameters, "input");
  return Object.entries(properties).map(([name, property]) => {
    const { description, ...schema } = typeof property === "boolean" ? {} : property;
    const isInPath = path.includes(`{${name}}`);
    return {
      name,
      in: isInPath ? "path" : "query",
      required: isInPath || required.includes(name),
      ...(description !== undefined && { description }),
      schema,
    };
  });
}

function contentOf(content: Readonly<Record<string, z.ZodType>>, io: "input" | "output"): Content {
  return Object.fromEntries(
    Object.entries(content).map(([type, schema]) => [type, { schema: jsonSchemaOf(schema, io) }]),
  );
}

function responseOf(response: z.ZodType | DescribedResponse): OperationResponse {
  if (response instanceof z.ZodType)
    return { description: "As asked.", content: contentOf({ "application/json": response }, "output") };
  const { description, content } = response;
  return { description, ...(content !== undefined && { content: contentOf(content, "output") }) };
}

/** What goes wrong with a request by what it holds; anything else is the default. */
function errorsOf(
  { access, about: { body, responses, conflict = "" }, early }: Route,
  parameters: readonly Parameter[],
): Record<string, OperationResponse> {
  const errors: [number, string, boolean][] = [
    [400, "Body or parameters are wrong: never send it again.", body !== undefined || parameters.length > 0],
    [401, "There is no key or token, or none that is valid.", !isOpen(access)],
    [403, "The role is missing.", !isOpen(access)],
    [404, "What the path names is not there.", parameters.some((parameter) => parameter.in === "path")],
    [409, conflict, conflict !== ""],
    [413, "The body is too large: send it in parts.", body !== undefined],
    [415, "The content type is another.", body !== undefined],
    [503, "An event is not let in, or cannot be handled now: a broker sends it again.", early !== undefined],
  ];
  const told = errors.filter(([status, , applies]) => applies && !(status in responses));
  return {
    ...Object.fromEntries(told.map(([status, description]) => [status, { description, content: errorContent }])),
    default: { description: "Another error; 429 and 5xx: send it again later.", content: errorContent },
  };
}

const errorContent: Content = {
  "application/json": { schema: { $ref: "#/components/schemas/Error" } },
  "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } },
};
