import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Action, bucketOf } from "#churn/action.ts";
import { parseDay, startOf } from "#churn/day.ts";
import type { EventOf } from "#runtime/event-kind.ts";
import { readAs } from "#runtime/event-kind.ts";
import { featuresPing, featuresSlice, featuresUpdated, rollUpSlice } from "#runtime/event-kinds.ts";
import type { LapseEvent } from "#runtime/events.ts";
import type { ActionStore } from "#stores/actions/action-store.ts";
import { StoreUnavailable } from "#stores/failures.ts";
import type { FeatureRow, FeatureStore } from "#stores/features/feature-store.ts";
import type { RunStore } from "#stores/runs/run-store.ts";
import { handle } from "./function.ts";
import type { FeaturesServices } from "./services.ts";

export interface FeaturesStores {
  readonly actions: ActionStore;
  readonly features: FeatureStore;
  readonly runs: RunStore;
  /** Closes everything and removes it. */
  dispose(): Promise<void>;
}

const firstDay = parseDay("2024-01-01")!;
const now = () => startOf(firstDay + 102);
const kinds = [featuresPing, rollUpSlice, featuresSlice];

/** The ping of a day of April. */
const ping = (day = 10) =>
  featuresPing.make({
    id: `${day}`,
    source: "/ping",
    time: `2024-04-${day}T01:00:00Z`,
    data: { through: "yesterday" },
  });

