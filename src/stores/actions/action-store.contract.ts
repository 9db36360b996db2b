import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Action, actionId, bucketOf } from "#churn/action.ts";
import { dayOf, parseDay, startOf } from "#churn/day.ts";
import type { UserHistory } from "#churn/user-history.ts";
import type { ActionStore, AppendOutcome, HistoryRange } from "./action-store.ts";

export interface OpenActionStore {
  readonly actions: ActionStore;
  /** Closes the store and opens what it stored. */
  reopen(): Promise<ActionStore>;
  /** Closes everything and removes it. */
  dispose(): Promise<void>;
}

/** What every ActionStore must do; `open` returns an empty one. */
export function describeActionStore(name: string, open: () => Promise<OpenActionStore>): void {
  describe(`${name} as an action store`, () => {
    let opened: OpenActionStore;
    let store: ActionStore;

    beforeEach(async () => {
      opened = await open();
      store = opened.actions;
    });

    afterEach(() => opened.dispose());

    it("is empty at first, and rolls up nothing", async () => {
      expect(await store.append([])).toEqual([]);
      expect(await store.rollUp()).toEqual({ userDays: 0, users: 0 });
      expect(await store.extent()).toBeUndefined();
      expect(await store.actionFrequencies()).toEqual([]);
      expect(await allOf(store)).toEqual([]);
      expect(await store.historiesOf(["ann"])).toEqual(new Map());
      expect(await store.historiesOf([])).toEqual(new Map());
    });

    it("counts actions and sums their values by user, UTC day and action", async () => {
      const outcomes = await store.append([
        at("ann", "buy", "2024-02-29T00:00:00Z", 10),
        at("ann", "buy", "2024-02-29T23:59:59.999Z", -2.5),
        at("ann", "login", "2024-02-29T12:00:00Z"),
        at("ann", "buy", "2024-03-01T00:00:00Z", 0.125),
        at("ben", "login", "2024-03-01T08:00:00Z"),
        at("ann", "buy", "2024-03-01T09:00:00Z"),
      ]);
      expect(outcomes).toEqual(Array(6).fill({ status: "created" }));
      expect(await store.rollUp()).toEqual({ userDays: 4, users: 2 });
      const leapDay = parseDay("2024-02-29")!;
      const ann = {
        userId: "ann",
        days: [
          { day: leapDay, action: "buy", count: 2, value: 7.5 },
          { day: leapDay, action: "login", count: 1, value: 0 },
          { day: leapDay + 1, action: "buy", count: 2, value: 0.125 },
        ],
      };
      const ben = { userId: "ben", days: [{ day: leapDay + 1, action: "login", count: 1, value: 0 }] };
      expect(await store.historiesOf(["ann", "ben", "cy"])).toEqual(new Map(Object.entries({ ann, ben })));
      expect(await store.extent()).toEqual({ actions: 6, users: 2, firstDay: leapDay, lastDay: leapDay + 1 });
      expect(await store.actionFrequencies()).toEqual([
        { action: "login", users: 2, count: 2 },
        { action: "buy", users: 1, count: 4 },
      ]);
    });

    it("knows whom and what it had seen before a day", async () => {
      await store.append([
        at("ann", "login", "2024-03-01"),
        at("ann", "login", "2024-03-02"),
        at("ann", "buy", "2024-03-05"),
        at("ben", "login", "2024-03-05"),
        at("ben", "email_offer", "2024-03-01"),
      ]);
      await store.rollUp();
      const known = (day: string, passive?: readonly string[]) => store.usersBefore(parseDay(day)!, passive);
      expect(await known("2024-03-01")).toEqual({ users: 0, actions: [] });
      expect(await known("2024-03-02")).toEqual({
        users: 2,
        actions: [
          { action: "email_offer", users: 1 },
          { action: "login", users: 1 },
        ],
      });
      expect(await known("2024-03-05", ["email_*"])).toEqual({ users: 1, actions: [{ action: "login", users: 1 }] });
      expect(await known("2024-03-06", ["email_*"])).toEqual({
        users: 2,
        actions: [
          { action: "login", users: 2 },
          { action: "buy", users: 1 },
        ],
      });
    });

    it("covers the days of the log's bulk, whatever few wrong clocks add", async () => {
      const first = Date.parse("2024-01-01T12:00:00Z");
      const hour = 3_600_000;
      const even = Array.from({ length: 600 }, (_, i) => ({
        userId: `u${i % 20}`,
        action: "a",
        time: first + i * 3 * hour,
      }));
      const stray = { userId: "u7", action: "a", time: first + 300 * 24 * hour };
      await store.append([...even, stray]);
      await store.rollUp();
      const firstDay = parseDay("2024-01-01")!;
      expect(await store.extent()).toEqual({ actions: 601, users: 20, firstDay, lastDay: firstDay + 75, outside: 1 });
    });

    describe("of passive actions", () => {
      const mail = (eventId: string, day: string, changes: Partial<Action> = {}) =>
        event(eventId, day, { action: "email", passive: true, ...changes });

      it("stores each once, and counts none", async () => {
        const sent = [mail("1", "2024-03-01"), mail("2", "2024-05-01", { userId: "ann", value: 3 })];
        expect(statuses(await store.append(sent))).toEqual(["created", "created"]);
        expect(statuses(await store.append(sent))).toEqual(["duplicate", "duplicate"]);
        expect(await store.rollUp()).toEqual({ userDays: 0, users: 0 });
        expect(await store.extent()).toBeUndefined();
        expect(await store.actionFrequencies()).toEqual([]);
        expect(await allOf(store)).toEqual([]);
        expect(await store.historiesOf(["ann", "eve"])).toEqual(new Map());
      });

      it("leaves the others as they are, of the same user, day and name too", async () => {
        const own = [event("1", "2024-03-01", { value: 2 }), event("2", "2024-03-03", { userId: "ann" })];
        await store.append([...own, mail("3", "2024-03-01", { action: "click", value: 5 }), mail("4", "2024-04-01")]);
        expect(await store.rollUp()).toEqual({ userDays: 2, users: 2 });
        await store.append([mail("5", "2024-03-03", { userId: "ann", action: "click" })]);
        await store.rollUp();
        expect(await allOf(store)).toEqual(expectedOf(own));
        expect(await store.actionFrequencies()).toEqual([{ action: "click", users: 2, count: 2 }]);
        expect(await store.extent()).toMatchObject({ actions: 2, users: 2, lastDay: parseDay("2024-03-03") });
      });

      it("erases them with everything about a user", async () => {
        await store.append([mail("1", "2024-03-01"), event("2", "2024-03-01")]);
        await store.rollUp();
        expect(await store.erase(["eve"])).toEqual({ actions: 2, userDays: 1 });
        expect(statuses(await store.append([mail("1", "2024-03-01")]))).toEqual(["created"]);
      });

      it("covers and counts what remains when some are named, and all when none is any more", async () => {
        await store.append([
          event("1", "2024-03-01", { action: "login" }),
          event("2", "2024-03-05", { action: "email_offer" }),
          event("3", "2024-03-09", { action: "push_news", userId: "ben" }),
        ]);
        await store.rollUp();
        const [first, fifth, ninth] = ["2024-03-01", "2024-03-05", "2024-03-09"].map((day) => parseDay(day));
        for (const [passive, actions, users, lastDay, names] of [
          [["email_*", "push_*"], 1, 1, first, ["login"]],
          [["push_*"], 2, 1, fifth, ["email_offer", "login"]],
          [["email", "sms_*"], 3, 2, ninth, ["email_offer", "login", "push_news"]],
          [[], 3, 2, ninth, ["email_offer", "login", "push_news"]],
        ] as const) {
          expect(await store.extent(passive)).toEqual({ actions, users, firstDay: first, lastDay });
          expect((await store.actionFrequencies(passive)).map(({ action }) => action)).toEqual(names);
        }
        expect(await store.extent(["*"])).toBeUndefined();
        expect(await store.actionFrequencies(["*"])).toEqual([]);
      });
    });

    it("shows nothing before it is rolled up", async () => {
      await store.append([at("ann", "login", "2024-03-01")]);
      expect(await store.extent()).toBeUndefined();
      expect(await allOf(store)).toEqual([]);
    });

    it("stores days before 1970, fractions of a millisecond and the last instant of a month", async () => {
      const times = [-1, 0.5, Date.parse("2024-01-31T23:59:59.999Z"), Date.parse("2024-02-01T00:00:00Z")];
      const actions = times.map((time) => ({ userId: "ann", action: "login", time }));
      expect(statuses(await store.append(actions))).toEqual(["created", "created", "created", "created"]);
      expect(statuses(await store.append(actions))).toEqual(["duplicate", "duplicate", "duplicate", "duplicate"]);
      await store.rollUp();
      expect((await allOf(store))[0]?.days.map(({ day }) => day)).toEqual(times.map(dayOf));
    });

    it("keeps sums finite whose values had no bound when they were stored", async () => {
      const day = "2024-03-01T10:00:00Z";
      const huge = ["1", "2"].map((id) => ({ ...event(id, day), userId: "huge", value: 1.7e308 }));
      const opposite = ["3", "4"].map((id) => ({ ...event(id, day), userId: "opposite", value: -1.7e308 }));
      await store.append([...huge, ...opposite, { ...event("5", day), userId: "ann", value: 2.5 }]);
      for (let round = 0; round < 2; round++) await store.rollUp();
      const values = new Map((await allOf(store)).map(({ userId, days }) => [userId, days.map(({ value }) => value)]));
      expect(values.get("ann")).toEqual([2.5]);
      expect(values.get("huge")?.[0]).toBeGreaterThanOrEqual(1e15);
      expect(values.get("opposite")?.[0]).toBeLessThanOrEqual(-1e15);
      expect([...values.values()].flat().every(Number.isFinite)).toBe(true);
    });

    it("sums values independently of rounding", async () => {
      const values = [0.1, 0.2, 0.3, 1e6, -1e6];
      await store.append(values.map((value, hour) => at("ann", "buy", `2024-03-01T0${hour}:00:00Z`, value)));
      await store.rollUp();
      expect((await allOf(store))[0]?.days[0]?.value).toBeCloseTo(0.6, 9);
    });

    describe("when actions are repeated", () => {
      it("reports the second one in a batch as a duplicate, at its position", async () => {
        const [a, b, c] = [event("1", "2024-03-01"), event("2", "2024-03-01"), event("3", "2024-03-02")];
        expect(statuses(await store.append([a, b, a, c, b, a]))).toEqual([
          "created",
          "created",
          "duplicate",
          "created",
          "duplicate",
          "duplicate",
        ]);
        await store.rollUp();
        expect((await store.extent())?.actions).toBe(3);
      });

      it("reports a duplicate in a later batch, in any order, among new ones", async () => {
        const old = ["1", "2", "3"].map((id) => event(id, "2024-03-01"));
        await store.append(old);
        const outcomes = await store.append([event("4", "2024-03-01"), ...old.toReversed(), event("5", "2024-02-01")]);
        expect(statuses(outcomes)).toEqual(["created", "duplicate", "duplicate", "duplicate", "created"]);
        await store.rollUp();
        expect((await store.extent())?.actions).toBe(5);
      });

      it("tells duplicates with other content than what is stored from repeated deliveries", async () => {
        const first = event("1", "2024-03-01", { userId: "ann", value: 5 });
        const changed = (["userId", "action", "value"] as const).map((field) => ({
          ...first,
          ...{ [field]: { userId: "ben", action: "other", value: undefined }[field] },
        }));
        const later = { ...first, time: first.time + 1_000 };
        expect(await store.append([first, later])).toEqual([
          { status: "created" },
          { status: "duplicate", differs: true },
        ]);
        expect(await store.append([first, ...changed, later])).toEqual([
          { status: "duplicate" },
          ...[...changed, later].map(() => ({ status: "duplicate", differs: true })),
        ]);
        const many = Array.from({ length: 1_200 }, (_, i) => event(`many-${i}`, "2024-03-02", { value: i }));
        await store.append(many);
        const outcomes = await store.append(many.map((one, i) => (i % 400 === 7 ? { ...one, value: -1 } : one)));
        expect(outcomes.flatMap((outcome, i) => ("differs" in outcome ? [i] : []))).toEqual([7, 407, 807]);
        expect(await store.append([{ ...first, passive: true }])).toEqual([{ status: "duplicate" }]);
        // What has no id of its own is identified by its content.
        const bare = at("ann", "buy", "2024-03-01T00:00:00Z", 1);
        await store.append([bare]);
        expect(await store.append([bare])).toEqual([{ status: "duplicate" }]);
      });

      it("keeps the first of two with the same event id, even if the second differs", async () => {
        await store.append([event("1", "2024-03-01", { userId: "ann", value: 5 })]);
        const again = event("1", "2024-03-30", { userId: "ben", action: "other", value: 7 });
        expect(statuses(await store.append([again]))).toEqual(["duplicate"]);
        await store.rollUp();
        expect(await allOf(store)).toMatchObject([{ userId: "ann", days: [{ value: 5 }] }]);
      });

      it("tells event ids apart by their source and by the month of the action", async () => {
        const first = event("1", "2024-03-31T23:59:59Z");
        const others = [event("1", "2024-03-31", { source: "other" }), event("1", "2024-04-01")];
        expect(statuses(await store.append([first, ...others]))).toEqual(["created", "created", "created"]);
        expect(statuses(await store.append([...others, first]))).toEqual(["duplicate", "duplicate", "duplicate"]);
      });

      it("identifies actions without an event id by their whole content", async () => {
        const base = at("ann", "buy", "2024-03-01", 5);
        const others = [
          { ...base, userId: "ben" },
          { ...base, action: "sell" },
          { ...base, time: base.time + 1 },
          { ...base, value: 6 },
          { ...base, value: undefined },
        ];
        expect(statuses(await store.append([base, ...others, { ...base }]))).toEqual([
          ...Array(6).fill("created"),
          "duplicate",
        ]);
      });

      it("finds duplicates scattered in a big batch", async () => {
        const many = Array.from({ length: 5000 }, (_, i) => event(`${i}`, `2024-0${1 + (i % 9)}-11`));
        await store.append(many.filter((_, i) => i % 7 === 3));
        const outcomes = await store.append([...many, ...many.slice(0, 100)]);
        const expected = many.map((_, i) => (i % 7 === 3 ? "duplicate" : "created"));
        expect(statuses(outcomes)).toEqual([...expected, ...Array(100).fill("duplicate")]);
        await store.rollUp();
        expect((await store.extent())?.actions).toBe(5000);
      });

      it("recognises them, and knows what is rolled up, after reopening", async () => {
        const actions = [event("1", "2024-03-01"), event("2", "2024-03-02")];
        await store.append(actions);
        await store.rollUp();
        await store.append([event("3", "2024-03-03")]);
        store = await opened.reopen();
        expect(statuses(await store.append([...actions, event("4", "2024-03-04")]))).toEqual([
          "duplicate",
          "duplicate",
          "created",
        ]);
        expect((await store.extent())?.actions).toBe(2);
        expect(await store.rollUp()).toEqual({ userDays: 2, users: 1 });
        expect((await store.extent())?.actions).toBe(4);
      });
    });

    describe("when it is rolled up again", () => {
      it("changes nothing without new actions", async () => {
        await store.append([at("ann", "login", "2024-03-01"), at("ben", "login", "2024-03-01")]);
        expect(await store.rollUp()).toEqual({ userDays: 2, users: 2 });
        const before = await allOf(store);
        expect(await store.rollUp()).toEqual({ userDays: 0, users: 0 });
        expect(await allOf(store)).toEqual(before);
      });

      it("recounts only the days that were touched, however old", async () => {
        const days = ["2023-01-05", "2023-06-05", "2024-01-05"];
        await store.append(days.map((day) => at("ann", "buy", day, 1)));
        await store.append([at("ben", "buy", "2023-01-05", 1)]);
        await store.rollUp();
        await store.append([
          at("ann", "buy", "2023-01-05T10:00:00Z", 2),
          at("ann", "buy", "2022-12-31T10:00:00Z", 4),
          at("ann", "new", "2024-01-06T10:00:00Z"),
        ]);
        expect(await store.rollUp()).toEqual({ userDays: 3, users: 1 });
        const [first, ...rest] = (await store.historiesOf(["ann"])).get("ann")?.days ?? [];
        expect(first).toEqual({ day: parseDay("2022-12-31"), action: "buy", count: 1, value: 4 });
        expect(rest.map(({ action, count, value }) => [action, count, value])).toEqual([
          ["buy", 2, 3],
          ["buy", 1, 1],
          ["buy", 1, 1],
          ["new", 1, 0],
        ]);
        expect((await store.historiesOf(["ben"])).get("ben")?.days).toHaveLength(1);
      });

      it("counts once when two roll-ups run at a time", async () => {
        const actions = Array.from({ length: 50 }, (_, i) => event(`${i}`, `2024-03-0${1 + (i % 5)}`));
        await store.append(actions);
        await Promise.all([store.rollUp(), store.rollUp(), store.rollUp()]);
        await store.append([event("late", "2024-03-01")]);
        await Promise.all([store.rollUp(), store.rollUp()]);
        expect(await allOf(store)).toEqual(expectedOf([...actions, event("late", "2024-03-01")]));
      });
    });

    it("stores each action once when batches overlap and are sent at the same time, during roll-ups", async () => {
      const actions = Array.from({ length: 120 }, (_, i) => event(`${i}`, `2024-0${1 + (i % 3)}-0${1 + (i % 7)}`));
      const batches = Array.from({ length: 12 }, (_, i) => actions.slice(i * 5, i * 5 + 65));
      const [outcomes] = await Promise.all([
        Promise.all(batches.map((batch) => store.append(batch))),
        store.rollUp(),
        store.rollUp(),
      ]);
      expect(outcomes.map((batch) => batch.length)).toEqual(batches.map((batch) => batch.length));
      expect(statuses(outcomes.flat()).filter((status) => status === "created")).toHaveLength(120);
      await store.rollUp();
      expect(await allOf(store)).toEqual(expectedOf(actions));
    });

    it("rolls up everything appended before, even by concurrent calls", async () => {
      for (let round = 0; round < 5; round++) {
        await Promise.all([0, 1, 2].map((call) => store.append([event(`${round}/${call}`, "2024-03-01")])));
        await store.rollUp();
        expect((await store.extent())?.actions).toBe(3 * (round + 1));
      }
    });

    it("keeps odd ids and names unchanged", async () => {
      await store.append(oddNames.map((odd) => ({ userId: odd, action: odd, time: 0, eventId: odd, source: odd })));
      await store.append(oddNames.map((odd) => ({ userId: "collector", action: odd, time: 0 })));
      await store.rollUp();
      const found = await store.historiesOf(oddNames);
      expect([...found.keys()].sort()).toEqual(oddNames.toSorted());
      for (const odd of oddNames) expect(found.get(odd)?.days).toEqual([{ day: 0, action: odd, count: 1, value: 0 }]);
      const names = (await store.historiesOf(["collector"])).get("collector")?.days.map(({ action }) => action);
      expect(names).toEqual(oddNames.toSorted(byBytes));
      expect((await store.actionFrequencies()).map(({ action }) => action)).toEqual(oddNames.toSorted(byBytes));
    });

    describe("given many users", () => {
      const users = [...Array.from({ length: 300 }, (_, i) => `user-${i}`), ...oddNames];
      const march = parseDay("2024-03-01")!;
      const actions = users.flatMap((userId, i) =>
        [0, i % 40, 2 * (i % 17)].map((offset, k) => ({ userId, action: `a${k}`, time: startOf(march + offset) + k })),
      );

      beforeEach(async () => {
        await store.append(actions.toSorted((a, b) => a.time - b.time));
        await store.rollUp();
      });

      it("streams them by bucket and then by the bytes of the user id", async () => {
        expect(await allOf(store)).toEqual(expectedOf(actions));
      });

      it("streams the given buckets, so that adjacent ranges make up the whole", async () => {
        const parts = [];
        for (const [fromBucket, beforeBucket] of [
          [0, 1],
          [1, 100],
          [100, 255],
          [255, 256],
        ] as const) {
          const part = await allOf(store, { fromBucket, beforeBucket });
          const buckets = part.map(({ userId }) => bucketOf(userId));
          expect(buckets.every((bucket) => bucket >= fromBucket && bucket < beforeBucket)).toBe(true);
          parts.push(...part);
        }
        expect(parts).toEqual(expectedOf(actions));
        expect(await allOf(store, { fromBucket: 7, beforeBucket: 7 })).toEqual([]);
      });

      it("streams the given days, without users who have none", async () => {
        const within = (from: number, before: number) =>
          expectedOf(actions.filter(({ time }) => dayOf(time) >= from && dayOf(time) < before));
        expect(await allOf(store, { from: march + 30 })).toEqual(within(march + 30, march + 99));
        expect(await allOf(store, { before: march + 2 })).toEqual(within(march, march + 2));
        expect(await allOf(store, { from: march + 5, before: march + 6 })).toEqual(within(march + 5, march + 6));
        expect(await allOf(store, { from: march + 99 })).toEqual([]);
      });

      it("finds the histories of some users, also within given days", async () => {
        const asked = ["user-7", "nobody", "user-0", "user-7"];
        const found = await store.historiesOf(asked, { from: march + 1 });
        const expected = expectedOf(actions.filter((a) => a.userId === "user-7" && dayOf(a.time) > march));
        expect([...found.values()]).toEqual(expected);
        expect((await store.historiesOf(users)).size).toBe(users.length);
      });

      it("can still be used after a stream is abandoned", async () => {
        for await (const { userId } of store.histories()) {
          expect(userId).toBe(expectedOf(actions)[0]?.userId);
          break;
        }
        const [left] = [store.histories()[Symbol.asyncIterator]()];
        await left?.next();
        expect(statuses(await store.append([event("new", "2024-03-01")]))).toEqual(["created"]);
        expect(await store.rollUp()).toEqual({ userDays: 1, users: 1 });
        await left?.return?.();
        expect(await allOf(store)).toHaveLength(users.length + 1);
      });
    });

    it("rolls up adjacent ranges of buckets to the whole", async () => {
      const actions = Array.from({ length: 200 }, (_, i) => ({
        userId: `user-${i % 70}`,
        action: i % 3 === 0 ? "buy" : "login",
        time: startOf(19_780 + (i % 50)) + i,
      }));
      await store.append(actions);
      const ranges = [
        { beforeBucket: 5 },
        { fromBucket: 5, beforeBucket: 128 },
        { fromBucket: 128, beforeBucket: 250 },
        { fromBucket: 250 },
      ];
      await store.rollUp(ranges[1]);
      const inSecond = expectedOf(actions).filter(({ userId }) => bucketOf(userId) >= 5 && bucketOf(userId) < 128);
      expect(await allOf(store, ranges[1])).toEqual(inSecond);
      await Promise.all(ranges.map((range) => store.rollUp(range)));
      expect(await allOf(store)).toEqual(expectedOf(actions));
      expect((await store.extent())?.actions).toBe(200);
      expect(await store.rollUp({ fromBucket: 9, beforeBucket: 9 })).toEqual({ userDays: 0, users: 0 });
    });

    describe("when users are erased", () => {
      const annAndBen = [
        event("1", "2024-03-01", { userId: "ann", action: "login" }),
        event("2", "2024-03-02", { userId: "ann", action: "buy" }),
        event("3", "2024-04-02", { userId: "ann", action: "buy" }),
        event("4", "2024-03-02", { userId: "ben", action: "login" }),
        event("5", "2024-03-03", { userId: "ben", action: "login" }),
      ];

      it("keeps nothing about them, and everything about the others", async () => {
        await store.append(annAndBen);
        await store.rollUp();
        expect((await store.extent())?.users).toBe(2);
        expect(await store.erase(["ann", "nobody"])).toEqual({ actions: 3, userDays: 3 });
        expect(await store.historiesOf(["ann"])).toEqual(new Map());
        expect(await allOf(store)).toEqual(expectedOf(annAndBen.slice(3)));
        const [firstDay, lastDay] = [parseDay("2024-03-02"), parseDay("2024-03-03")];
        expect(await store.extent()).toEqual({ actions: 2, users: 1, firstDay, lastDay });
        expect(await store.actionFrequencies()).toEqual([{ action: "login", users: 1, count: 2 }]);
        await store.rollUp();
        expect(await allOf(store)).toEqual(expectedOf(annAndBen.slice(3)));
        expect(await store.erase(["ann"])).toEqual({ actions: 0, userDays: 0 });
        expect(await store.erase([])).toEqual({ actions: 0, userDays: 0 });
        expect(await store.erase(["ben"])).toEqual({ actions: 2, userDays: 2 });
        expect(await store.extent()).toBeUndefined();
        expect(await store.actionFrequencies()).toEqual([]);
      });

      it("erases what was not rolled up", async () => {
        await store.append(annAndBen);
        expect(await store.erase(["ann"])).toEqual({ actions: 3, userDays: 0 });
        expect(await store.rollUp()).toEqual({ userDays: 2, users: 1 });
        expect(await allOf(store)).toEqual(expectedOf(annAndBen.slice(3)));
      });

      it("stores their actions as new when sent again, also after reopening", async () => {
        await store.append(annAndBen);
        await store.rollUp();
        await store.erase(["ann"]);
        expect(statuses(await store.append(annAndBen.slice(1)))).toEqual([
          "created",
          "created",
          "duplicate",
          "duplicate",
        ]);
        await store.rollUp();
        expect(await allOf(store)).toEqual(expectedOf(annAndBen.slice(1)));
        await store.erase(["ann", "ben"]);
        store = await opened.reopen();
        expect(statuses(await store.append(annAndBen.slice(0, 1)))).toEqual(["created"]);
        await store.rollUp();
        expect(await allOf(store)).toEqual(expectedOf(annAndBen.slice(0, 1)));
      });

      it("does not let roll-ups under way bring them back", async () => {
        const many = Array.from({ length: 600 }, (_, i) =>
          event(`${i}`, `2024-0${3 + (i % 2)}-0${1 + (i % 9)}`, { userId: `user-${i % 60}` }),
        );
        await store.append(many);
        const gone = Array.from({ length: 30 }, (_, i) => `user-${i * 2}`);
        const [, erased] = await Promise.all([store.rollUp(), store.erase(gone), store.rollUp(), store.rollUp()]);
        expect(erased.actions).toBe(300);
        const left = expectedOf(many.filter(({ userId }) => !gone.includes(userId)));
        expect(await allOf(store)).toEqual(left);
        await store.rollUp();
        expect(await allOf(store)).toEqual(left);
        expect((await store.extent())?.users).toBe(30);
      });
    });

    it("drops whole months", async () => {
      const days = ["2023-12-31T23:59:59.999Z", "2024-01-01", "2024-02-29", "2024-03-01", "2024-03-31"];
      const actions = days.map((day, i) => event(`${i}`, day));
      await store.append(actions);
      await store.rollUp();
      expect(await store.dropMonthsBefore(parseDay("2023-12-31")!)).toEqual({ actions: 0, userDays: 0 });
      expect(await store.dropMonthsBefore(parseDay("2024-03-20")!)).toEqual({ actions: 3, userDays: 3 });
      expect(await allOf(store)).toEqual(expectedOf(actions.slice(3)));
      const [firstDay, lastDay] = [parseDay("2024-03-01"), parseDay("2024-03-31")];
      expect(await store.extent()).toEqual({ actions: 2, users: 1, firstDay, lastDay });
      expect(statuses(await store.append(actions.slice(2)))).toEqual(["created", "duplicate", "duplicate"]);
      expect(await store.rollUp()).toEqual({ userDays: 1, users: 1 });
      expect(await allOf(store)).toEqual(expectedOf(actions.slice(2)));
    });

    it("agrees with counting in memory, however actions are split, repeated, ordered and rolled up", async () => {
      const action = fc.record({
        userId: fc.constantFrom("ann", "ben", "çelik", "🦆"),
        action: fc.constantFrom("buy", "login"),
        time: fc.integer({ min: 0, max: 40 }).map((half) => startOf(19_750) + half * 43_200_000),
        value: fc.option(fc.integer({ min: -5, max: 5 }), { nil: undefined }),
        eventId: fc.option(fc.constantFrom("1", "2", "3"), { nil: undefined }),
      });
      const batches = fc.array(fc.record({ batch: fc.array(action, { maxLength: 12 }), rollUp: fc.boolean() }), {
        maxLength: 6,
      });
      let run = 0;
      await fc.assert(
        fc.asyncProperty(batches, async (steps) => {
          // Each run has users and a source of its own, so that all can share one store.
          const own = `run-${run++}/`;
          const kept = new Map<string, Action>();
          for (const step of steps) {
            const batch = step.batch.map((sent) => ({ ...sent, userId: own + sent.userId, source: own }));
            const expected = batch.map((sent) => {
              const key = identity(sent);
              if (kept.has(key)) return "duplicate";
              kept.set(key, sent);
              return "created";
            });
            expect(statuses(await store.append(batch))).toEqual(expected);
            if (step.rollUp) await store.rollUp();
          }
          await store.rollUp();
          expect((await allOf(store)).filter(({ userId }) => userId.startsWith(own))).toEqual(
            expectedOf([...kept.values()]),
          );
        }),
        { numRuns: 10 },
      );
    });
  });
}

