import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Candidate } from "#churn/campaign/candidate.ts";
import { parseDay } from "#churn/day.ts";
import { InvalidInput } from "#churn/failure.ts";
import { type ListedUser, valueAtRisk } from "#churn/list/listed-user.ts";
import { noMeasures } from "#churn/list/measures.ts";
import { oddUserIds } from "#test/support/odd-user-ids.ts";
import {
  candidatesAtOnce,
  type FormerLists,
  type ToldThrough,
  type UserFilter,
  type UserList,
  type UserOrder,
  userOrders,
} from "./user-list.ts";

export interface OpenUserList {
  readonly list: UserList;
  /** Closes the list and opens what it stored. */
  reopen(): Promise<UserList>;
  /** Closes everything and removes it. */
  dispose(): Promise<void>;
}

/** What every UserList must do; `open` returns an empty one. */
export function describeUserList(name: string, open: () => Promise<OpenUserList>): void {
  describe(`${name} as a list of users`, () => {
    let opened: OpenUserList;
    let list: UserList;

    beforeEach(async () => {
      opened = await open();
      list = opened.list;
    });

    afterEach(() => opened.dispose());

    const write = async (users: readonly ListedUser[], at = 1_000) => {
      await list.put(users, at);
      await list.prune(at);
    };
    const chosen = async (filter: UserFilter, order: UserOrder = "user_id") =>
      (await list.page({ filter, order, limit: 100 })).users.map(({ userId }) => userId);

    it("is empty at first", async () => {
      expect(await list.page({ filter: {}, order: "probability", limit: 10 })).toEqual({ users: [], next: undefined });
      expect(await list.totals({})).toEqual({
        here: 0,
        slipping: 0,
        at_risk: 0,
        lapsed: 0,
        valueAtRisk: 0,
        moved: noMoves,
      });
      expect(await all(list.stream({}, "user_id"))).toEqual([]);
      expect(await all(list.candidates({}))).toEqual([]);
      expect(await list.get(["ann"])).toEqual(new Map());
      expect(await list.get([])).toEqual(new Map());
      expect(await list.erase(["ann"])).toBe(0);
      expect(await list.prune(1)).toBe(0);
      expect(await list.lastWritten()).toBe(0);
    });

    it("returns users as they were written, also after reopening", async () => {
      const users = [
        here("ann", 0.25, { value: 12.5, silence: 3, tenure: 400, activeDays: 20, usualGap: 2.5, typicalGap: 4 }),
        lapsed("ben"),
      ];
      await write(users);
      list = await opened.reopen();
      expect([...(await list.get(["ann", "ben", "nobody"])).values()].toSorted(byId)).toEqual(users);
      expect((await list.page({ filter: {}, order: "user_id", limit: 5 })).users).toEqual(users);
      expect(await all(list.stream({}, "user_id"))).toEqual(users);
    });

    it("keeps one row of each user, that of the last writing", async () => {
      await write([here("ann", 0.2), here("ben", 0.3)]);
      await list.put([lapsed("ann"), here("ben", 0.1), here("ben", 0.4)], 2_000);
      expect(await list.prune(2_000)).toBe(0);
      const found = await list.get(["ann", "ben"]);
      expect(found.get("ann")?.state).toBe("lapsed");
      expect(found.get("ben")?.probability).toBe(0.4);
      expect(await list.totals({})).toMatchObject({ here: 1, lapsed: 1 });
    });

    it("drops who was not written by the last run, and keeps what a later run has written already", async () => {
      await write([here("ann", 0.2), here("ben", 0.3), here("cy", 0.4)]);
      await list.put([here("ann", 0.5)], 2_000);
      await list.put([here("ben", 0.6)], 3_000);
      expect(await list.lastWritten()).toBe(3_000);
      expect(await list.prune(2_000)).toBe(1);
      expect(await chosen({})).toEqual(["ann", "ben"]);
    });

    it("goes on with a stream and with candidates of the list as it was, while the next list takes its place", async () => {
      const users = Array.from({ length: 11_000 }, (_, n) => here(`user-${String(n).padStart(5, "0")}`, n / 20_000));
      await write(users);
      const stream = list.stream({}, "probability")[Symbol.asyncIterator]();
      const candidates = list.candidates({})[Symbol.asyncIterator]();
      const first = await stream.next();
      const firstOnes: readonly Candidate[] = (await candidates.next()).value;
      expect((await list.get(users.map(({ userId }) => userId))).size).toBe(11_000);
      await write([here("ann", 0.5)], 2_000);
      let seen = first.done ? 0 : 1;
      for (let next = await stream.next(); !next.done; next = await stream.next()) seen += 1;
      expect(seen).toBe(11_000);
      const others = (await all({ [Symbol.asyncIterator]: () => candidates })).flat();
      expect(firstOnes).toHaveLength(candidatesAtOnce);
      expect(new Set([...firstOnes, ...others].map(({ userId }) => userId)).size).toBe(11_000);
      expect(await chosen({})).toEqual(["ann"]);
    });

    it("reads page by page in every order, without leaving out or repeating one of many equals", async () => {
      const users = [
        ...Array.from({ length: 60 }, (_, i) =>
          here(`user-${i}`, [0.1, 0.2, 0.3][i % 3] ?? 0, {
            value: i % 4 === 0 ? undefined : (i % 2) - 0.5,
            silence: i % 5,
          }),
        ),
        ...oddUserIds.map((userId) => lapsed(userId)),
      ];
      await write(users);
      for (const order of userOrders) {
        const expected = users.toSorted(inOrder(order)).map(({ userId }) => userId);
        const pages: string[] = [];
        let cursor: string | undefined;
        do {
          const page = await list.page({ filter: {}, order, limit: 7, cursor });
          pages.push(...page.users.map(({ userId }) => userId));
          cursor = page.next;
        } while (cursor !== undefined);
        expect(pages).toEqual(expected);
        expect((await all(list.stream({}, order))).map(({ userId }) => userId)).toEqual(expected);
      }
    });

    it("ends on a last page that is just full", async () => {
      await write([here("ann", 0.2), here("ben", 0.3)]);
      expect((await list.page({ filter: {}, order: "probability", limit: 2 })).next).toBeUndefined();
      expect((await list.page({ filter: {}, order: "probability", limit: 1 })).next).toBeDefined();
    });

    it("goes on after the place of a user who is gone", async () => {
      await write(["a", "b", "c", "d"].map((userId) => here(userId, 0.5)));
      const { next } = await list.page({ filter: {}, order: "probability", limit: 2 });
      await list.erase(["b"]);
      const rest = await list.page({ filter: {}, order: "probability", limit: 9, cursor: next });
      expect(rest.users.map(({ userId }) => userId)).toEqual(["c", "d"]);
    });

    it("refuses a cursor that is damaged or of another order", async () => {
      await write(["a", "b"].map((userId) => here(userId, 0.5)));
      const { next } = await list.page({ filter: {}, order: "probability", limit: 1 });
      for (const cursor of ["", "x", "bnVsbA", "W10", "eyJhIjoxfQ"])
        await expect(list.page({ filter: {}, order: "probability", limit: 1, cursor })).rejects.toThrow(InvalidInput);
      await expect(list.page({ filter: {}, order: "silence", limit: 1, cursor: next })).rejects.toThrow(
        "of the list by probability, not by silence",
      );
    });

    it("filters by state, risk, value, silence, tenure, reason and id", async () => {
      await write([
        here("ann", 0.1, { value: 10, silence: 1, tenure: 100 }),
        here("anton", 0.3, { value: 20, silence: 2, tenure: 200, reasons: [reason("days_since_last")] }),
        here("ben", 0.8, { value: 30, silence: 3, tenure: 300, reasons: [reason("value_30d"), reason("actions_30d")] }),
        here("cy", 0.9),
        lapsed("dan"),
      ]);
      expect(await chosen({ state: "here" })).toEqual(["ann", "anton", "ben", "cy"]);
      expect(await chosen({ state: "slipping" })).toEqual(["anton"]);
      expect(await chosen({ state: "at_risk" }, "probability")).toEqual(["cy", "ben"]);
      expect(await chosen({ state: "lapsed" })).toEqual(["dan"]);
      expect(await chosen({ minProbability: 0.3, maxProbability: 0.8 })).toEqual(["anton", "ben"]);
      expect(await chosen({ minValue: 20 })).toEqual(["anton", "ben"]);
      expect(await chosen({ maxValue: 20, minSilence: 2, maxTenure: 200 })).toEqual(["anton"]);
      expect(await chosen({ maxSilence: 1 })).toEqual(["ann"]);
      expect(await chosen({ minTenure: 300 })).toEqual(["ben"]);
      expect(await chosen({ reason: "rhythm" })).toEqual(["anton"]);
      expect(await chosen({ reason: "value" })).toEqual(["ben"]);
      expect(await chosen({ idPrefix: "an" })).toEqual(["ann", "anton"]);
      expect(await chosen({ idPrefix: "an%" })).toEqual([]);
      expect((await all(list.stream({ state: "at_risk" }, "user_id"))).map(({ userId }) => userId)).toEqual([
        "ben",
        "cy",
      ]);
    });

    it("has as candidates who fits a filter and has a probability, with what is known of each", async () => {
      const ann = { value: 10, silence: 1, tenure: 100, activeDays: 7 };
      await write([here("ann", 0.6, ann), here("ben", 0.7, { value: 30 }), here("cy", 0.2), lapsed("dan")]);
      const found = async (filter: UserFilter) =>
        (await all(list.candidates(filter))).flat().toSorted((a, b) => (a.userId < b.userId ? -1 : 1));
      const unknown = { value: undefined, silence: undefined, tenure: undefined, activeDays: undefined };
      const [first, second, third] = [
        { userId: "ann", probability: 0.6, ...ann },
        { userId: "ben", probability: 0.7, ...unknown, value: 30 },
        { userId: "cy", probability: 0.2, ...unknown },
      ];
      expect(await found({})).toEqual([first, second, third]);
      expect(await found({ state: "at_risk" })).toEqual([first, second]);
      expect(await found({ state: "here", maxValue: 20 })).toEqual([first]);
      expect(await found({ state: "lapsed" })).toEqual([]);
    });

    it("counts every state, and what is at risk", async () => {
      await write([
        here("ann", 0.1, { value: 10 }),
        here("ben", 0.8, { value: 30 }),
        here("cy", 0.9),
        here("di", 0.3, { value: 100 }),
        lapsed("dan"),
      ]);
      expect(await list.totals({ state: "lapsed" })).toEqual({
        here: 4,
        slipping: 1,
        at_risk: 2,
        lapsed: 1,
        valueAtRisk: 24,
        moved: { ...noMoves, entered: 2 },
      });
      expect(await list.totals({ minValue: 20 })).toMatchObject({ here: 2, at_risk: 1, lapsed: 0 });
    });

    it("tells whose risk has changed since the snapshot before, however often the users of one are written", async () => {
      await write([here("ann", 0.1), here("ben", 0.9), here("cy", 0.9), here("di", 0.9), here("eve", 0.3)]);
      expect((await list.totals({})).moved).toEqual({ ...noMoves, entered: 3 });
      const next = [
        ...[here("ann", 0.9), here("ben", 0.1), lapsed("cy"), here("di", 0.8), here("eve", 0.1)],
        ...[here("new", 0.9), lapsed("old")],
      ];
      for (const at of [2_000, 3_000])
        await write(
          next.map((user) => ({ ...user, snapshot: snapshot + 1 })),
          at,
        );
      expect((await list.totals({ moved: "lost" })).moved).toEqual({ entered: 2, calmed: 1, lost: 1 });
      expect(await chosen({ moved: "entered" })).toEqual(["ann", "new"]);
      expect(await chosen({ moved: "calmed" })).toEqual(["ben"]);
      expect(await chosen({ moved: "lost" })).toEqual(["cy"]);
      const found = await list.get(["ann", "cy", "new"]);
      expect(["ann", "cy", "new"].map((userId) => found.get(userId)?.riskBefore)).toEqual(["low", "high", undefined]);
    });

    it("takes who is at medium risk for as much at risk as they were, for however many snapshots", async () => {
      await write([here("ann", 0.9), here("ben", 0.1), here("cy", 0.9), here("di", 0.9)]);
      let day = snapshot;
      const later = async (...users: readonly ListedUser[]) => {
        day += 1;
        await write(
          users.map((user) => ({ ...user, snapshot: day })),
          1_000 + day,
        );
      };
      const between = ["ann", "ben", "cy", "di"].map((userId) => here(userId, 0.3));
      for (let i = 0; i < 31; i++) {
        await later(...between);
        expect((await list.totals({})).moved).toEqual(noMoves);
      }
      const users = await list.get(["ann", "ben"]);
      expect(users.get("ann")).toMatchObject({ riskBefore: "medium", wasAtRisk: true });
      expect(users.get("ben")).toMatchObject({ riskBefore: "medium", wasAtRisk: false });
      await later(here("ann", 0.1), here("ben", 0.9), lapsed("cy"), here("di", 0.9));
      expect(await chosen({ moved: "entered" })).toEqual(["ben"]);
      expect(await chosen({ moved: "calmed" })).toEqual(["ann"]);
      expect(await chosen({ moved: "lost" })).toEqual(["cy"]);
      await later(here("ann", 0.9), here("ben", 0.9), here("cy", 0.9), here("di", 0.1));
      expect(await chosen({ moved: "entered" })).toEqual(["ann", "cy"]);
      expect(await chosen({ moved: "calmed" })).toEqual(["di"]);
    });

    it("tells a list that is made again on the same day against the last one that others were told of", async () => {
      const untold = async () =>
        Promise.all((["entered", "calmed", "lost"] as const).map((move) => chosen({ untold: move })));
      const again = async (run: number, toldThrough: number, ...users: readonly ListedUser[]) => {
        await list.put(users, run, { toldThrough: told(toldThrough) });
        await list.prune(run);
      };
      await again(1, 0, here("ann", 0.1), here("ben", 0.9), here("cy", 0.9), here("di", 0.1));
      expect(await untold()).toEqual([["ben", "cy"], [], []]);
      // Told of; now with other costs, or by another version.
      const second = [here("ann", 0.9), here("ben", 0.1), lapsed("cy"), here("di", 0.1)];
      await again(2, 1, ...second);
      expect(await untold()).toEqual([["ann"], ["ben"], ["cy"]]);
      // Since the list of the snapshot before, which there is none of, it is another matter.
      expect((await list.totals({})).moved).toEqual({ entered: 1, calmed: 0, lost: 0 });
      // Nothing is told of it before it is made once more: then that is still to be told.
      await again(3, 1, ...second);
      expect(await untold()).toEqual([["ann"], ["ben"], ["cy"]]);
      await list.put(second, 3, { toldThrough: told(1) });
      expect(await untold()).toEqual([["ann"], ["ben"], ["cy"]]);
      await again(4, 3, here("ann", 0.3), here("ben", 0.3), here("cy", 0.9), here("di", 0.3));
      expect(await untold()).toEqual([["cy"], [], []]);
      expect((await list.get(["ann"])).get("ann")).toMatchObject({ toldRisk: "high", toldAtRisk: true });
      const next = [here("ann", 0.1), here("ben", 0.1), here("cy", 0.9)].map((user) => ({
        ...user,
        snapshot: snapshot + 1,
      }));
      await again(5, 4, ...next);
      expect(await untold()).toEqual([[], ["ann"], []]);
    });

    it("counts what was told in part as told and as not told, until the next list was told of to its end", async () => {
      const untold = async () =>
        Promise.all((["entered", "calmed", "lost"] as const).map((move) => chosen({ untold: move })));
      const again = async (run: number, toldThrough: ToldThrough, ...users: readonly ListedUser[]) => {
        await list.put(users, run, { toldThrough });
        await list.prune(run);
      };
      const [low, medium, high] = [0.1, 0.3, 0.9];
      await again(1, told(0), here("ann", low), here("ben", low), here("cy", high), here("di", high), here("eve", low));
      const second = [here("ann", high), here("ben", high), here("cy", low), lapsed("di"), here("eve", low)];
      await again(2, told(1), ...second, here("new", high));
      await again(
        3,
        { whole: 1, begun: 2 },
        here("ann", low),
        here("ben", high),
        here("cy", high),
        lapsed("di"),
        lapsed("eve"),
        lapsed("new"),
      );
      expect(await untold()).toEqual([["ben", "cy"], ["ann"], ["di", "new"]]);
      expect((await list.get(["ann"])).get("ann")).toMatchObject({
        toldRisk: "low",
        toldAtRisk: false,
        begunRisk: "high",
      });
      expect((await list.get(["new"])).get("new")).toMatchObject({ toldAtRisk: false, begunRisk: "high" });
      // By a run after a list of which nothing was told, and again by the same one.
      for (const run of [4, 4]) {
        await again(run, { whole: 1, begun: 2 }, here("ann", medium), here("cy", low), here("eve", low));
        expect(await untold()).toEqual([[], ["cy"], []]);
      }
      // Of who is at medium risk nothing was told.
      await again(5, told(4), here("ann", low), here("cy", low), here("eve", low));
      expect(await untold()).toEqual([[], ["ann"], []]);
      await again(6, told(5), here("ann", low), here("cy", low), here("eve", low));
      expect(await untold()).toEqual([[], [], []]);
    });

    describe("the scores of former lists", () => {
      const scoresOf = async (userId: string) => {
        const { users } = await list.page({ filter: {}, order: "probability", limit: 100, withFormerScores: true });
        return users.find((user) => user.userId === userId)?.formerScores;
      };
      const on = (day: number, user: ListedUser, former?: FormerLists) =>
        list.put([{ ...user, snapshot: snapshot + day }], 1_000 + day, former).then(() => list.prune(0));

      it("are kept of each snapshot, the last of it, as many as a line shows", async () => {
        await on(0, here("ann", 0.123_46));
        expect(await scoresOf("ann")).toEqual([]);
        await on(1, here("ann", 0.4));
        await on(1, here("ann", 1));
        list = await opened.reopen();
        expect(await scoresOf("ann")).toEqual([score(0, 0.1235)]);
        for (let day = 2; day <= 40; day += 2) await on(day, here("ann", day / 50));
        expect(await scoresOf("ann")).toEqual([
          score(0, 0.1235),
          score(1, 1),
          ...Array.from({ length: 19 }, (_, i) => score(2 * i + 2, (2 * i + 2) / 50)),
        ]);
        for (let day = 41; day <= 55; day++) await on(day, here("ann", 0));
        expect((await scoresOf("ann"))?.map((one) => one.snapshot - snapshot)).toEqual([
          ...Array.from({ length: 15 }, (_, i) => 12 + 2 * i),
          ...Array.from({ length: 14 }, (_, i) => 41 + i),
        ]);
      });

      it("stay with who has lapsed, and go with who is erased", async () => {
        await on(0, here("ann", 0.5));
        for (const day of [1, 2]) await on(day, lapsed("ann"));
        expect(await scoresOf("ann")).toEqual([score(0, 0.5)]);
        await on(3, here("ann", 0.25));
        await on(4, here("ann", 0.75));
        expect(await scoresOf("ann")).toEqual([score(0, 0.5), score(3, 0.25)]);
        await list.erase(["ann"]);
        await on(5, here("ann", 0.1));
        expect(await scoresOf("ann")).toEqual([]);
      });

      it("are of earlier snapshots than the list, also where it is made of an earlier one again", async () => {
        for (const day of [0, 1, 2, 3]) await on(day, here("ann", day / 10));
        await list.put([{ ...here("ann", 0.9), snapshot: snapshot + 2 }], 2_000);
        await list.prune(0);
        expect(await scoresOf("ann")).toEqual([score(0, 0), score(1, 0.1)]);
        await list.put([{ ...here("ann", 0.5), snapshot: snapshot + 3 }], 3_000);
        await list.prune(0);
        expect(await scoresOf("ann")).toEqual([score(0, 0), score(1, 0.1), score(2, 0.9)]);
      });

      it("go once they are older than may be kept, and are read where they are asked for only", async () => {
        for (const day of [0, 1, 2]) await on(day, here("ann", day / 10), { scoresFrom: snapshot });
        await on(3, here("ann", 0.3), { scoresFrom: snapshot + 1 });
        expect(await scoresOf("ann")).toEqual([score(1, 0.1), score(2, 0.2)]);
        const { users } = await list.page({ filter: {}, order: "probability", limit: 1 });
        const streamed = await all(list.stream({}, "user_id"));
        for (const user of [...users, ...streamed, (await list.get(["ann"])).get("ann")])
          expect(user).not.toHaveProperty("formerScores");
      });
    });

    it("erases users", async () => {
      await write([...oddUserIds, "ann"].map((userId) => here(userId, 0.5)));
      expect(await list.erase([...oddUserIds, "nobody"])).toBe(oddUserIds.length);
      expect(await list.erase(oddUserIds)).toBe(0);
      expect(await chosen({})).toEqual(["ann"]);
    });

    it("finds users of any id", async () => {
      await write(oddUserIds.map((userId) => here(userId, 0.5)));
      expect((await list.get(oddUserIds)).size).toBe(oddUserIds.length);
      for (const userId of oddUserIds) expect(await chosen({ idPrefix: userId })).toContain(userId);
    });
  });
}

