import { describe, expect, it } from "vitest";
import { InvalidInput } from "#churn/failure.ts";
import { checked } from "#runtime/route.ts";
import { contactItems, contactsIn } from "./contact-items.ts";

const now = Date.UTC(2026, 2, 5);
const oldest = Date.UTC(2016, 2, 1);

describe("the contacts of a request", () => {
  it("are refused with the place and the faults of the first that is wrong", () => {
    const items = [{ user_id: "ann" }, { user_id: "", channel: 7 }, {}];
    expect(() => checked(contactItems, items, "The body")).toThrow(InvalidInput);
    expect(() => checked(contactItems, items, "The body")).toThrow(/\[1\]\.user_id: .*; \[1\]\.channel: [^;]*$/);
    expect(checked(contactItems, items.slice(0, 1), "The body")).toEqual([{ user_id: "ann" }]);
  });

  it.each([
    ["1969-12-31T00:00:00Z", "is before 1970-01-02, as of a clock that was never set."],
    ["2016-02-29T23:59:59Z", "is before 2016-03-01, the oldest that is taken (OLDEST_ACTION)."],
    ["2026-03-06T00:00:00.001Z", "is more than a day in the future."],
  ])("are not of %s, neither is an opt-out", (timestamp, fault) => {
    const edge = { user_id: "ann", timestamp: "2016-03-01T00:00:00Z" };
    expect(contactsIn([edge], now, oldest).contacts).toMatchObject([{ userId: "ann", time: oldest }]);
    for (const opt_out of [false, true])
      expect(() => contactsIn([edge, { user_id: "ben", timestamp, opt_out }], now, oldest)).toThrow(
        new InvalidInput(`The contact of ben ${fault}`),
      );
  });
});