/** Ids that a store might get wrong. */
const oddNames = [
  "ünïcödé",
  "u\u0308nicode",
  "🦆",
  "\uffff",
  "名前",
  " lead and trail ",
  "it's; DROP TABLE actions --",
  '"quoted" \\ back',
  "line\nbreak\ttab",
  "nul\0inside",
  "nul",
  "__proto__",
  "NULL",
  "NaN",
  "%_*?",
  "x".repeat(1000),
];

function at(userId: string, action: string, time: string, value?: number): Action {
  return { userId, action, time: Date.parse(time), value };
}

function event(eventId: string, time: string, changes: Partial<Action> = {}): Action {
  return { ...at("eve", "click", time), eventId, source: "test", ...changes };
}

function identity(action: Action): string {
  return actionId(action) + new Date(action.time).toISOString().slice(0, 7);
}

function statuses(outcomes: readonly AppendOutcome[]): string[] {
  return outcomes.map(({ status }) => status);
}

async function allOf(store: ActionStore, range?: HistoryRange): Promise<UserHistory[]> {
  const found: UserHistory[] = [];
  for await (const history of store.histories(range)) found.push(history);
  return found;
}

/** The histories of distinct actions, counted one by one. */
function expectedOf(actions: readonly Action[]): UserHistory[] {
  const users = new Map<string, Map<string, { day: number; action: string; count: number; value: number }>>();
  for (const { userId, action, time, value } of actions) {
    const days = users.get(userId) ?? new Map();
    users.set(userId, days);
    const day = dayOf(time);
    const row = days.get(`${day} ${action}`) ?? { day, action, count: 0, value: 0 };
    days.set(`${day} ${action}`, { day, action, count: row.count + 1, value: row.value + (value ?? 0) });
  }
  return [...users]
    .map(([userId, days]) => ({
      userId,
      days: [...days.values()].sort((a, b) => a.day - b.day || byBytes(a.action, b.action)),
    }))
    .sort((a, b) => bucketOf(a.userId) - bucketOf(b.userId) || byBytes(a.userId, b.userId));
}

function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
