import { expect, it } from "vitest";
import type { UserHistory } from "#churn/user-history.ts";
import { suggestWindow } from "./suggest-window.ts";

/** Users who are back after as many days each time, as long as the log goes. */
function every(pause: number, length: number) {
  const days = Array.from({ length: Math.ceil(length / pause) }, (_, i) => ({
    ...{ day: i * pause, action: "visit", count: 1, value: 0 },
  }));
  return {
    extent: async () => ({ firstDay: 0, lastDay: length - 1, users: 1, actions: days.length }),
    async *histories(): AsyncGenerator<UserHistory> {
      yield { userId: "ana", days };
    },
  } as Parameters<typeof suggestWindow>[0];
}

it("says how many pauses a window tells, and why it is no longer where these are few", async () => {
  expect(await suggestWindow(every(40, 800))).toEqual({
    days: 60,
    because: "100 % of the pauses in this log ended sooner",
  });
  expect(await suggestWindow(every(70, 365))).toEqual({
    days: 60,
    because: "only 0 % of the pauses in this log ended sooner, but the log is too short for a longer one",
  });
  expect(await suggestWindow(every(120, 800))).toEqual({
    days: 90,
    because: "only 0 % of the pauses in this log ended sooner, but no longer one is suggested",
  });
});
