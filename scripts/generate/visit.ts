import type { Action } from "#churn/action.ts";
import { type Day, startOf } from "#churn/day.ts";
import type { Draws } from "./draws.ts";
import { type ActionName, actionNames } from "./kinds.ts";
import type { User } from "./user.ts";

/** Adds what a user does in one visit to `actions`, the last of it before midnight. */
export function visit(user: User, day: Day, draws: Draws, actions: Action[]): void {
  const hour = Math.min(latestHour, Math.max(0, user.hour + 1.5 * draws.normal()));
  let time = startOf(day) + Math.floor(hour * 3_600_000);
  actions.push({ userId: user.id, action: "login", time });
  const count = Math.min(mostActions, draws.poisson(user.busyness * Math.exp(0.45 * user.mood)));
  const weights = user.kind.habits.map((weight, index) => weight * inclination(user, actionNames[index] ?? "view"));
  for (let i = 0; i < count; i++) {
    time += Math.floor(draws.between(2_000, 90_000));
    const action = actionNames[draws.pick(weights)] ?? "view";
    actions.push({ userId: user.id, action, time, value: action === "purchase" ? price(user, draws) : undefined });
    if (action === "support_ticket" && draws.chance(ticketsUnanswered)) user.grievance += 1;
  }
}

/** With at most 40 steps of at most 90 s, a visit that begins by then ends before midnight. */
const latestHour = 22.5;
const mostActions = 40;

const ticketsUnanswered = 0.4;

/** How much likelier than usual an action is in the user's present state. The theme and the search tell nothing. */
function inclination(user: User, action: ActionName): number {
  const isLeaving = user.leaving !== undefined;
  switch (action) {
    case "share":
    case "invite":
      return Math.exp(0.8 * user.mood);
    case "purchase":
      return (isLeaving ? 0.5 : 1) * Math.exp(0.4 * user.mood);
    case "support_ticket":
      return (1 + 2 * user.grievance) * Math.exp(-0.5 * user.mood);
    case "export":
      return isLeaving ? 4 : 1;
    case "cancel_page":
      return isLeaving ? 25 : Math.exp(-0.8 * user.mood);
    case "search":
    case "view":
    case "change_theme":
      return 1;
  }
}

/** Money with two decimals, log-normal around the kind's median. */
function price(user: User, draws: Draws): number {
  return Math.round(user.kind.price * Math.exp(0.6 * draws.normal()) * 100) / 100;
}
