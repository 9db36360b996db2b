import type { Action } from "#churn/action.ts";
import { randomFrom } from "#churn/random.ts";

const begin = Date.UTC(2023, 0, 1);
const end = Date.UTC(2024, 0, 1);
const names = ["view", "view", "view", "login", "search", "comment", "purchase", "refund"];

/** The same `count` actions of `users` users each time, over a year and in the order of time. Some act far more often. */
export function* actionsOf(count: number, users: number): Generator<Action> {
  const random = randomFrom("bench/elasticsearch");
  for (let i = 0; i < count; i++) {
    const action = names[Math.floor(random() * names.length)] ?? "view";
    yield {
      userId: `user-${Math.floor(users * random() ** 2)}`,
      action,
      time: Math.floor(begin + (i / count) * (end - begin)),
      value: action === "purchase" ? Math.ceil(random() * 10_000) / 100 : undefined,
      eventId: `event-${i}`,
      source: "bench",
    };
  }
}

/** As ingest takes it. */
export function itemOf({ userId, action, time, value, eventId, source }: Action) {
  return { user_id: userId, action, timestamp: time, value, event_id: eventId, source };
}
