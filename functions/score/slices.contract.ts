import { Readable } from "node:stream";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bucketOf } from "#churn/action.ts";
import { formatDay } from "#churn/day.ts";
import { lineOfScores, scoresInLine } from "#churn/list/former-scores.ts";
import { costsOf } from "#runtime/cost-settings.ts";
import { type EventOf, readAs } from "#runtime/event-kind.ts";
import { featuresUpdated, modelPromoted, scoreSlice, usersScored } from "#runtime/event-kinds.ts";
import type { LapseEvent } from "#runtime/events.ts";
import type { Audit, AuditEntry } from "#stores/audit/audit.ts";
import { recordTelling, recordTold } from "#stores/audit/list-told.ts";
import { StoreUnavailable } from "#stores/failures.ts";
import type { FeatureRow, FeatureSet, FeatureStore } from "#stores/features/feature-store.ts";
import type { Ledger } from "#stores/ledger/ledger.ts";
import type { RunStore } from "#stores/runs/run-store.ts";
import type { UserList } from "#stores/users/user-list.ts";
import { exampleModel, vectorAway } from "#test/support/example-model.ts";
import { handle } from "./function.ts";
import type { ScoreServices } from "./services.ts";

export interface ScoreStores {
  readonly features: FeatureStore;
  readonly users: UserList;
  readonly ledger: Ledger;
  readonly runs: RunStore;
  /** Closes everything and removes it. */
  dispose(): Promise<void>;
}

const { manifest } = exampleModel();
const challenger = { ...manifest, version: "20240602T020000Z-other" };
const newer = { ...manifest, version: "20240603T020000Z-newer" };
const kinds = [featuresUpdated, modelPromoted, scoreSlice];
const other = { churnDays: 60, leadDays: 0, observeDays: 90 };
const set: FeatureSet = {
  id: "s1",
  snapshot: 19_784,
  definition: manifest.definition,
  populations: [manifest.definition.churn, other],
  names: manifest.features,
};
/** Some are here, some by the other definition only, some have lapsed by both. */
const rows = Array.from({ length: 300 }, (_, n): FeatureRow => {
  const userId = `user-${n}`;
  if (n % 10 === 9) return { userId, lapsed: [19_700, 19_730], values: [] };
  const since = n % 10 === 8 ? 19_750 : null;
  return { userId, lapsed: [since, null], values: vectorAway(manifest, 1 + (n % 40)) };
});
const updated = featuresUpdated.make({
  ...{ id: "p1", source: "/lapse/features", time: "2024-03-02T01:05:00Z" },
  data: { snapshot: "2024-03-02", users: 270, lapsed: 30, user_days: 9 },
});
const promoted = modelPromoted.make({
  ...{ id: "v2", source: "/lapse/train", time: "2024-03-02T02:35:00Z" },
  data: { version: newer.version },
});

