import { expect, it } from "vitest";
import { StoreUnavailable } from "../failures.ts";
import { type ContactOutcome, GatheredContacts } from "./gathered-contacts.ts";

const created: ContactOutcome = { status: "created" };

it("write no more often while the server is away, and each call is asked to send again", async () => {
  const writes: number[] = [];
  const away = async (items: readonly unknown[]): Promise<ContactOutcome[]> => {
    writes.push(items.length);
    await new Promise(setImmediate);
    return items.map(() => ({ status: "unavailable", reason: "no response" }));
  };
  const gathered = new GatheredContacts({ append: away, optOut: away });
  const calls = Array.from({ length: 20 }, (_, i) => gathered.append([{ userId: `user-${i}`, time: i }]));
  const results = await Promise.allSettled(calls);
  expect(writes).toEqual([1, 19]);
  for (const result of results)
    expect(result).toMatchObject({ status: "rejected", reason: expect.any(StoreUnavailable) });
  await expect(gathered.optOut([{ userId: "ann", time: 0 }])).rejects.toThrow(
    "Could not store who wants no contact: 1 of 1 were not taken (no response).",
  );
});

it("fail only those calls of which something is missing", async () => {
  const gathered = new GatheredContacts({
    append: async (contacts) =>
      contacts.map(({ userId }) => (userId === "eve" ? { status: "unavailable", reason: "closed" } : created)),
    optOut: async () => [],
  });
  const [first, second, third] = ["ann", "ben", "eve"].map((userId) => gathered.append([{ userId, time: 0 }]));
  expect(await first).toEqual({ created: 1, duplicates: 0 });
  expect(await second).toEqual({ created: 1, duplicates: 0 });
  await expect(third).rejects.toThrow(StoreUnavailable);
});
