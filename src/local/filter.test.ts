import { describe, expect, it } from "vitest";
import { actionEvent } from "#runtime/event-kinds.ts";
import { type FilterExpression, filterExpressionSchema, matches } from "./filter.ts";

const event = {
  id: "1",
  source: "/shop/checkout",
  type: actionEvent.type,
  subject: "u1",
  data: {},
  extensions: { lapsejob: "train", attempt: 3, empty: "" },
};

function takes(attributes: Record<string, string>, expressions: FilterExpression[] = []): boolean {
  return matches({ attributes, expressions }, event);
}

describe("the attributes of a Trigger's filter", () => {
  it("takes every event when there are none", () => {
    expect(takes({})).toBe(true);
  });

  it("must all be equal, extensions included", () => {
    expect(takes({ type: actionEvent.type, lapsejob: "train" })).toBe(true);
    expect(takes({ type: actionEvent.type, lapsejob: "features" })).toBe(false);
    expect(takes({ type: "dev.lapse.actions", lapsejob: "train" })).toBe(false);
  });

  it("compare case by case, and the whole value", () => {
    expect(takes({ type: "dev.lapse.Action" })).toBe(false);
    expect(takes({ type: "dev.lapse" })).toBe(false);
  });

  it("do not match an attribute that the event lacks", () => {
    expect(takes({ traceparent: "train" })).toBe(false);
    expect(takes({ time: "2026-01-01T00:00:00Z" })).toBe(false);
  });

  it("with an empty value ask only that the attribute is there", () => {
    expect(takes({ subject: "" })).toBe(true);
    expect(takes({ traceparent: "" })).toBe(false);
    expect(takes({ empty: "" })).toBe(false);
  });

  it("know the specversion and the content type of the data", () => {
    expect(takes({ specversion: "1.0", datacontenttype: "application/json" })).toBe(true);
  });

  it.each([
    [{ bytes: Buffer.from("a"), datacontenttype: "text/plain" }, "text/plain"],
    [{ data: 1, datacontenttype: "application/vnd.shop+json" }, "application/vnd.shop+json"],
    [{ bytes: Buffer.from("1.0") }, "application/json"],
  ])("know the content type of data of any kind: %j", (payload, datacontenttype) => {
    const { data: _, ...bare } = event;
    expect(matches({ attributes: { datacontenttype }, expressions: [] }, { ...bare, ...payload })).toBe(true);
    expect(matches({ attributes: { datacontenttype: "image/png" }, expressions: [] }, { ...bare, ...payload })).toBe(
      false,
    );
  });

  it("know no content type without data, and a schema where there is one", () => {
    const { data: _, ...bare } = event;
    expect(matches({ attributes: { datacontenttype: "" }, expressions: [] }, bare)).toBe(false);
    const dataschema = "https://shop.example/schema";
    expect(matches({ attributes: { dataschema }, expressions: [] }, { ...event, dataschema })).toBe(true);
    expect(takes({ dataschema: "" })).toBe(false);
  });

  it("compare numbers as text", () => {
    expect(takes({ attempt: "3" })).toBe(true);
  });
});

describe("the filters of a Trigger", () => {
  const cases: [string, FilterExpression, boolean][] = [
    ["exact", { exact: { type: actionEvent.type, subject: "u1" } }, true],
    ["exact, one of two wrong", { exact: { type: actionEvent.type, subject: "u2" } }, false],
    ["prefix", { prefix: { type: "dev.lapse." } }, true],
    ["prefix of another", { prefix: { type: "com." } }, false],
    ["prefix of what is absent", { prefix: { time: "2026" } }, false],
    ["suffix", { suffix: { source: "/checkout" } }, true],
    ["suffix of another", { suffix: { source: "/cart" } }, false],
    ["not", { not: { exact: { subject: "u2" } } }, true],
    ["not of a match", { not: { exact: { subject: "u1" } } }, false],
    ["all", { all: [{ prefix: { type: "dev." } }, { exact: { subject: "u1" } }] }, true],
    ["all, one wrong", { all: [{ prefix: { type: "dev." } }, { exact: { subject: "u2" } }] }, false],
    ["any", { any: [{ exact: { subject: "u2" } }, { exact: { subject: "u1" } }] }, true],
    ["any, none right", { any: [{ exact: { subject: "u2" } }, { exact: { subject: "u3" } }] }, false],
    ["nested", { not: { any: [{ exact: { subject: "u2" } }, { not: { prefix: { type: "dev" } } }] } }, true],
  ];

  it.each(cases)("speak %s", (_, expression, expected) => {
    expect(takes({}, [expression])).toBe(expected);
  });

  it("must all hold", () => {
    expect(takes({}, [{ prefix: { type: "dev." } }, { exact: { subject: "u1" } }])).toBe(true);
    expect(takes({}, [{ prefix: { type: "dev." } }, { exact: { subject: "u2" } }])).toBe(false);
  });

  it("take the place of the attributes", () => {
    expect(takes({ type: "another" }, [{ exact: { subject: "u1" } }])).toBe(true);
  });

  it("are refused in a dialect that is not spoken here, when empty, or when two stand in one", () => {
    expect(filterExpressionSchema.safeParse({ cesql: "type = 'a'" }).success).toBe(false);
    expect(filterExpressionSchema.safeParse({ all: [] }).success).toBe(false);
    expect(filterExpressionSchema.safeParse({ exact: { type: "" } }).success).toBe(false);
    expect(filterExpressionSchema.safeParse({ exact: { type: "a" }, not: { exact: { type: "b" } } }).success).toBe(
      false,
    );
    expect(filterExpressionSchema.safeParse({ not: { any: [{ prefix: { type: "a" } }] } }).success).toBe(true);
  });
});