/** What scoring in slices must do on any stores; `open` returns empty ones whose clock shows `now()`. */
export function describeScoreSlices(name: string, open: (now: () => number) => Promise<ScoreStores>): void {
  describe(`score in slices on ${name}`, () => {
    let stores: ScoreStores;
    let now: number;
    let sent: LapseEvent[];
    /** What score has added to the audit. */
    let kept: AuditEntry[];
    /** What was in it before, the newest first. */
    let known: AuditEntry[];
    let champion: string;
    let services: ScoreServices;

    beforeEach(async () => {
      now = Date.parse("2024-03-02T01:06:00Z");
      stores = await open(() => now);
      sent = [];
      kept = [];
      known = [];
      champion = manifest.version;
      services = {
        ...stores,
        // Of no one is anything known but their features.
        actions: { historiesOf: async () => new Map() },
        models: {
          alias: async (alias) => ({
            ...{ version: alias === "champion" ? champion : challenger.version, movedAt: "", revision: "1" },
          }),
          manifest: async (version) =>
            [manifest, challenger, newer].find((one) => one.version === version) ?? Promise.reject(new Error(version)),
        },
        campaigns: { campaigns: async () => [] },
        audit: { append: async (entry) => void kept.push(entry), entries: () => Readable.from(known) },
        costs: costsOf({}),
        slicing: { slices: 4, publish: async (event) => void sent.push(event) },
        logger: { info: () => undefined, warn: () => undefined },
        now: () => now,
      };
      await stores.features.putSet(set);
      await stores.features.put(set.id, rows);
      await stores.features.completeSet(set.id);
      // Of users who are not stored any more, or not here.
      await stores.features.putScores([{ ...scoreOf("user-8"), modelVersion: "old" }]);
      now += 1_000;
    });

    afterEach(() => stores.dispose());

    it("scores, lists and records the same as one slice, bit for bit, and adds up the same counts", async () => {
      const inOne = await take(updated, { slices: 1, publish: undefined });
      const [one, ledger] = [await state(), await entries()];
      expect(one.scores.length).toBe(240);
      expect(one.list.length).toBe(300);
      now += 1_000;
      const inFour = await all({ ...updated, id: "p2" });
      expect(inFour).toEqual({
        ...{ ...inOne, id: "p2", time: new Date(now).toISOString() },
        data: { ...usersScored.read(inOne!)?.data, run: now },
      });
      expect(await state()).toEqual(one);
      // Of both versions, added once: an entry that is there already stays as it is.
      expect(ledger.filter(({ role }) => role === "challenger")).toHaveLength(240);
      expect(await entries()).toEqual(ledger);
    });

    it("has one slice answer for all of them, and the list kept whole until then", async () => {
      await stores.users.put([{ ...(await listedOnce()), userId: "gone" }], now - 1_000);
      kept = [];
      await take(updated);
      const slices = sent.splice(0);
      expect(slices.map(({ data }) => data)).toEqual([0, 1, 2, 3].map((slice) => ({ run: expect.any(String), slice })));
      for (const slice of [3, 1, 0]) expect(await take(slices[slice]!)).toBeUndefined();
      expect((await stores.users.get(["gone"])).size).toBe(1);
      const reply = await take(slices[2]!);
      expect(reply).toMatchObject({
        ...{ id: "p1", source: "/lapse/score/dev.lapse.features.updated", type: usersScored.type },
        data: { model_version: manifest.version, users: 240, lapsed: 60 },
      });
      expect((await stores.users.get(["gone"])).size).toBe(0);
      expect((await state()).list).toHaveLength(300);
      expect(kept).toHaveLength(1);
      // Its answer was lost on the way: nothing is scored again.
      const again = () => Promise.reject(new Error("It is done again."));
      const idle = { ...services, ledger: { append: again, firstSnapshot: again } };
      expect(await handle(read(slices[2]!), idle)).toEqual(reply);
      expect(await handle(read(slices[0]!), idle)).toBeUndefined();
    });

    it("keeps by what its users are at risk once the list is whole, as it was planned, whatever costs are set by then", async () => {
      services = { ...services, costs: costsOf({ CONTACT_COST: 0, CONTACT_CAPACITY: 24, USER_WORTH: 1 }) };
      await take(updated);
      const slices = sent.splice(0);
      services = { ...services, costs: costsOf({ CONTACT_COST: 0, USER_WORTH: 1 }) };
      for (const slice of [0, 1, 2]) await take(slices[slice]!);
      expect(kept).toEqual([]);
      const told = usersScored.read((await take(slices[3]!))!)?.data;
      expect(told).toMatchObject({ thresholds_by: "capacity" });
      expect(told?.high).toBeLessThanOrEqual(24);
      expect(kept).toEqual([
        expect.objectContaining({
          target: manifest.version,
          details: expect.objectContaining({ by: "capacity", high: told?.at_risk_from }),
        }),
      ]);
    });

    it("lists what each user was on the last list that others were told of, as it is when its run has begun", async () => {
      await all(updated);
      const first = await stores.runs.newest("score");
      const told = async () => {
        const users = await collect(stores.users.stream({}, "user_id"));
        return users.map(({ toldRisk, toldAtRisk, begunRisk }) => [toldRisk, toldAtRisk, begunRisk]);
      };
      const were = (await collect(stores.users.stream({}, "user_id"))).map(({ risk = "lapsed" }) => risk);
      expect(new Set(were).size).toBeGreaterThan(2);
      const audit: Pick<Audit, "append"> = { append: async (entry) => void known.unshift(entry) };
      const list = { snapshot: set.snapshot, modelVersion: manifest.version, run: first!.number };
      await recordTold(audit, { ...list, run: 1 }, now);
      now += 1_000;
      await all({ ...updated, id: "p2" });
      expect(await told()).toEqual(were.map(() => [undefined, false, undefined]));
      // Telling of the second list begins while the third is planned, and ends when it has been begun.
      const second = { ...list, run: now };
      now += 1_000;
      await take({ ...updated, id: "p3" });
      await recordTelling(audit, second, now);
      const slices = sent.splice(0);
      await take(slices[0]!);
      await recordTold(audit, second, now);
      for (const slice of slices.slice(1)) await take(slice);
      const users = await collect(stores.users.stream({}, "user_id"));
      const [inPart, whole] = [0, 1].map((end) =>
        users.filter(({ userId }) => (bucketOf(userId) < 64 ? 0 : 1) === end),
      );
      expect(whole?.map(({ risk = "lapsed", toldRisk }) => toldRisk === risk)).not.toContain(false);
      expect(whole?.map(({ toldAtRisk, risk }) => toldAtRisk === (risk === "high"))).not.toContain(false);
      expect(inPart?.map(({ toldRisk, toldAtRisk }) => toldRisk === undefined && toldAtRisk === false)).not.toContain(
        false,
      );
      expect(inPart?.map(({ risk, begunRisk }) => begunRisk === (risk === "high" ? "high" : undefined))).not.toContain(
        false,
      );
      expect(inPart?.some(({ begunRisk }) => begunRisk === "high")).toBe(true);
    });

    it("replaces scores and rows that a run wrote by a clock that was ahead, although it is not known any more", async () => {
      const ahead = now + 86_400_000;
      const listed = await listedOnce();
      await stores.features.putScores([{ ...scoreOf("user-1"), modelVersion: "ahead" }], ahead);
      await stores.users.put([{ ...listed, modelVersion: "ahead" }], ahead + 5_000);
      expect((await all(updated))?.data).toMatchObject({ users: 240, lapsed: 60 });
      const { scores, list } = await state();
      const versions = [...scores, ...list].map(({ modelVersion }) => modelVersion);
      expect(new Set(versions)).toEqual(new Set([manifest.version]));
      expect([scores.length, list.length]).toEqual([240, 300]);
    });

    it("gives one answer when slices end at the same time", async () => {
      await take(updated);
      const replies = await Promise.all(sent.splice(0).map((event) => take(event)));
      expect(replies.filter((reply) => reply !== undefined)).toHaveLength(1);
      expect((await state()).scores).toHaveLength(240);
    });

    it("does a slice again that was cut off half way", async () => {
      const whole = await take(updated, { slices: 1, publish: undefined });
      const expected = await state();
      now += 1_000;
      await take({ ...updated, id: "p2" });
      const slices = sent.splice(0);
      const killed = {
        ...services,
        users: { ...only(stores.users), put: () => Promise.reject(new StoreUnavailable("The pod was killed.")) },
      };
      await expect(handle(read(slices[0]!), killed)).rejects.toThrow(StoreUnavailable);
      let reply: LapseEvent | undefined;
      for (const slice of [1, 2, 3, 0]) reply = await take(slices[slice]!);
      expect(usersScored.read(reply!)?.data).toEqual({ ...usersScored.read(whole!)?.data, run: expect.any(Number) });
      expect(await state()).toEqual(expected);
    });

    it("sends out only what has not ended when the event comes twice", async () => {
      await take(updated);
      const slices = sent.splice(0);
      await take(slices[2]!);
      await take(updated);
      expect(sent.splice(0).map(({ id }) => id)).toEqual([0, 1, 3].map((slice) => slices[slice]?.id));
      for (const slice of [0, 1, 3]) await take(slices[slice]!);
      await take(updated);
      expect(sent).toEqual([]);
    });

    it("lets no slice of an older run write over what a newer one wrote, however late it comes", async () => {
      await take(updated);
      const late = sent.splice(0);
      let resume = () => {};
      const paused = new Promise<void>((done) => {
        resume = done;
      });
      const slow = handle(read(late[0]!), {
        ...services,
        ledger: {
          firstSnapshot: () => stores.ledger.firstSnapshot(),
          append: async (part) => {
            await paused;
            await stores.ledger.append(part);
          },
        },
      });
      champion = newer.version;
      now += 1_000;
      expect((await all(promoted))?.data).toMatchObject({ model_version: newer.version, users: 240 });
      const newest = await state();
      expect(new Set(newest.list.map(({ modelVersion }) => modelVersion))).toEqual(new Set([newer.version]));
      resume();
      expect(await slow).toBeUndefined();
      for (const event of late) expect(await take(event)).toBeUndefined();
      expect(await state()).toEqual(newest);
    });

    it("waits with a scoring while features are replaced, and gives one up whose features were", async () => {
      await take(updated);
      const late = sent.splice(0);
      await stores.runs.begin("features", { id: "f2", slices: 2, plan: null });
      expect(await take(promoted)).toBeUndefined();
      expect(sent).toEqual([]);
      for (const slice of [0, 1]) await stores.runs.endSlice("features", "f2", slice, {});
      await stores.features.putSet({ ...set, id: "s2" });
      await stores.features.put("s2", rows);
      await stores.features.completeSet("s2");
      for (const event of late) expect(await take(event)).toBeUndefined();
      expect((await all({ ...updated, id: "p2" }))?.data).toMatchObject({ users: 240, lapsed: 60 });
    });

    it("scores by the rows that there are, of two sets, when a run of features was abandoned half way", async () => {
      await all(updated);
      const before = await state();
      await stores.runs.begin("features", { id: "f2", slices: 2, plan: null });
      const later = { ...set, id: "s2", snapshot: set.snapshot + 1 };
      await stores.features.putSet(later);
      // As a run leaves it one of whose two slices has ended.
      const moved = (userId: string) => bucketOf(userId) < 128;
      await stores.features.put(
        later.id,
        rows.filter(({ userId }) => moved(userId)),
      );
      services = { ...services, costs: costsOf({ CONTACT_COST: 0, CONTACT_CAPACITY: 24, USER_WORTH: 1 }) };
      now += 19 * 60_000;
      expect(await take({ ...promoted, id: "early" })).toBeUndefined();
      expect(sent).toEqual([]);
      champion = newer.version;
      now += 60_000;
      const told = usersScored.read((await all(promoted))!)?.data;
      expect(told).toMatchObject({ model_version: newer.version, users: 240, lapsed: 60, thresholds_by: "capacity" });
      // Counted in both sets.
      expect(told?.high).toBeLessThanOrEqual(24);
      expect(told?.high).toBeGreaterThan(12);
      expect(kept.slice(-2).map(({ target, details }) => [target, details?.snapshot])).toEqual(
        [set, later].map(({ snapshot }) => [newer.version, formatDay(snapshot)]),
      );
      const { scores, list } = await state();
      const snapshots = new Map(rows.map(({ userId }) => [userId, moved(userId) ? later.snapshot : set.snapshot]));
      expect(list.map(({ userId, snapshot }) => [userId, snapshot])).toEqual(
        before.list.map(({ userId }) => [userId, snapshots.get(userId)]),
      );
      expect(new Set(scores.map(({ modelVersion }) => modelVersion))).toEqual(new Set([newer.version]));
      expect(scores).toHaveLength(before.scores.length);
    });

    it("gives a scoring up whose abandoned run of features has gone on meanwhile", async () => {
      await stores.runs.begin("features", { id: "f2", slices: 2, plan: null });
      now += 20 * 60_000;
      await take(promoted);
      const [first, ...late] = sent.splice(0);
      expect(await take(first!)).toBeUndefined();
      await stores.features.putSet({ ...set, id: "s2" });
      await stores.features.put("s2", rows);
      expect(await take(late[0]!)).toBeUndefined();
      await stores.features.completeSet("s2");
      for (const event of late) expect(await take(event)).toBeUndefined();
      expect((await stores.runs.newest("score"))?.ended.map(({ slice }) => slice)).toEqual([0]);
    });

    it("has on the list of each user the scores of former lists that the ledger shows, whoever was promoted meanwhile", async () => {
      const userIds = rows.map(({ userId }) => userId);
      for (let night = 1; night <= 4; night++) {
        now += 86_400_000;
        const id = `night-${night}`;
        const snapshot = set.snapshot + night;
        await stores.features.putSet({ ...set, id, snapshot });
        const away = rows.map(({ userId }, n): FeatureRow => {
          // Some leave, and some of them come back.
          if ((n + night) % 9 === 0) return { userId, lapsed: [snapshot - 1, snapshot - 1], values: [] };
          return { userId, lapsed: [null, null], values: vectorAway(manifest, 1 + ((n + 7 * night) % 40)) };
        });
        await stores.features.put(id, away);
        await stores.features.completeSet(id);
        await all({ ...updated, id });
        if (night === 2) {
          champion = newer.version;
          now += 1_000;
          await all(promoted);
        }
        const shown = await stores.ledger.lastShown(userIds, scoresInLine);
        const { users } = await stores.users.page({ filter: {}, order: "user_id", limit: 300, withFormerScores: true });
        expect(users).toHaveLength(300);
        for (const user of users) {
          const line = (shown.get(user.userId) ?? []).map(({ probability = Number.NaN }) => probability);
          expect(lineOfScores(user)).toEqual(line.map((probability) => expect.closeTo(probability, 4)));
        }
      }
      // Once nights have gone from the ledger, they go from the list.
      await stores.ledger.dropMonthsBefore(set.snapshot + 40);
      now += 1_000;
      await all({ ...updated, id: "after retention" });
      const { users } = await stores.users.page({ filter: {}, order: "user_id", limit: 300, withFormerScores: true });
      for (const user of users) expect(user.formerScores).toEqual([]);
    });

    /** Handles an event, with slices handed out unless `slicing` says otherwise. */
    function take(event: LapseEvent, slicing = services.slicing): Promise<LapseEvent | undefined> {
      return handle(read(event), { ...services, slicing });
    }

    /** Handles an event, and everything that is sent out for it. */
    async function all(event: LapseEvent): Promise<LapseEvent | undefined> {
      let reply = await take(event);
      for (const slice of sent.splice(0)) reply = (await take(slice)) ?? reply;
      return reply;
    }

    async function state() {
      // Without what the list tells of the one before it: another run of the same has a list before it.
      const list = (await collect(stores.users.stream({}, "user_id"))).map(
        ({ toldRisk: _, toldAtRisk: __, begunRisk: ___, ...user }) => user,
      );
      return { scores: await stores.features.topScores(1_000), list };
    }

    async function entries() {
      const found = await collect(stores.ledger.entries());
      return found.map(({ recordedAt: _, ...entry }) => entry);
    }

    /** Some row of the list, from another run than those that are tested. */
    async function listedOnce() {
      await take({ ...updated, id: "p0" }, { slices: 1, publish: undefined });
      const [user] = await collect(stores.users.stream({}, "user_id"));
      now += 1_000;
      return user!;
    }
  });
}

/** The event as a broker delivers it. */
function read(event: LapseEvent): EventOf<(typeof kinds)[number]> {
  return readAs<EventOf<(typeof kinds)[number]>>(event, kinds, "score");
}

function only(users: UserList): ScoreServices["users"] {
  return {
    get: (...args) => users.get(...args),
    put: (...args) => users.put(...args),
    prune: (...args) => users.prune(...args),
    lastWritten: () => users.lastWritten(),
  };
}

function scoreOf(userId: string) {
  return { userId, snapshot: 19_700, probability: 0.5, risk: "high" as const, modelVersion: "v", reasons: [] };
}

async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const one of source) found.push(one);
  return found;
}
