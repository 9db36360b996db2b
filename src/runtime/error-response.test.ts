import { describe, expect, it } from "vitest";
import { InvalidInput, NotFound } from "#churn/failure.ts";
import { errorResponse, isRetried, statusOf } from "./error-response.ts";
import { TooLarge } from "./failures.ts";

describe("errorResponse", () => {
  it("tells what a failure says, with its details", () => {
    const { status, headers, body } = errorResponse(new InvalidInput("id is required.", { details: { field: "id" } }));
    expect(status).toBe(400);
    expect(headers).toEqual({ "content-type": "application/json; charset=utf-8" });
    expect(JSON.parse(String(body))).toEqual({ error: "id is required.", field: "id" });
  });

  it("has a status for each kind of failure", () => {
    expect(errorResponse(new NotFound("x")).status).toBe(404);
    expect(errorResponse(new TooLarge("x")).status).toBe(413);
    expect([statusOf("conflict"), statusOf("corrupt"), statusOf("full")]).toEqual([409, 500, 507]);
  });

  it.each([new TypeError("password=hunter2"), "password=hunter2", undefined])("hides what is no failure", (error) => {
    const { status, body } = errorResponse(error);
    expect(status).toBe(500);
    expect(body).not.toContain("hunter2");
    expect(JSON.parse(String(body))).toHaveProperty("error");
  });
});

describe("a status", () => {
  it.each([404, 408, 409, 429, 500, 502, 503, 504])("of %i is retried", (status) => {
    expect(isRetried(status)).toBe(true);
  });

  it.each([400, 401, 403, 405, 413, 415, 422, 301])("of %i is not", (status) => {
    expect(isRetried(status)).toBe(false);
  });
});
