import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DirectoryDeadLetters } from "#stores/dead-letters/directory/dead-letters.ts";
import { Connection } from "../fuzz/connection.ts";
import { type RunningTarget, startFunctionTarget } from "../fuzz/targets.ts";
import type { Header } from "../fuzz/wire-request.ts";

const schemas = process.env.LAPSE_SCHEMAS ?? "";
if (schemas === "") console.warn("LAPSE_SCHEMAS is not set: the list of scenarios is NOT compared with the features.");

/** Keeps what it is sent as it has read it, whatever its type, and so shows how lapse parses requests. */
let target: RunningTarget;

beforeAll(async () => {
  target = await startFunctionTarget("dead-letters");
});

afterAll(() => target.stop());

/** Sends a request of the feature to the path that the function serves, and returns the event that lapse has read. */
async function parsed(headers: readonly Header[], body: string) {
  const connection = new Connection(target.port, 10_000);
  const outcome = await connection.send({
    route: "POST /",
    isOnRoute: true,
    method: "POST",
    target: "/",
    version: "HTTP/1.1",
    headers: [["Host", "example.com"], ...headers],
    body: Buffer.from(body),
    framing: { kind: "length" },
  });
  connection.close();
  expect(outcome).toMatchObject({ kind: "response", status: 204 });
  const letters = new DirectoryDeadLetters(join(target.folder, "dead-letters"));
  const [letter] = await letters.list();
  if (letter === undefined) throw new Error("The event was not kept.");
  await letters.remove(letter);
  // An event of lapse does without the content type that data has by itself.
  const { data, datacontenttype = "application/json", ...attributes } = letter.event;
  return { attributes: { ...attributes, datacontenttype }, data };
}

const attributes = {
  id: "1234-1234-1234",
  type: "com.example.someevent",
  source: "/mycontext/subcontext",
  time: "2018-04-05T03:56:24Z",
};

/** https://github.com/cloudevents/conformance, features/http-protocol-binding.feature. */
describe("Feature: HTTP protocol binding", () => {
  it.each(["application/json", "application/json; charset=utf-8"])(
    "Scenario Outline: Binary content mode (%s)",
    async (contentType) => {
      const headers: readonly Header[] = [
        ["ce-specversion", "1.0"],
        ["ce-type", "com.example.someevent"],
        ["ce-time", "2018-04-05T03:56:24Z"],
        ["ce-id", "1234-1234-1234"],
        ["ce-source", "/mycontext/subcontext"],
        ["Content-Type", contentType],
      ];
      expect(await parsed(headers, '{\n    "message": "Hello World!"\n}')).toEqual({
        attributes: { ...attributes, datacontenttype: contentType },
        data: { message: "Hello World!" },
      });
    },
  );

  it.each(["application/cloudevents+json", "application/cloudevents+json; charset=utf-8"])(
    "Scenario Outline: Structured content mode (%s)",
    async (contentType) => {
      const body = `{
    "specversion": "1.0",
    "type": "com.example.someevent",
    "time": "2018-04-05T03:56:24Z",
    "id": "1234-1234-1234",
    "source": "/mycontext/subcontext",
    "datacontenttype": "application/json",
    "data": {
        "message": "Hello World!"
    }
}`;
      expect(await parsed([["Content-Type", contentType]], body)).toEqual({
        attributes: { ...attributes, datacontenttype: "application/json" },
        data: { message: "Hello World!" },
      });
    },
  );

  it.skipIf(schemas === "")("has these two scenarios, each with these two content types", async () => {
    const feature = await readFile(join(schemas, "http-protocol-binding.feature"), "utf8");
    const scenarios = [...feature.matchAll(/Scenario(?: Outline)?: (.*)/g)].map(([, name]) => name);
    expect(scenarios).toEqual(["Binary content mode (<contentType>)", "Structured content mode (<contentType>)"]);
    const examples = [...feature.matchAll(/^ *\| (application\/\S+(?:; \S+)?) +\|$/gm)].map(([, type]) => type);
    expect(examples).toEqual([
      "application/json",
      "application/json; charset=utf-8",
      "application/cloudevents+json",
      "application/cloudevents+json; charset=utf-8",
    ]);
  });
});
