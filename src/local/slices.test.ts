import { afterEach, beforeEach, expect, it } from "vitest";
import { parseDay, startOf } from "#churn/day.ts";
import { featuresPing } from "#runtime/event-kinds.ts";
import { type LocalLapse, startLocalLapse } from "#test/support/local-lapse.ts";

const today = parseDay("2024-06-30")!;
const now = () => startOf(today) + 43_200_000;
let local: LocalLapse[] = [];

beforeEach(() => {
  local = [];
});

afterEach(async () => {
  for (const one of local) await one.close();
});

/** A night of lapse with this number of slices, and what it left. */
async function night(slices: string) {
  const lapse = await startLocalLapse({ environment: { SLICES: slices }, now });
  local.push(lapse);
  const { stores } = lapse;
  await stores.actions.append(
    Array.from({ length: 400 }, (_, user) =>
      Array.from({ length: 6 }, (_, n) => ({
        userId: `user-${user}`,
        action: n % 2 === 0 ? "login" : "purchase",
        time: startOf(today - 1 - (user % 40) - 3 * n),
        value: user,
      })),
    ).flat(),
  );
  const { broker } = lapse.lapse.wiring;
  const time = new Date(now()).toISOString();
  broker.publish(featuresPing.make({ id: "night", source: "/test", time, data: { through: "yesterday" } }));
  await broker.idle();
  const features = await stores.features.get(["user-1", "user-39"]);
  const list = [];
  for await (const user of stores.users.stream({}, "user_id")) list.push(user);
  return {
    runs: [await stores.runs.newest("features"), await stores.runs.newest("score")],
    letters: await stores.deadLetters.list(),
    left: {
      list,
      scores: await stores.features.topScores(1_000),
      features: [...features.values()].map(({ userId, values, lapsed }) => ({ userId, values, lapsed })),
    },
  };
}

it("a night in slices passes through the broker of this process, and leaves the same as in one", async () => {
  const [one, four] = [await night("1"), await night("4")];
  expect(one.runs.map((run) => run?.ended.length)).toEqual([1, 1]);
  expect(four.runs.map((run) => run?.ended.length)).toEqual([4, 4]);
  expect(one.left.list).toHaveLength(400);
  expect(one.left.scores.length).toBeGreaterThan(50);
  expect(four.left).toEqual(one.left);
  expect(four.letters).toEqual([]);
});
