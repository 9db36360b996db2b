import { describe, expect, it } from "vitest";
import { InvalidInput } from "#churn/failure.ts";
import { checked } from "#runtime/route.ts";
import { contactItems } from "./contact-items.ts";

describe("the contacts of a request", () => {
  it("are refused with the place and the faults of the first that is wrong", () => {
    const items = [{ user_id: "ann" }, { user_id: "", channel: 7 }, {}];
    expect(() => checked(contactItems, items, "The body")).toThrow(InvalidInput);
    expect(() => checked(contactItems, items, "The body")).toThrow(/\[1\]\.user_id: .*; \[1\]\.channel: [^;]*$/);
    expect(checked(contactItems, items.slice(0, 1), "The body")).toEqual([{ user_id: "ann" }]);
  });
});
