import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bucketOf } from "#churn/action.ts";
import { parseDay, startOf } from "#churn/day.ts";
import { oddUserIds } from "#test/support/odd-user-ids.ts";
import type { Contact, ContactStore } from "./contact-store.ts";

export interface OpenContactStore {
  readonly store: ContactStore;
  /** Closes the store and opens what it stored. */
  reopen(): Promise<ContactStore>;
  /** Closes everything and removes it. */
  dispose(): Promise<void>;
}

/** What every ContactStore must do; `open` returns an empty one. */
export function describeContactStore(name: string, open: () => Promise<OpenContactStore>): void {
  describe(`${name} as a store of contacts`, () => {
    let opened: OpenContactStore;
    let store: ContactStore;

    beforeEach(async () => {
      opened = await open();
      store = opened.store;
    });

    afterEach(() => opened.dispose());

    it("is empty at first", async () => {
      expect(await store.statesOf(["ann"], 0)).toEqual(new Map());
      expect(await store.statesOf([], 0)).toEqual(new Map());
      expect(await store.contactsOf("ann")).toEqual([]);
      expect(await all(store.contacts("spring"))).toEqual([]);
      expect(await store.optIn(["ann"])).toBe(0);
      expect(await store.erase(["ann"])).toEqual({ contacts: 0, optOuts: 0 });
      expect(await store.dropMonthsBefore(parseDay("2026-05-01")!)).toBe(0);
      expect(await store.append([])).toEqual({ created: 0, duplicates: 0 });
      await store.optOut([]);
    });

    it("returns what was added, once, also after reopening", async () => {
      const contacts = [
        contact("ann", april1, { campaignId: "spring", channel: "mail" }),
        contact("ann", april1, { campaignId: "spring", channel: "push" }),
        contact("ann", april1 + 1),
        contact("🦆", may1, { campaignId: "spring" }),
      ];
      expect(await store.append(contacts)).toEqual({ created: 4, duplicates: 0 });
      expect(await store.append([...contacts, contact("ben", april1)])).toEqual({ created: 1, duplicates: 4 });
      store = await opened.reopen();
      expect(await store.contactsOf("ann")).toEqual(contacts.slice(0, 3));
      expect(await store.contactsOf("🦆")).toEqual(contacts.slice(3));
    });

    it("counts a contact that a batch has twice as one", async () => {
      expect(await store.append([contact("ann", april1), contact("ann", april1)])).toEqual({
        created: 1,
        duplicates: 1,
      });
    });

    it("tells each of many callers at a time what became of their own contacts", async () => {
      await store.append([contact("user-3", april1)]);
      const calls = Array.from({ length: 20 }, (_, i) => store.append([contact(`user-${i}`, april1)]));
      const twice = store.append([contact("user-5", april1), contact("ann", may1)]);
      const optOuts = Array.from({ length: 20 }, (_, i) => store.optOut([{ userId: `user-${i % 10}`, time: april1 }]));
      const created = (await Promise.all(calls)).map((one) => one.created);
      expect(created).toEqual(Array.from({ length: 20 }, (_, i) => (i === 3 ? 0 : 1)));
      expect(await twice).toEqual({ created: 1, duplicates: 1 });
      await Promise.all(optOuts);
      const states = await store.statesOf(["user-3", "user-15"], 0);
      expect(states.get("user-3")).toEqual({ lastContactedAt: april1, optedOutAt: april1 });
      expect(states.get("user-15")).toEqual({ lastContactedAt: april1, optedOutAt: undefined });
    });

    it("streams the contacts of a campaign in the order of users", async () => {
      const users = [...Array.from({ length: 200 }, (_, i) => `user-${i}`), ...oddUserIds];
      await store.append(users.map((userId) => contact(userId, april1, { campaignId: "spring" })));
      await store.append(users.map((userId) => contact(userId, may1, { campaignId: "autumn" })));
      const expected = users.toSorted(
        (a, b) => bucketOf(a) - bucketOf(b) || Buffer.compare(Buffer.from(a), Buffer.from(b)),
      );
      const found = await all(store.contacts("spring"));
      expect(found.map(({ userId }) => userId)).toEqual(expected);
      expect(new Set(found.map(({ time }) => time))).toEqual(new Set([april1]));
    });

    it("knows when users were contacted last, and who wants no contact", async () => {
      await store.append([
        contact("ann", april1),
        contact("ann", april1 + 5),
        contact("ben", april1),
        contact("cy", 0),
      ]);
      await store.optOut([
        { userId: "ben", time: may1 },
        { userId: "🦆", time: may1 },
        { userId: "🦆", time: may1 + 1 },
      ]);
      await store.optOut([{ userId: "ben", time: may1 + 1 }]);
      const asked = ["ann", "ben", "cy", "🦆", "nobody"];
      const expected = new Map([
        ["ann", { lastContactedAt: april1 + 5, optedOutAt: undefined }],
        ["ben", { lastContactedAt: april1, optedOutAt: may1 }],
        ["🦆", { lastContactedAt: undefined, optedOutAt: may1 }],
      ]);
      expect(await store.statesOf(asked, april1)).toEqual(expected);
      store = await opened.reopen();
      expect(await store.statesOf(asked, april1)).toEqual(expected);
      expect(await store.optIn(["ben", "nobody"])).toBe(1);
      expect((await store.statesOf(asked, 0)).get("ben")).toEqual({ lastContactedAt: april1, optedOutAt: undefined });
    });

    it("finds many users at once", async () => {
      const users = Array.from({ length: 1_500 }, (_, i) => `user-${i}`);
      await store.append(users.map((userId, i) => contact(userId, april1 + i)));
      const found = await store.statesOf(users, 0);
      expect(found.size).toBe(1_500);
      expect(found.get("user-1499")?.lastContactedAt).toBe(april1 + 1_499);
    });

    it("erases users and no others", async () => {
      await store.append([contact("ann", april1), contact("ann", may1), contact("ben", april1)]);
      await store.optOut(["ann", "ben"].map((userId) => ({ userId, time: april1 })));
      expect(await store.erase(["ann", "nobody"])).toEqual({ contacts: 2, optOuts: 1 });
      expect(await store.erase(["ann"])).toEqual({ contacts: 0, optOuts: 0 });
      expect([...(await store.statesOf(["ann", "ben"], 0)).keys()]).toEqual(["ben"]);
    });

    it("drops whole months of contacts, and none of who wants no contact", async () => {
      await store.append([contact("ann", april1 - 1), contact("ann", april1), contact("ben", may1)]);
      await store.optOut([{ userId: "ann", time: 0 }]);
      expect(await store.dropMonthsBefore(parseDay("2026-04-20")!)).toBe(1);
      expect(await store.contactsOf("ann")).toEqual([contact("ann", april1)]);
      expect((await store.statesOf(["ann"], 0)).get("ann")?.optedOutAt).toBe(0);
    });
  });
}

const april1 = startOf(parseDay("2026-04-01")!);
const may1 = startOf(parseDay("2026-05-01")!);

function contact(userId: string, time: number, changes: Partial<Contact> = {}): Contact {
  return { userId, time, campaignId: undefined, channel: undefined, ...changes };
}

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = [];
  for await (const item of items) found.push(item);
  return found;
}