/** What computing features in slices must do on any stores; `open` returns empty ones whose clock shows `now()`. */
export function describeFeatureSlices(name: string, open: (now: () => number) => Promise<FeaturesStores>): void {
  describe(`features in slices on ${name}`, () => {
    let stores: FeaturesStores;
    let actions: ActionStore;
    let features: FeatureStore;
    let sent: LapseEvent[];
    /** What led to the slices of features: the ping, or the last slice of the roll-up. */
    let began: LapseEvent;
    let services: FeaturesServices;

    beforeEach(async () => {
      stores = await open(now);
      ({ actions, features } = stores);
      sent = [];
      services = {
        ...{ actions, features, now, runs: stores.runs },
        models: { alias: async () => undefined, manifest: () => Promise.reject(new Error("There is no model.")) },
        churn: { churnDays: 30, leadDays: 0, observeDays: 60 },
        slicing: { slices: 4, publish: async (event) => void sent.push(event) },
        logger: { info: () => undefined },
      };
      await actions.append(actionsOf(500));
    });

    afterEach(() => stores.dispose());

    it("has each slice done by an event, and the last one to end return what follows, whatever their order", async () => {
      expect(await begin(ping())).toBeUndefined();
      expect(await features.currentSet()).toBeUndefined();
      const slices = sent.splice(0);
      expect(slices.map(({ type, data }) => [type, data])).toEqual(
        [0, 1, 2, 3].map((slice) => [featuresSlice.type, { run: expect.any(String), slice }]),
      );
      expect(new Set(slices.map(({ id }) => id)).size).toBe(4);
      const replies: (LapseEvent | undefined)[] = [];
      for (const slice of [2, 0, 3]) replies.push(await take(slices[slice]!));
      expect(replies).toEqual([undefined, undefined, undefined]);
      expect(await features.currentSet()).toBeUndefined();
      expect(await take(slices[1]!)).toMatchObject({ type: featuresUpdated.type, id: "10", source: "/lapse/features" });
      expect((await features.currentSet())?.snapshot).toBe((await actions.extent())!.lastDay + 1);
    });

    it("writes the same rows and counts the same users as one slice", async () => {
      const inOne = await begin(ping(), { slices: 1, publish: undefined });
      const rows = await currentRows();
      const inFour = await night(ping(11));
      expect(rows.length).toBe(500);
      // A day later by the ping, and the same day by the log, which has ended.
      expect(inFour?.data).toEqual({ ...(inOne?.data as object), user_days: 0 });
      expect(await currentRows()).toEqual(rows);
    });

    it("replaces a set that was put with a later number, by a clock that was ahead, although its run is not known", async () => {
      await night(ping());
      const set = await features.currentSet();
      await features.putSet({ ...set!, id: "of an earlier version" }, Date.parse("2030-01-01T00:00:00Z"));
      await features.completeSet("of an earlier version");
      await night(ping(11));
      expect((await features.currentSet())?.id).not.toBe("of an earlier version");
      expect(await currentRows()).toHaveLength(500);
    });

    it("gives one answer when slices end at the same time", async () => {
      await begin(ping());
      const replies = await Promise.all(sent.splice(0).map((event) => take(event)));
      expect(replies.filter((reply) => reply !== undefined)).toHaveLength(1);
      expect(await currentRows()).toHaveLength(500);
    });

    it("does a slice again that was cut off, and answers again where the answer of the last was lost", async () => {
      await begin(ping());
      const slices = sent.splice(0);
      const broken: FeaturesServices["features"] = {
        putSet: (set, run) => features.putSet(set, run),
        lastNumber: () => features.lastNumber(),
        put: async (setId, rows) => {
          // Some of its rows are written.
          await features.put(setId, rows.slice(0, 10));
          throw new StoreUnavailable("The pod was killed.");
        },
        prune: (setId, range) => features.prune(setId, range),
        completeSet: (setId) => features.completeSet(setId),
      };
      for (const slice of [0, 1, 2]) await take(slices[slice]!);
      await expect(handle(read(slices[3]!), { ...services, features: broken })).rejects.toThrow(StoreUnavailable);
      expect(await features.currentSet()).toBeUndefined();
      const reply = await take(slices[3]!);
      expect(reply?.type).toBe(featuresUpdated.type);
      const rows = await currentRows();
      expect(rows).toHaveLength(500);
      // Nothing is read or written again.
      const idle = {
        ...services,
        features: { ...broken, completeSet: (setId: string) => features.completeSet(setId) },
      };
      expect(await handle(read(slices[3]!), idle)).toEqual(reply);
      expect(await handle(read(slices[0]!), idle)).toBeUndefined();
      expect(await currentRows()).toEqual(rows);
    });

    it("only answers again when the ping of a run in one slice comes again", async () => {
      const inOne = { ...services, slicing: { slices: 1, publish: undefined } };
      const reply = await handle(ping(), inOne);
      const set = await features.currentSet();
      const nothing = () => Promise.reject(new Error("It is done again."));
      const idle = {
        ...inOne,
        actions: { ...services.actions, rollUp: nothing, extent: nothing },
        features: {
          ...services.features,
          completeSet: (id: string) => features.completeSet(id),
          put: nothing,
          putSet: nothing,
          prune: nothing,
        },
      };
      expect(await handle(ping(), idle)).toEqual(reply);
      expect(await features.currentSet()).toEqual(set);
    });

    it("sends out only what has not ended when what began it comes twice, and nothing when all has", async () => {
      await begin(ping());
      const slices = sent.splice(0);
      await take(slices[1]!);
      await take(began);
      expect(sent.splice(0)).toEqual([slices[0], slices[2], slices[3]]);
      for (const slice of [0, 2, 3]) await take(slices[slice]!);
      const rows = await currentRows();
      for (const event of [began, ping()]) expect(await take(event)).toBeUndefined();
      expect(sent).toEqual([]);
      expect(await currentRows()).toEqual(rows);
    });

    it("plans once, whatever is rolled up or set before what began it comes again", async () => {
      await begin(ping());
      const slices = sent.splice(0);
      await actions.append([{ userId: "late", action: "other", time: startOf(firstDay + 20) }]);
      await handle(read(began), {
        ...services,
        churn: { churnDays: 7, leadDays: 0 },
        slicing: { ...services.slicing, slices: 8 },
      });
      expect(sent).toEqual(slices);
    });

    it("does nothing for an older ping that comes late", async () => {
      await night(ping(11));
      const set = await features.currentSet();
      expect(await begin(ping(10))).toBeUndefined();
      expect(await begin(ping(10), { slices: 1, publish: undefined })).toBeUndefined();
      expect(sent).toEqual([]);
      expect(await features.currentSet()).toEqual(set);
    });

    it("leaves the rows of a newer run alone when slices of an older one come late", async () => {
      await begin(ping(10));
      const late = sent.splice(0);
      await take(late[0]!);
      const gone = (await rowsOf("late")).length;
      expect(gone).toBe(0);
      await night(ping(11));
      const [set, rows] = [await features.currentSet(), await currentRows()];
      for (const event of late) expect(await take(event)).toBeUndefined();
      expect(await features.currentSet()).toEqual(set);
      expect(await currentRows()).toEqual(rows);
    });

    it("lets a newer run finish while a slice of an older one is still writing", async () => {
      await begin(ping(10));
      const [first] = sent.splice(0);
      let resume = () => {};
      const paused = new Promise<void>((resolve) => {
        resume = resolve;
      });
      const slow = handle(read(first!), {
        ...services,
        features: {
          putSet: (set, run) => features.putSet(set, run),
          lastNumber: () => features.lastNumber(),
          put: async (setId, rows) => {
            await paused;
            await features.put(setId, rows);
          },
          prune: (setId, range) => features.prune(setId, range),
          completeSet: (setId) => features.completeSet(setId),
        },
      });
      await night(ping(11));
      const [set, rows] = [await features.currentSet(), await currentRows()];
      resume();
      expect(await slow).toBeUndefined();
      expect(await features.currentSet()).toEqual(set);
      expect(await currentRows()).toEqual(rows);
    });

    it("deletes the rows of users who are no longer known, each slice those of its own buckets", async () => {
      await night(ping(10));
      const gone = ["user-3", "user-400"];
      await actions.erase(gone);
      await begin(ping(11));
      const slices = sent.splice(0);
      const own = Math.floor(bucketOf("user-3") / 64);
      await take(slices[own]!);
      expect((await features.get(gone)).has("user-3")).toBe(false);
      for (const slice of [0, 1, 2, 3]) await take(slices[slice]!);
      expect((await features.get(gone)).size).toBe(0);
      expect(await currentRows()).toHaveLength(498);
    });

    it("rolls up by slices first where the store can, and goes on when the last of them has ended", async () => {
      const rolledUp = rollingUpInSlices();
      await take(ping());
      const slices = sent.splice(0);
      expect(slices.map(({ type }) => type)).toEqual(slices.map(() => rollUpSlice.type));
      for (const event of slices.slice(0, 3)) await take(event);
      expect(sent).toEqual([]);
      await take(slices[3]!);
      // To be delivered again is to do nothing again.
      const all = rolledUp.length;
      for (const event of slices.slice(0, 3)) await take(event);
      await take(slices[3]!);
      await take(ping());
      expect(rolledUp).toHaveLength(all);
      expect(new Set(sent.splice(0).map(({ id }) => id)).size).toBe(4);
      // Its answer was lost: the run of features is begun once.
      await take(slices[3]!);
      expect(rolledUp.slice(0, 4)).toEqual(
        [0, 64, 128, 192].map((from) => ({ fromBucket: from, beforeBucket: from + 64 })),
      );
      const rest = sent.splice(0);
      expect(rest.map(({ type }) => type)).toEqual(rest.map(() => featuresSlice.type));
      expect(new Set(rest.map(({ id }) => id)).size).toBe(4);
      const replies: LapseEvent[] = [];
      for (const event of rest) replies.push(...[(await take(event)) ?? []].flat());
      const userDays = (await actions.extent())?.actions;
      expect(new Set(replies.map(({ id }) => id))).toEqual(new Set(["10"]));
      expect(replies[0]?.data).toMatchObject({ user_days: userDays });
      expect(await currentRows()).toHaveLength(500);
    });

    it("leaves what follows to the last slice of a roll-up when the ping comes again, also where features are not sliced", async () => {
      // Two slices of 5 M actions, and few users.
      const rolledUp = rollingUpInSlices(9_000_000);
      const handled = (event: LapseEvent) => take(event, { ...services.slicing, slices: undefined });
      await handled(ping());
      const slices = sent.splice(0);
      expect(slices.map(({ type }) => type)).toEqual([rollUpSlice.type, rollUpSlice.type]);
      expect(await handled(slices[0]!)).toBeUndefined();
      expect(await handled(ping())).toBeUndefined();
      expect(sent.splice(0)).toEqual([slices[1]]);
      const reply = await handled(slices[1]!);
      expect(reply).toMatchObject({ type: featuresUpdated.type, id: "10" });
      expect(await handled(ping())).toBeUndefined();
      expect([sent, rolledUp.length]).toEqual([[], 2]);
      // Its answer was lost.
      expect(await handled(slices[1]!)).toEqual(reply);
      expect(rolledUp).toHaveLength(2);
    });

    /** Has the store roll up by slices, 1,000 actions that are not counted yet. Returns the ranges that it was asked for. */
    function rollingUpInSlices(notRolledUp = 1_000): unknown[] {
      const rolledUp: unknown[] = [];
      const shared: FeaturesServices["actions"] = {
        rollUp: async (range) => {
          rolledUp.push(range);
          return actions.rollUp(range);
        },
        notRolledUp: async () => (rolledUp.length === 0 ? notRolledUp : 0),
        extent: (passive, range) => actions.extent(passive, range),
        usersBefore: (day, passive) => actions.usersBefore(day, passive),
        histories: (range) => actions.histories(range),
      };
      services = { ...services, actions: shared };
      return rolledUp;
    }

    /** Handles an event, with slices handed out unless `slicing` says otherwise. */
    function take(event: LapseEvent, slicing = services.slicing): Promise<LapseEvent | undefined> {
      return handle(read(event), { ...services, slicing });
    }

    /** Handles a ping, and the slices of the roll-up where the store rolls up by slices. */
    async function begin(event: LapseEvent, slicing = services.slicing): Promise<LapseEvent | undefined> {
      let reply = await take(event, slicing);
      began = event;
      for (const slice of sent.splice(0, rollUps())) {
        reply = (await take(slice, slicing)) ?? reply;
        began = slice;
      }
      return reply;
    }

    /** How many of the events that were sent are slices of the roll-up; they come first. */
    function rollUps(): number {
      return sent.filter(({ type }) => type === rollUpSlice.type).length;
    }

    /** Handles a ping, and everything that is sent out for it. */
    async function night(event: LapseEvent): Promise<LapseEvent | undefined> {
      let reply = await begin(event);
      for (const slice of sent.splice(0)) reply = (await take(slice)) ?? reply;
      return reply;
    }

    async function currentRows(): Promise<FeatureRow[]> {
      return rowsOf((await features.currentSet())?.id ?? "");
    }

    async function rowsOf(setId: string): Promise<FeatureRow[]> {
      const rows: FeatureRow[] = [];
      for await (const row of features.rows(setId)) rows.push(row);
      for await (const row of features.lapsedRows(setId)) rows.push(row);
      return rows;
    }
  });
}

/** The event as a broker delivers it. */
function read(event: LapseEvent): EventOf<(typeof kinds)[number]> {
  return readAs<EventOf<(typeof kinds)[number]>>(event, kinds, "features");
}

/** Of users of whom some have lapsed, one action each day that they act. */
function actionsOf(users: number): Action[] {
  return Array.from({ length: users }, (_, user) =>
    Array.from({ length: 1 + (user % 5) }, (_, n) => ({
      userId: `user-${user}`,
      action: user % 2 === 0 ? "read" : "buy",
      time: startOf(firstDay + ((user * 7) % 90) + n),
      value: user / 4,
    })),
  ).flat();
}
