import fc from "fast-check";
import type { OpenApi, Operation } from "#runtime/openapi/document.ts";
import { arbitraryOf, spoiled } from "../support/arbitrary-json.ts";
import { mutation } from "./mutations.ts";
import type { Header, WireRequest } from "./wire-request.ts";

/** What a generator of requests must know beside the description. */
export interface Known {
  /** Values that are there, by the name of a parameter or a member, so that requests come to something. */
  readonly values: Readonly<Record<string, readonly unknown[]>>;
  /** Keys that requests may be sent with. */
  readonly keys: readonly string[];
}

/** Requests to every operation of a description: half of them as it says, and the others with something wrong. */
export function requestsOf({ paths }: OpenApi, known: Known): fc.Arbitrary<WireRequest> {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      arbitrary: requestOf(method.toUpperCase(), path, operation, known),
      // Where there is nothing to choose, there is less to find.
      weight: operation.requestBody === undefined && operation.parameters === undefined ? 1 : 4,
    })),
  );
  const mutations = fc.oneof(fc.constant([]), fc.array(mutation(), { minLength: 1, maxLength: 3 }));
  return fc
    .tuple(fc.oneof(...operations), mutations)
    .map(([request, changes]) => changes.reduce((changed, change) => change(changed), request));
}

function requestOf(method: string, path: string, operation: Operation, known: Known): fc.Arbitrary<WireRequest> {
  return fc
    .tuple(parametersOf(operation, known), contentOf(operation, known), authorizationOf(known))
    .map(([values, [type, body], authorization]) => {
      const [asCloudEvent, headers] = typeof type === "string" ? [type, []] : type;
      const content: readonly Header[] = asCloudEvent === "" ? [] : [["content-type", asCloudEvent]];
      return {
        route: `${method} ${path}`,
        isOnRoute: true,
        method,
        target: targetOf(path, operation, values),
        version: "HTTP/1.1",
        headers: [["host", "localhost"], ...content, ...headers, ...authorization],
        body,
        framing: { kind: "length" },
      };
    });
}

type ContentType = string | readonly [type: string, headers: readonly Header[]];

function contentOf({ requestBody }: Operation, { values }: Known): fc.Arbitrary<readonly [ContentType, Buffer]> {
  const contents = Object.entries(requestBody?.content ?? {}).map(([type, { schema }]) => {
    const right = arbitraryOf(schema, values);
    const bodies = fc.oneof({ arbitrary: right, weight: 3 }, { arbitrary: spoiled(right), weight: 1 });
    if (type !== "application/cloudevents+json")
      return bodies.map((body): readonly [ContentType, Buffer] => [type, encoded(type, body)]);
    return fc
      .tuple(bodies, fc.boolean())
      .map(([event, isBinary]): readonly [ContentType, Buffer] =>
        isBinary ? binaryOf(event) : [type, encoded(type, event)],
      );
  });
  return contents.length === 0 ? fc.constant(["", Buffer.alloc(0)]) : fc.oneof(...contents);
}

function encoded(type: string, body: unknown): Buffer {
  if (type.endsWith("/x-ndjson")) return Buffer.from(`${JSON.stringify(body)}\n${JSON.stringify({ user_id: body })}\n`);
  if (type.endsWith("json")) return Buffer.from(JSON.stringify(body) ?? "");
  if (typeof body === "string") return Buffer.from(body);
  const fields = Object.entries(body ?? {}).map(([name, value]): [string, string] => [name, textOf(value)]);
  return Buffer.from(new URLSearchParams(fields).toString());
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}

/** A CloudEvent in binary mode. */
function binaryOf(event: unknown): readonly [ContentType, Buffer] {
  const { data, data_base64: bytes, datacontenttype, ...attributes } = { ...(event as Record<string, unknown>) };
  const headers = Object.entries(attributes)
    .filter(([name]) => /^[a-z0-9]+$/.test(name))
    .map(([name, value]): Header => [`ce-${name}`, encodeURI(textOf(value))]);
  const body = bytes === undefined ? JSON.stringify(data) : textOf(bytes);
  return [
    [typeof datacontenttype === "string" ? datacontenttype : "application/json", headers],
    Buffer.from(body ?? ""),
  ];
}

function parametersOf({ parameters = [] }: Operation, { values }: Known): fc.Arbitrary<Record<string, unknown>> {
  const members = parameters.map(({ name, schema }) => {
    const there = values[name];
    const any = fc.oneof({ arbitrary: arbitraryOf(schema, values), weight: 4 }, { arbitrary: fc.string(), weight: 1 });
    return [name, there === undefined ? any : fc.oneof(fc.constantFrom(...there), any)] as const;
  });
  const requiredKeys = parameters.filter((one) => one.required).map(({ name }) => name);
  return fc.record(Object.fromEntries(members), { requiredKeys });
}

function targetOf(path: string, { parameters = [] }: Operation, values: Readonly<Record<string, unknown>>): string {
  const query = new URLSearchParams();
  let filled = path;
  for (const { name, in: place } of parameters) {
    const value = values[name];
    if (value === undefined) continue;
    const text = textOf(value);
    // An empty part would make it another path.
    if (place === "path") filled = filled.replace(`{${name}}`, () => encodeURIComponent(text || "0"));
    else query.set(name, text);
  }
  return query.size === 0 ? filled : `${filled}?${query}`;
}

function authorizationOf({ keys }: Known): fc.Arbitrary<readonly Header[]> {
  if (keys.length === 0) return fc.constant([]);
  const [whole, ...lesser] = keys.map((key): readonly Header[] => [["authorization", `Bearer ${key}`]]);
  return fc.oneof(
    { arbitrary: fc.constant(whole ?? []), weight: 20 },
    { arbitrary: fc.constantFrom<readonly Header[]>([], ...lesser), weight: 1 },
  );
}
