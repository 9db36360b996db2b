import { describe, expect, it } from "vitest";
import { requestAttributes, responseAttributes } from "./request-attributes.ts";

describe("what a span tells of a request to Elasticsearch", () => {
  it.each([
    ["POST", "/lapse-features-2024-03-02%2Clapse-x/_search", "search", "lapse-features-2024-03-02,lapse-x"],
    ["PUT", "/lapse-ledger/_create/eve", "create", "lapse-ledger"],
    ["POST", "/_mget", "mget", undefined],
    ["GET", "/", undefined, undefined],
  ])("%s %s: the operation and the index, never a document", (method, path, operation, index) => {
    expect(requestAttributes({ method, path })).toEqual({
      "http.request.method": method,
      ...(operation !== undefined && { "db.operation.name": operation }),
      ...(index !== undefined && { "db.collection.name": index }),
    });
  });

  it("of a bulk request the index of the first operation", () => {
    const body = '{"create":{"_index":"lapse-actions-2024.03","_id":"eve"}}\n{"user":{"id":"eve"}}\n';
    const attributes = requestAttributes({ method: "POST", path: "/_bulk", body });
    expect(attributes).toMatchObject({ "db.collection.name": "lapse-actions-2024.03" });
    expect(JSON.stringify(attributes)).not.toContain("eve");
  });

  it("of a response the number of documents", () => {
    expect(responseAttributes({ items: [1, 2] })).toEqual({ "db.response.returned_rows": 2 });
    expect(responseAttributes({ docs: [1] })).toEqual({ "db.response.returned_rows": 1 });
    expect(responseAttributes({ hits: { hits: [] } })).toEqual({ "db.response.returned_rows": 0 });
    expect(responseAttributes("nothing")).toEqual({});
    expect(responseAttributes({ acknowledged: true })).toEqual({});
  });
});
