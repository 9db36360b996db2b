import { describe, expect, it } from "vitest";
import * as z from "zod";
import { json } from "./http.ts";
import { getRoute, jsonRoute } from "./route.ts";
import { wholeNumber } from "./settings.ts";

const parameters = z.object({ version: z.string().optional(), count: wholeNumber(0, 9).default(5) });
const body = z.object({ user: z.string() });
const request = { path: "/", headers: {}, body: Buffer.alloc(0) };

const route = jsonRoute({
  path: "/",
  access: "open",
  summary: "A test",
  responses: {},
  bodyLimit: 100,
  body,
  parameters,
  handle: async ({ user }, { count }) => json(200, { user, count }),
});

async function post(text: string | Uint8Array, headers: Record<string, string> = {}) {
  return route.handle({ ...request, method: "POST", headers, body: Buffer.from(text) });
}

const text = '{"user":"Zoë"}';
const zoe = { body: '{"user":"Zoë","count":5}' };

describe("a route that takes JSON", () => {
  it("reads it under any JSON content type, and without one", async () => {
    expect(await post(text, { "content-type": "application/json" })).toMatchObject(zoe);
    expect(await post(text, { "content-type": "application/vnd.lapse+json; charset=UTF-8" })).toMatchObject(zoe);
    expect(await post(text)).toMatchObject(zoe);
  });

  it("refuses another content type", async () => {
    await expect(post(text, { "content-type": "text/plain" })).rejects.toMatchObject({
      kind: "unsupported-media-type",
      message: "Send JSON with content-type: application/json, not text/plain.",
    });
  });

  it.each([["{"], [Buffer.of(0x22, 0xff, 0x22)], ['{"user":1}'], ["[]"]])("refuses the body %s", async (wrong) => {
    await expect(post(wrong)).rejects.toMatchObject({ kind: "invalid" });
  });
});

describe("the parameters of a route", () => {
  const show = getRoute({
    path: "/:version",
    access: "open",
    summary: "A test",
    parameters,
    responses: {},
    handle: async (given) => json(200, given),
  });
  const get = async (query?: string) =>
    show.handle({ ...request, method: "GET", parameters: { version: "v 1" }, query });

  it("are those of the path and of the query", async () => {
    expect((await get()).body).toBe('{"version":"v 1","count":5}');
    expect((await get("count=2&version=other")).body).toBe('{"version":"v 1","count":2}');
  });

  it("are named when they are wrong", async () => {
    await expect(get("count=x")).rejects.toMatchObject({ kind: "invalid", message: expect.stringContaining("count") });
  });
});
