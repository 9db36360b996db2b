import { describe, expect, it } from "vitest";
import { InvalidInput } from "#churn/failure.ts";
import { actionEvent } from "#runtime/event-kinds.ts";
import { UnsupportedMediaType } from "#runtime/failures.ts";
import { batchItems } from "./batch-items.ts";
import { Unreadable } from "./item.ts";

const type = "application/cloudevents-batch+json";
const event = {
  specversion: "1.0",
  id: "1",
  source: "/shop",
  type: actionEvent.type,
  subject: "u1",
  data: { action: "buy" },
};
const item = { user_id: "u1", action: "buy", event_id: "1", source: "/shop" };

function itemsOf(body: string, contentType = type): unknown[] {
  const request = { method: "POST", path: "/", headers: { "content-type": contentType }, body: Buffer.from(body) };
  return [...batchItems(request, 3)];
}

describe("the items of a batch", () => {
  it("are its events; one that is none, or no JSON, spoils only itself", () => {
    const [first, second, third] = itemsOf(`[${JSON.stringify(event)}, 4, {"id":}]`);
    expect(first).toMatchObject({ item });
    expect(second).toEqual(new Unreadable("A CloudEvent must be a JSON object."));
    expect(third).toEqual(new Unreadable("is not valid JSON."));
  });

  it("are refused as a whole unless they are an array in JSON", () => {
    expect(() => itemsOf("{}")).toThrow(new InvalidInput("A batch of CloudEvents must be a JSON array."));
    expect(() => itemsOf("[{}")).toThrow(new InvalidInput("The body is not valid JSON."));
    expect(() => itemsOf("<events/>", "application/cloudevents-batch+xml")).toThrow(UnsupportedMediaType);
  });

  it("are at most as many as one request may hold", () => {
    expect(itemsOf("[1,2,3]")).toHaveLength(3);
    expect(() => itemsOf("[1,2,3,4]")).toThrow("The body holds more than 3 items; send it in parts.");
  });
});
