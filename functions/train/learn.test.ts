import { describe, expect, it } from "vitest";
import { bucketOf } from "#churn/action.ts";
import type { Asked } from "#churn/asked-snapshot.ts";
import { parseDay, startOf } from "#churn/day.ts";
import { TooLittleToLearn } from "#churn/failure.ts";
import { mixOff } from "#churn/gate/mix.ts";
import { volumeOff } from "#churn/gate/volume.ts";
import { isSampled, sampleOf } from "#churn/training/sample.ts";
import type { TrainingTask } from "#churn/training/train-and-judge.ts";
import type { UserDay, UserHistory } from "#churn/user-history.ts";
import type { ActionStore, HistoryRange, LogExtent } from "#stores/actions/action-store.ts";
import { toldOf, toldSkips } from "#test/support/told-skips.ts";
import { learn } from "./learn.ts";

const firstDay = parseDay("2024-01-01")!;
const lastDay = firstDay + 199;
/** Long after the end of the log. */
const request: Asked = { asOf: startOf(firstDay + 400), through: "yesterday" };
const definition = { churn: { churnDays: 10, leadDays: 0, observeDays: 20 }, actions: ["read"] };
const users = Array.from({ length: 400 }, (_, n) => `user-${n}`).sort((a, b) => bucketOf(a) - bucketOf(b));

const stopped = new Error("as far as the test needs it");

/** A log of these histories; `took` gets the task that training makes of them. */
function servicesOf(
  histories: readonly UserHistory[],
  took: (task: TrainingTask) => void = () => {},
): Parameters<typeof learn>[2] {
  return {
    actions: {
      extent: async () => ({ users: histories.length, actions: 1, firstDay, lastDay }),
      async *histories() {
        yield* histories;
      },
    },
    models: { alias: async () => undefined, manifest: () => Promise.reject(new Error("There is no model.")) },
    trainer: async (task) => {
      took(task);
      throw stopped;
    },
    now: () => 0,
  };
}

/** The task that training has made of these histories. */
async function taskFor(
  histories: readonly UserHistory[],
  passive?: readonly string[],
  at = request,
): Promise<TrainingTask> {
  let task: TrainingTask | undefined;
  const services = servicesOf(histories, (made) => {
    task = made;
  });
  const churn = { ...definition.churn, passive };
  await expect(learn({ ...definition, churn }, at, services)).rejects.toBe(stopped);
  if (task === undefined) throw new Error("Training made no task.");
  return task;
}

/**
 * What a log of this extent, some of whose users are here at its end, has training read, and learn from. The action of a `broken` user has a
 * value that is not a number, and that of an `uncounted` user a count that is not.
 */
async function taskOf(
  extent: Pick<LogExtent, "users" | "actions">,
  broken: readonly string[] = [],
  uncounted: readonly string[] = [],
  ids: readonly string[] = users,
) {
  const asked: (HistoryRange | undefined)[] = [];
  const actions: Pick<ActionStore, "extent" | "histories"> = {
    extent: async () => ({ ...extent, firstDay, lastDay }),
    async *histories(range) {
      asked.push(range);
      for (const [n, userId] of ids.filter((id) => bucketOf(id) < (range?.beforeBucket ?? 256)).entries())
        yield {
          userId,
          days: [
            {
              day: firstDay + ((7 * n) % 150),
              action: "read",
              count: uncounted.includes(userId) ? Number.NaN : 1,
              value: broken.includes(userId) ? Number.NaN : 0,
            },
            ...(bucketOf(userId) < 8 ? [{ day: lastDay, action: "read", count: 1, value: 0 }] : []),
          ],
        };
    },
  };
  const { skipping, told } = toldSkips();
  let task: TrainingTask | undefined;
  await learn(definition, request, {
    actions,
    models: { alias: async () => undefined, manifest: () => Promise.reject(new Error("There is no model.")) },
    trainer: async (given) => {
      task = given;
      throw stopped;
    },
    now: () => 0,
    skipping,
  }).catch((error: unknown) => {
    if (error !== stopped) throw error;
  });
  return { asked, task, told };
}

describe("the volume of a log", () => {
  const days = Array.from({ length: 200 }, (_, day) => firstDay + day);
  const on = (day: number, action: string): UserDay => ({ day, action, count: 1, value: 0 });
  const log = (mailed: (day: number) => boolean, read: (day: number) => boolean): UserHistory[] =>
    users.slice(0, 60).map((userId, n) => ({
      userId,
      days: days.flatMap((day) => [
        ...(mailed(day) ? [on(day, "email_news")] : []),
        ...(read(day) && (day + n) % 5 === 0 ? [on(day, "read")] : []),
      ]),
    }));

  it("is what users do: a newsletter to all of them is no unusual week", async () => {
    const mailed = log(
      (day) => (lastDay - day) % 30 < 5,
      () => true,
    );
    const { pulse } = await taskFor(mailed, ["email_*"]);
    expect([volumeOff(pulse, 0), mixOff(pulse, 0)]).toEqual([undefined, undefined]);
    expect(volumeOff((await taskFor(mailed)).pulse, 0)).toBeDefined();
  });

  it("falls in an outage, however many mails are sent", async () => {
    const mailed = log(
      () => true,
      (day) => day <= lastDay - 7,
    );
    expect(volumeOff((await taskFor(mailed, ["email_*"])).pulse, 0)).toEqual({ measure: "actions", ratio: 0 });
    expect(volumeOff((await taskFor(mailed)).pulse, 0)).toBeUndefined();
  });
});

