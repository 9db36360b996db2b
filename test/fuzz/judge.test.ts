import { describe, expect, it } from "vitest";
import type { OpenApi } from "#runtime/openapi/document.ts";
import type { JsonSchema } from "#runtime/openapi/json-schema.ts";
import { judgeBy } from "./judge.ts";
import type { WireRequest } from "./wire-request.ts";

const error: JsonSchema = { type: "object", required: ["error"] };
const api: OpenApi = {
  openapi: "3.1.1",
  info: { title: "", version: "", description: "" },
  tags: [],
  components: { schemas: { Error: error, Problem: error }, securitySchemes: {} },
  paths: {
    "/ready": {
      get: {
        ...{ operationId: "ready", tags: [], summary: "", security: [] },
        responses: { 503: { description: "Not ready.", content: { "application/json": { schema: error } } } },
      },
    },
  },
};
const request: WireRequest = {
  ...{ route: "GET /ready", isOnRoute: true, method: "GET", target: "/ready", version: "HTTP/1.1", headers: [] },
  ...{ body: Buffer.alloc(0), framing: { kind: "length" } },
};

function judged(status: number, headers: Record<string, string> = {}): string | undefined {
  const all = new Map(Object.entries({ "content-type": "application/json", ...headers }));
  const body = Buffer.from('{"error":"No."}');
  return judgeBy(api)(request, { kind: "response", status, headers: all, body, milliseconds: 1 });
}

describe("a response to a generated request", () => {
  it.each([500, 502, 503])("with the status %i is a fault, also where it is described: nothing is away", (status) => {
    expect(judged(status)).toBe(`the status is ${status}`);
  });

  it("that does not let an event in is none: a broker sends it again", () => {
    expect(judged(503, { "www-authenticate": "Bearer" })).toBeUndefined();
    expect(judged(500, { "www-authenticate": "Bearer" })).toBe("the status is 500");
  });

  it("must be as described", () => {
    expect(judged(400)).toBeUndefined();
    expect(judged(200)).toBe("the status 200 is not described");
    expect(judged(401)).toBe("what to show is not told");
  });
});
