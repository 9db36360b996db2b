import { describe, expect, it } from "vitest";
import { InvalidInput } from "#churn/failure.ts";
import { TooLarge, UnsupportedMediaType } from "#runtime/failures.ts";
import { contactsIn, itemsOfJson, mostContacts } from "./contact-items.ts";

const now = Date.UTC(2026, 2, 5);
const oldest = Date.UTC(2016, 2, 1);

describe("the contacts of a request", () => {
  it("are refused with the place and the faults of the first that is wrong", () => {
    const items = [{ user_id: "ann" }, { user_id: "", channel: {} }, {}];
    expect(() => contactsIn(items, now, oldest)).toThrow(InvalidInput);
    expect(() => contactsIn(items, now, oldest)).toThrow(/\[1\]\.user_id is required; \[1\]\.channel [^;]*$/);
    expect(contactsIn(items.slice(0, 1), now, oldest).contacts).toMatchObject([{ userId: "ann", time: now }]);
  });

  it("take no field of another name, as a misspelt opt-out would be a contact", () => {
    for (const name of ["optout", "time"])
      expect(() => contactsIn([{ user_id: "ann", [name]: true }], now, oldest)).toThrow(
        new InvalidInput(`The body is not valid: [0].${name} is no field of a contact.`),
      );
  });

  it("are parsed one by one, so that the first that is wrong ends the work, and as many are taken as are allowed", () => {
    const of = (body: string) =>
      itemsOfJson({ headers: { "content-type": "application/json" }, body: Buffer.from(body) });
    expect([...of('[{"user_id":"a"},{"user_id":"b"}]')]).toEqual([{ user_id: "a" }, { user_id: "b" }]);
    expect([...of('\ufeff {"user_id":"a"} ')]).toEqual([{ user_id: "a" }]);
    expect([...of(" [] ")]).toEqual([]);
    expect(contactsIn(of('[{"user_id":738529527931269425,"channel":NaN,}]'), now, oldest).contacts).toMatchObject([
      { userId: "738529527931269425", channel: undefined },
    ]);
    expect(() => contactsIn(of('[{"user_id":"a","x":1},{broken}]'), now, oldest)).toThrow(/\[0\]\.x is no field/);
    expect(() => contactsIn(of('[{"user_id":"a"},{broken}]'), now, oldest)).toThrow("The body is not valid JSON.");
    const contact = JSON.stringify({ user_id: "ann", campaign: "spring", channel: "mail", opt_out: false });
    const most = Array(mostContacts).fill(contact).join(",");
    expect(contactsIn(of(`[${most}]`), now, oldest).contacts).toHaveLength(mostContacts);
    expect(() => [...of(`[${most},${contact}]`)]).toThrow(TooLarge);
    expect(() => [...itemsOfJson({ headers: {}, body: Buffer.from("[]") })]).toThrow(UnsupportedMediaType);
  });

  it("of more than a hundred fields are refused without a look at each", () => {
    const item = Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`x${i}`, 1]));
    expect(() => contactsIn([item], now, oldest)).toThrow("The body is not valid: [0] has more than 100 fields.");
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
        new InvalidInput(`The body is not valid: [1].timestamp ${fault}`),
      );
  });
});