describe("the days that training reads", () => {
  const visits: UserHistory[] = users.slice(0, 60).map((userId, n) => ({
    userId,
    days: Array.from({ length: 200 - n }, (_, day) => ({ day: firstDay + day, action: "read", count: 1, value: 0 })),
  }));
  /** The first day whose actions no outcome is read from. */
  const endOf = ({ split, pulse }: TrainingTask) => [(split.test.at(-1) ?? 0) + 10, pulse.lastDay + 1];

  it("end with the day before the request, as one that has just begun holds hardly an action", async () => {
    for (const day of [lastDay, lastDay - 1]) {
      const morning = { asOf: startOf(day) + 9_000_000, through: "yesterday" as const };
      expect(endOf(await taskFor(visits, undefined, morning))).toEqual([day, day]);
    }
  });

  it("take the day of the request in where that is asked for, but none that is still to come", async () => {
    const night = { asOf: startOf(lastDay) - 1, through: "today" as const };
    expect(endOf(await taskFor(visits, undefined, night))).toEqual([lastDay, lastDay]);
  });

  it("are all where the log ended before", async () => {
    expect(endOf(await taskFor(visits))).toEqual([lastDay + 1, lastDay + 1]);
  });
});

describe("a log by whose end everyone has left", () => {
  const unregister = { ...definition.churn, action: "unregister" };
  const left = users.slice(0, 60).map((userId, n) => ({
    userId,
    days: [
      { day: firstDay + (n % 50), action: "read", count: 1, value: 0 },
      { day: firstDay + 100 + n, action: "unregister", count: 1, value: 0 },
    ],
  }));

  it("is refused, as there is nobody to predict for, while one user who is here is enough", async () => {
    await expect(learn({ ...definition, churn: unregister }, request, servicesOf(left))).rejects.toThrow(
      new TooLittleToLearn("Cannot train: nobody is here any more at 2024-07-19, so there is nobody to predict for."),
    );
    const [one, ...others] = left;
    const stays = { userId: one?.userId ?? "", days: one?.days.slice(0, 1) ?? [] };
    await expect(learn({ ...definition, churn: unregister }, request, servicesOf([stays, ...others]))).rejects.toBe(
      stopped,
    );
  });
});

describe("what training reads", () => {
  it("is every history of a log of up to 250,000 users", async () => {
    const { asked, task } = await taskOf({ users: 400, actions: 400 });
    expect(asked).toEqual([{}]);
    expect(new Set(task?.training.users).size).toBeGreaterThan(200);
  });

  it("leaves out a user whose history cannot be worked with, and tells who that is", async () => {
    const of = ({ task }: { readonly task: TrainingTask | undefined }) => new Set(task?.training.users);
    const log = { users: 400, actions: 400 };
    const whole = await taskOf(log);
    expect((await whole.told()).messages).toEqual([]);
    const [first = "", second = ""] = of(whole);
    const { told, ...rest } = await taskOf(log, [second, first]);
    expect(of(rest)).toEqual(new Set([...of(whole)].filter((userId) => userId !== first && userId !== second)));
    expect(await told()).toEqual(toldOf("train", first, second));
  });

  it("leaves out a user whose actions have no sound count, also from the volume of the log", async () => {
    const log = { users: 400, actions: 400 };
    const whole = await taskOf(log);
    const last = whole.task?.training.users.at(-1) ?? "";
    const { task, told } = await taskOf(log, [], [last]);
    const actions = (of: TrainingTask | undefined) => of?.pulse.weeks.reduce((sum, week) => sum + week.actions, 0);
    expect(actions(whole.task)).toBeGreaterThan(300);
    expect(actions(task)).toBe(Number(actions(whole.task)) - 1);
    expect(new Set(task?.training.users)).not.toContain(last);
    expect(await told()).toEqual(toldOf("train", last));
  });

  it("is the histories of some buckets of a larger log, the same each time", async () => {
    const first = await taskOf({ users: 4_000_000, actions: 80_000_000 });
    expect(first.asked).toEqual([{ fromBucket: 0, beforeBucket: 16 }]);
    const learnedFrom = new Set(first.task?.training.users);
    expect(learnedFrom.size).toBeGreaterThan(5);
    for (const userId of learnedFrom) expect(bucketOf(userId)).toBeLessThan(16);
    expect((await taskOf({ users: 4_000_000, actions: 80_000_000 })).task).toEqual(first.task);
  });

  it("is a part of one bucket where that holds more than may be learned from", async () => {
    const inFirst = Array.from({ length: 50_000 }, (_, n) => `user-${n}`).filter((userId) => bucketOf(userId) === 0);
    const extent = { users: 100e6, actions: 24_000e6 };
    const { asked, task } = await taskOf(extent, [], [], inFirst);
    expect(asked).toEqual([{ fromBucket: 0, beforeBucket: 1 }]);
    const [sample, learnedFrom] = [sampleOf(extent), new Set(task?.training.users)];
    expect(learnedFrom.size).toBeGreaterThan(5);
    for (const userId of learnedFrom) expect(isSampled(userId, sample)).toBe(true);
  });
});
