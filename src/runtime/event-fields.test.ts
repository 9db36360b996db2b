import { expect, it } from "vitest";
import { eventFields } from "./event-fields.ts";

const event = { id: "e1", source: "/shop", type: "dev.lapse.action" };

it("names an event by its id within its source, its type and its trace", () => {
  const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  expect(eventFields({ ...event, extensions: { traceparent } })).toEqual({
    "event.id": "e1",
    "event.provider": "/shop",
    "event.action": "dev.lapse.action",
    "trace.id": "0af7651916cd43dd8448eb211c80319c",
    "span.id": "b7ad6b7169203331",
  });
});

it.each([{}, { extensions: { traceparent: "none" } }])("names no trace where there is none: %j", (more) => {
  expect(Object.keys(eventFields({ ...event, ...more }))).toEqual(["event.id", "event.provider", "event.action"]);
});