const snapshot = parseDay("2026-05-01")!;
const told = (run: number): ToldThrough => ({ whole: run, begun: run });
const score = (day: number, probability: number) => ({ snapshot: snapshot + day, probability });
const noMoves = { entered: 0, calmed: 0, lost: 0 };

function here(userId: string, probability: number, more: Partial<ListedUser> = {}): ListedUser {
  return {
    ...noMeasures,
    userId,
    snapshot,
    modelVersion: "v1",
    state: "here",
    lapsedSince: undefined,
    probability,
    risk: probability >= 0.5 ? "high" : probability >= 0.3 ? "medium" : "low",
    reasons: [],
    typicalGap: undefined,
    ...more,
  };
}

function lapsed(userId: string): ListedUser {
  return {
    ...here(userId, 0),
    state: "lapsed",
    lapsedSince: snapshot - 3,
    silence: 33,
    probability: undefined,
    risk: undefined,
  };
}

function reason(feature: string): ListedUser["reasons"][number] {
  return { feature, value: 1, typical: 2.5, contribution: 0.5, sentence: `says “${feature}”` };
}

function inOrder(order: UserOrder): (a: ListedUser, b: ListedUser) => number {
  const keys = {
    probability: ({ probability }: ListedUser) => probability,
    value_at_risk: valueAtRisk,
    value: ({ value }: ListedUser) => value,
    silence: ({ silence }: ListedUser) => silence,
    user_id: () => 0,
  };
  const keyOf = (user: ListedUser) => keys[order](user) ?? Number.NEGATIVE_INFINITY;
  return (a, b) => {
    const [left, right] = [keyOf(a), keyOf(b)];
    return left === right ? byId(a, b) : right - left;
  };
}

function byId(a: ListedUser, b: ListedUser): number {
  return Buffer.compare(Buffer.from(a.userId), Buffer.from(b.userId));
}

async function all<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of stream) items.push(item);
  return items;
}
